"""Jobs as rows of a table: the fields of a job, then the caller's own columns.

Which own columns there are is settled by the first jobs, so that any number
can be written in bounded memory. What a later job has beside them is not
lost: it stands as JSON in the last column, ``meta``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from typing import Any, NamedTuple, cast

from sentijob.errors import damaged_job
from sentijob.export.documents import dumps
from sentijob.export.stored import batch_text, instant_text, uuid_text
from sentijob.jobs import Label, StandingPart, Status, StoredJob

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

_FOREIGN = {"key", "text", "error_code", "error_message", "model", "model_revision"}
_NUMBERS = {"id", "batch"}
REST = "meta"
Row = tuple[object, ...]
Number = Callable[[float], object]
"""Makes a cell of a probability."""


class Table:
    """Jobs as rows. An own column whose name a job's field has is called ``meta.NAME``.

    Without numbers, the columns lack the job's and its batch's.
    """

    def __init__(
        self,
        pages: Iterable[Sequence[StoredJob]],
        *,
        number: Number,
        has_numbers: bool = True,
    ) -> None:
        iterator = iter(pages)
        head: list[Sequence[StoredJob]] = []
        while sum(map(len, head)) < LOOK_AHEAD and (page := next(iterator, None)) is not None:
            head.append(page)
        self._pages = chain(head, iterator)
        self._number = number
        seen = list(chain.from_iterable(head))[:LOOK_AHEAD]
        self._own = _own_columns(map(_meta_of, seen))
        self._columns = [name for name in JOB_COLUMNS if has_numbers or name not in _NUMBERS]
        self._chosen = (
            None if has_numbers else itemgetter(*map([*JOB_COLUMNS].index, self._columns))
        )

    @property
    def names(self) -> list[str]:
        """The header."""
        return [*self._columns, *self._own.values(), REST]

    @property
    def foreign(self) -> list[int]:
        """Where strings stand that come from outside."""
        own = range(len(self._columns), len(self.names))
        return [place for place, name in enumerate(self._columns) if name in _FOREIGN] + [*own]

    def pages(self) -> Iterator[list[Row]]:
        """A row a job: strings, numbers and None, as the header has them; own values are strings.

        Raises:
            StoreDamagedError: a job holds what none can.
        """
        for page in self._pages:
            yield [self._row(job) for job in page]

    def _row(self, job: StoredJob) -> Row:
        try:
            cells = _cells(job, self._number)
            chosen = cells if self._chosen is None else self._chosen(cells)
            return chosen + self._own_cells(_meta_of(job))
        except (ValueError, TypeError, OverflowError) as exc:
            raise damaged_job(job[0]) from exc

    def _own_cells(self, meta: Mapping[str, object]) -> Row:
        own = self._own
        rest = {}
        if not meta.keys() <= own.keys():
            rest = {name: value for name, value in meta.items() if name not in own}
        return (*[_own_value(meta.get(name)) for name in own], dumps(rest) if rest else None)


def _own_columns(metas: Iterable[Mapping[str, object]]) -> dict[str, str]:
    """The caller's columns by the names they get, in the order in which they first turn up."""
    taken = {*JOB_COLUMNS, REST}
    names: dict[str, str] = {}
    for name in list(dict.fromkeys(chain.from_iterable(metas)))[:MOST_OWN_COLUMNS]:
        shown = name
        while shown in taken:
            shown = f"meta.{shown}"
        taken.add(shown)
        names[name] = shown
    return names


def _cells(job: StoredJob, number: Number) -> Row:
    """A job's cells as JOB_COLUMNS has them."""
    job_id, job_uuid, position, key, text, score, negative, neutral, positive = job[:9]
    label, ending, names, rest = _standing(job[11:])
    result: Row = (None, None, None, None)
    tokens = None
    if label is not None:
        tokens = job[9]
        result = tuple(map(number, cast("tuple[float, ...]", (score, negative, neutral, positive))))
    return (
        key,
        text or None,
        label,
        *result,
        *ending,
        position,
        job_id,
        uuid_text(job_uuid),
        *names,
        tokens,
        *rest,
    )


class _Standing(NamedTuple):
    """What many jobs on end share, as it stands in their rows."""

    label: str | None
    ending: Row
    """From the status to the batch."""
    names: Row
    """Of the model."""
    rest: Row
    """From the windows on."""


@lru_cache(maxsize=1024)
def _standing(part: StandingPart) -> _Standing:
    batch_id, model, status, label, model_revision = part[:5]
    windows, attempt, max_attempts, priority, *instants = part[5:13]
    return _Standing(
        None if label is None else Label(label).value,
        (Status(status).value, *part[13:], batch_text(batch_id)),
        (model, model_revision),
        (
            None if label is None else windows,
            attempt,
            max_attempts,
            priority,
            *map(instant_text, instants),
        ),
    )


def _meta_of(job: StoredJob) -> dict[str, Any]:
    column = job[10]
    if not column:
        return {}
    try:
        return dict(json.loads(column))
    except (ValueError, TypeError) as exc:
        raise damaged_job(job[0]) from exc


def _own_value(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return dumps(value)
