"""``sentijob compare``."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from sentijob import wiring
from sentijob.cli.console import note, output_console, put
from sentijob.cli.flags import with_flags
from sentijob.cli.gold import GoldFiles
from sentijob.cli.lazy import command_app
from sentijob.cli.logs import log_to_stderr
from sentijob.cli.options import OUTPUT, AsJson, Db, NoProgress
from sentijob.cli.progress import meter
from sentijob.cli.session import session_settings
from sentijob.cli.sources import READING, TextFiles, known_model
from sentijob.cli.words import amount
from sentijob.errors import InputError, UsageError
from sentijob.evaluation.comparing import Comparison, compared
from sentijob.evaluation.labelled import LabelledText
from sentijob.jobs import BatchReference, Selector

if TYPE_CHECKING:
    from sentijob.ports import Reading
    from sentijob.settings import Settings

app = command_app()


class _Texts(NamedTuple):
    """What both models are given."""

    where: str
    total: int
    each: Iterator[LabelledText]


@app.command()
@with_flags("gold", GoldFiles)
def compare(
    first: Annotated[
        str, typer.Argument(metavar="MODEL", help="The one model; 'sentijob models' lists all.")
    ],
    second: Annotated[str, typer.Argument(metavar="MODEL", help="The other one.")],
    batch: Annotated[
        str | None,
        typer.Argument(
            metavar="[BATCH]", help="A batch in the store: b7, its name, @last.", show_default=False
        ),
    ] = None,
    *,
    gold: GoldFiles,
    file: TextFiles = None,
    label_field: Annotated[
        str | None,
        typer.Option(
            "--label-field",
            metavar="NAME",
            help="The column that holds each text's label; then who is right is told too.",
            show_default=False,
            rich_help_panel=READING,
        ),
    ] = None,
    flips: Annotated[
        int,
        typer.Option(
            "--flips",
            metavar="N",
            help="How many of the texts on which they differ most are shown.",
            min=0,
            max=1000,
            rich_help_panel=OUTPUT,
        ),
    ] = 8,
    as_json: AsJson = False,
    quiet: NoProgress = False,
    db: Db = None,
) -> None:
    """Tell how far two models agree on the same texts, and which is faster.

    Both score a file's texts, or those of a batch, in turns. Where the file has labels, McNemar's
    exact test says whether one is better by more than chance. Nothing is queued and nothing stored.
    """
    if (batch is None) is (not file):
        raise UsageError("compare needs texts: a file, with -f, or a batch, and not both")
    if batch is not None and label_field is not None:
        raise UsageError("--label-field goes with -f: a batch has no labels")
    settings = session_settings(db=db)
    names = known_model(first), known_model(second)
    log_to_stderr(logging.WARNING, has_time=False)
    # Both are there at once and share the memory, but run in turns, each with all the threads.
    sharing = settings._replace(model_memory=settings.model_memory // 2)
    comparison = Comparison(flips=flips)
    with (
        closing(wiring.start_model(names[0], sharing)) as one,
        closing(wiring.start_model(names[1], sharing)) as other,
        _of_files(gold, file or (), settings, label_field)
        if batch is None
        else _of_batch(batch, settings) as texts,
    ):
        models = one, other
        for model in models:
            model.await_loaded()
        with meter("Scoring", total=texts.total, quiet=quiet) as progress:
            for done in compared(models, texts.each, comparison):
                progress.update(done)
        if as_json:
            from sentijob.evaluation.documents import comparison_document
            from sentijob.export.documents import dumps

            put(dumps(comparison_document(models, comparison)))
            return
        from sentijob.cli.comparison_view import comparison_view

        console = output_console()
        console.print(comparison_view(models, texts.where, comparison, console.width))


@contextmanager
def _of_files(
    gold: GoldFiles, paths: Sequence[Path], settings: "Settings", label_field: str | None
) -> Iterator[_Texts]:
    with gold.opened(paths, settings, label_field=label_field) as files:
        where = str(paths[0]) if len(paths) == 1 else amount(len(paths), "file")
        total = sum(file.rows for file in files)
        yield _Texts(where, total, (text for file in files for text in file.texts()))


@contextmanager
def _of_batch(reference: str, settings: "Settings") -> Iterator[_Texts]:
    """The texts that a batch still has.

    Raises:
        UsageError: it is no batch.
        InputError: it has no texts any more.
    """
    with wiring.opened_reading(settings) as store:
        found = store.resolve(reference)
        if not isinstance(found, BatchReference):
            raise UsageError(f"{reference!r} is a job; compare takes a batch, as b7")
        total = store.batch(found.batch_id).counts.total
        texts = _kept(store, found.batch_id)
        yield _Texts(f"b{found.batch_id}", total, texts)


def _kept(store: "Reading", batch_id: int) -> Iterator[LabelledText]:
    """The texts of a batch; how many were dropped is said at the end."""
    kept = dropped = 0
    for job in store.each_job(Selector(batch_ids=(batch_id,))):
        if job.text is None:
            dropped += 1
        else:
            kept += 1
            yield LabelledText(job.text)
    if not kept:
        raise InputError("it has no texts, or none that are still stored", where=f"b{batch_id}")
    if dropped:
        note(f"{amount(dropped, 'text')} of b{batch_id} weren't stored, and are left out")
