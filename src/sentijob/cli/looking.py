"""What ids name, looked up, and how it is written or drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from sentijob import wiring
from sentijob.export.documents import batch_document, dumps, job_document
from sentijob.jobs import Batch, Job, JobReference, Reference

if TYPE_CHECKING:
    from rich.console import RenderableType

    from sentijob.ports import Reading, Store
    from sentijob.settings import Settings

Thing = Job | Batch


def resolve_all(store: Reading, references: Sequence[str]) -> list[Reference]:
    """What each of *references* names, once each, in their order.

    Raises:
        NotFoundError: one of them names nothing.
        ConflictError: one of them names more than one job.
    """
    found = [store.resolve(reference) for reference in references]
    # A job and a batch of the same number are equal as tuples.
    return list({(type(reference), reference): reference for reference in found}.values())


def look_up(store: Reading, references: Sequence[Reference]) -> list[Thing]:
    """The jobs and batches as they stand now."""
    return [
        store.job(reference.job_id)
        if isinstance(reference, JobReference)
        else store.batch(reference.batch_id)
        for reference in references
    ]


def document(thing: Thing) -> Mapping[str, object]:
    """A job or a batch in the form that all JSON of ours has."""
    return job_document(thing) if isinstance(thing, Job) else batch_document(thing)


def as_json(things: Sequence[Thing]) -> str:
    """One document: an object for one thing, an array for several."""
    documents = [document(thing) for thing in things]
    return dumps(documents[0] if len(documents) == 1 else documents)


def drawn(store: Store, settings: Settings, things: Sequence[Thing], width: int) -> RenderableType:
    """Panels for batches and for a single job, a table for several jobs."""
    from rich.console import Group

    from sentijob.cli.batch_view import batch_panel
    from sentijob.cli.job_view import job_columns, job_panel
    from sentijob.cli.tables import fitted_table
    from sentijob.worker.crew import crew, working_rate

    now = store.now()
    jobs = [thing for thing in things if isinstance(thing, Job)]
    batches = [thing for thing in things if isinstance(thing, Batch)]
    is_busy = any(not batch.is_final for batch in batches)
    rate = working_rate(crew(store, wiring.run_folder(settings))) if is_busy else None
    parts: list[RenderableType] = [batch_panel(batch, now, width, rate=rate) for batch in batches]
    if len(jobs) == 1:
        parts.append(job_panel(jobs[0], now, width))
    elif jobs:
        parts.append(fitted_table(job_columns(now), jobs, width))
    return Group(*parts)
