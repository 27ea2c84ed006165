"""Jobs as rows of a table: the fields of a job, then the caller's own columns.

Which own columns there are is settled by the first jobs, so that any number
can be written in bounded memory. What a later job has beside them is not
lost: it stands as JSON in the last column, ``meta``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from operator import itemgetter

from sentijob.export.documents import Document, dumps, job_document, probabilities
from sentijob.jobs import Job, Label

LOOK_AHEAD = 1000
"""Jobs whose meta is seen before the first row is written."""
MOST_OWN_COLUMNS = 2000

JOB_COLUMNS = {
    "key": str,
    "text": str,
    "result_label": str,
    "result_score": float,
    "negative": float,
    "neutral": float,
    "positive": float,
    "status": str,
    "error_code": str,
    "error_message": str,
    "batch": str,
    "position": int,
    "id": int,
    "job_uuid": str,
    "model": str,
    "model_revision": str,
    "tokens": int,
    "windows": int,
    "attempt": int,
    "max_attempts": int,
    "priority": int,
    "created_at": str,
    "available_at": str,
    "started_at": str,
    "finished_at": str,
}
"""A job's own columns and what is in them; the names are those of its JSON."""

_job_cells = itemgetter(*JOB_COLUMNS)

REST = "meta"


class Table:
    """Jobs as rows. An own column whose name a job's field has is called ``meta.NAME``."""

    def __init__(self, jobs: Iterable[Job]) -> None:
        iterator = iter(jobs)
        head = list(islice(iterator, LOOK_AHEAD))
        self._jobs = chain(head, iterator)
        self._own = _own_columns(head)

    @property
    def names(self) -> list[str]:
        """The header."""
        return [*JOB_COLUMNS, *self._own.values(), REST]

    def rows(self) -> Iterator[list[object]]:
        """A row a job: strings, numbers and None, as the header has them; own values are strings."""
        own = self._own
        for job in self._jobs:
            meta = job.meta
            row = [*_job_cells(_flat(job)), *(_own_value(meta.get(name)) for name in own)]
            rest = meta.keys() - own.keys()
            row.append(dumps({name: meta[name] for name in meta if name in rest}) if rest else None)
            yield row


def _own_columns(head: Iterable[Job]) -> dict[str, str]:
    """The caller's columns by the names they get, in the order in which they first turn up."""
    taken = {*JOB_COLUMNS, REST}
    names: dict[str, str] = {}
    for name in islice(
        dict.fromkeys(chain.from_iterable(job.meta for job in head)), MOST_OWN_COLUMNS
    ):
        shown = name
        while shown in taken:
            shown = f"meta.{shown}"
        taken.add(shown)
        names[name] = shown
    return names


def _flat(job: Job) -> Document:
    """A job's document with nothing nested in it but its meta."""
    return {
        **job_document(job),
        **dict.fromkeys(Label),
        **(probabilities(job.sentiment) if job.sentiment else {}),
        "error_code": job.error and job.error.code,
        "error_message": job.error and job.error.message,
    }


def _own_value(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return dumps(value)
