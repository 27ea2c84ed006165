"""``sentijob evaluate``."""

import logging
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sentijob import wiring
from sentijob.cli.console import output_console, put
from sentijob.cli.flags import with_flags
from sentijob.cli.gold import GoldFiles
from sentijob.cli.lazy import command_app
from sentijob.cli.logs import log_to_stderr
from sentijob.cli.options import OUTPUT, AsJson, NoProgress
from sentijob.cli.progress import meter
from sentijob.cli.session import session_settings
from sentijob.cli.sources import known_model
from sentijob.evaluation.evaluating import Evaluation
from sentijob.evaluation.scoring import answers

if TYPE_CHECKING:
    from sentijob.evaluation.labelled import TextFile
    from sentijob.ports import SentimentModel

app = command_app()


@app.command()
@with_flags("gold", GoldFiles)
def evaluate(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE…", help="Files of labelled texts.", show_default=False),
    ],
    *,
    gold: GoldFiles,
    label_field: Annotated[
        str,
        typer.Option("--label-field", metavar="NAME", help="The column that holds the label."),
    ] = "label",
    model: Annotated[
        str | None,
        typer.Option(
            "--model",
            "-m",
            metavar="NAME",
            help="Who is tried; 'sentijob models' lists all.",
            show_default=False,
        ),
    ] = None,
    mistakes: Annotated[
        int,
        typer.Option(
            "--mistakes",
            metavar="N",
            help="How many of the most confident mistakes are shown.",
            min=0,
            max=1000,
            rich_help_panel=OUTPUT,
        ),
    ] = 8,
    as_json: AsJson = False,
    quiet: NoProgress = False,
) -> None:
    """Tell how often a model is right on texts that have labels.

    Accuracy, macro-F1, macro-recall, each class, the confusions, the calibration and the
    mistakes it was surest of. Nothing is queued and nothing stored.
    """
    settings = session_settings(db=None, model=model)
    name = known_model(settings.model)
    log_to_stderr(logging.WARNING, has_time=False)
    evaluation = Evaluation(mistakes=mistakes)
    with (
        closing(wiring.start_model(name, settings)) as process,  # which loads while we read
        gold.opened(files, settings, label_field=label_field) as opened,
    ):
        process.await_loaded()
        _score(process, opened, evaluation, is_quiet=quiet)
        if as_json:
            from sentijob.evaluation.documents import evaluation_document
            from sentijob.export.documents import dumps

            put(dumps(evaluation_document(process, evaluation)))
            return
        from sentijob.cli.evaluation_view import evaluation_view

        console = output_console()
        console.print(evaluation_view(process, evaluation, console.width))


def _score(
    model: "SentimentModel",
    files: "Sequence[TextFile]",
    evaluation: Evaluation,
    *,
    is_quiet: bool,
) -> None:
    began = time.monotonic()
    total = sum(file.rows for file in files)
    with meter("Scoring", total=total, quiet=is_quiet) as progress:
        for file in files:
            for chunk in answers(model, file.texts()):
                for text, sentiment in chunk:
                    evaluation.add(file.where, text, sentiment)
                progress.update(evaluation.texts)
    evaluation.took = timedelta(seconds=time.monotonic() - began)
