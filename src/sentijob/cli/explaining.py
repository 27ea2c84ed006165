"""What ``--explain`` does: a job's text is scored again without each of its words, by the model that scored it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sentijob import wiring
from sentijob.cli.console import note, output_console, put
from sentijob.cli.explained_view import explained_panel
from sentijob.cli.logs import log_to_stderr
from sentijob.cli.looking import resolve_all
from sentijob.cli.progress import meter
from sentijob.errors import ConflictError, UsageError
from sentijob.export.documents import DIGITS, Document, dumps, job_document
from sentijob.jobs import Job, JobReference
from sentijob.models.explaining import Explanation, explain

if TYPE_CHECKING:
    from sentijob.settings import Settings


def explain_stored(settings: Settings, ids: Sequence[str], *, as_json: bool) -> None:
    """Show one stored job with the words that carried its label.

    Raises:
        UsageError: the ids name something else than one job.
        ConflictError: the job has no result, or its text is gone.
    """
    with wiring.opened_reading(settings) as store:
        references = resolve_all(store, ids)
        if len(references) != 1 or not isinstance(references[0], JobReference):
            raise UsageError("--explain is for one job; 'sentijob list --batch b7' shows a batch's")
        job, now = store.job(references[0].job_id), store.now()
    show_explained(job, explainable_text(job), settings, now, as_json=as_json)


def explainable_text(job: Job) -> str:
    """The text of a job that has a result.

    Raises:
        ConflictError: it has none, or the text is gone.
    """
    if not job.status.is_final:
        raise ConflictError(
            f"job {job.id} is {job.status}, so that there is no label to explain yet;"
            f" 'sentijob wait {job.id}' waits for it"
        )
    if job.sentiment is None:
        raise ConflictError(
            f"job {job.id} is {job.status}, and has no label to explain;"
            f" 'sentijob retry {job.id}' puts it back in the queue"
        )
    if job.text is None:
        raise ConflictError(
            f"the text of job {job.id} was dropped once it was scored (--no-store-text):"
            " there is nothing left to explain"
        )
    return job.text


def show_explained(
    job: Job, text: str, settings: Settings, now: datetime, *, as_json: bool, quiet: bool = False
) -> None:
    """Explain *text*, which is the completed *job*'s, and print the job with that."""
    explanation = _explained(job, text, settings, quiet=quiet)
    if explanation.revision != job.model_revision:
        note(_changed(job, explanation))
    if as_json:
        put(dumps(explained_document(job, explanation)))
    else:
        console = output_console()
        console.print(explained_panel(job, text, explanation, now, console.width))


def explained_document(job: Job, explanation: Explanation) -> Document:
    """A job in JSON, and what each word weighs."""
    return {
        **job_document(job),
        "explanation": [
            {
                "word": word.word,
                "start": word.start,
                "end": word.end,
                "weight": round(word.weight, DIGITS) + 0.0,  # no minus before nothing
            }
            for word in explanation.words
        ],
        "explanation_label": explanation.sentiment.label.value,
        "explanation_revision": explanation.revision,
    }


def _explained(job: Job, text: str, settings: Settings, *, quiet: bool) -> Explanation:
    log_to_stderr(logging.WARNING, has_time=False)
    # The demo model waits to make a queue visible, and here there is none.
    unhurried = settings._replace(demo_delay=timedelta(0))
    with (
        closing(wiring.start_model(job.model, unhurried)) as model,
        meter("Explaining", quiet=quiet) as progress,
    ):
        model.await_loaded()
        return explain(model, text, progress=progress.update)


def _changed(job: Job, explanation: Explanation) -> str:
    """What to say of a model that isn't the one any more that scored the job."""
    says = explanation.sentiment
    return (
        f"{job.model} has changed since it scored job {job.id}: revision {job.model_revision} did,"
        f" {explanation.revision} explains, and says {says.label} {says.score:.3f}"
    )
