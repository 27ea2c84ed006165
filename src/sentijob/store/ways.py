"""Ways to the selected jobs: each part of a selector has an index, and the one that gives fewest jobs is taken.

SQLite chooses an index without knowing how many rows it would give, so it is chosen here. How many
jobs there are of a status or a batch, the counters say; of the rest, a look into the index
says whether they are few. All other parts of the selector are checked on the jobs that the chosen way leads to.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sentijob.jobs import Label, Selector, Status
from sentijob.store.clock import instant_to_ms
from sentijob.store.database import Connection
from sentijob.store.rows import marks
from sentijob.store.selection import Where
from sentijob.store.tallies import WHOLE_STORE, counted

_STANDING = {
    # In letters, not as parameters: partial indexes are chosen before parameters are known. What
    # always holds names an index's first column, lest another partial index be taken for it.
    Status.PENDING: "status = 'pending' AND priority >= -1000000000",
    Status.PROCESSING: "status = 'processing' AND worker_id >= 0",
    Status.FAILED: "status = 'failed'",
    Status.CANCELLED: "status = 'cancelled'",
}
_ENDLESS = 2**63 - 1
_MOST_COUNTED = 50_000
"""Where to stop counting in an index."""


class Stream(NamedTuple):
    """Jobs that one index gives: what they satisfy, and the column in whose order it gives them."""

    condition: str
    parameters: tuple[object, ...]
    order: str | None = "id"
    """Rises with the job's number; None where the index gives no such order."""


class Way(NamedTuple):
    """Streams that part the jobs among them, and how many those are, at least."""

    streams: tuple[Stream, ...]
    size: int
    counted_to: int | None = None
    """Where counting them was given up; None where the counters know."""

    @property
    def is_counted(self) -> bool:
        """Whether there are no more than *size*."""
        return self.counted_to is None or self.size <= self.counted_to

    @property
    def is_ordered(self) -> bool:
        """Whether its streams can be read from their newest or their oldest job on."""
        return all(stream.order is not None for stream in self.streams)


def ways(connection: Connection, selector: Selector) -> list[Way]:
    """The ways to the selected jobs, the one to fewest first, those to too many to count last; none where nothing is selected by."""
    known = [Way(streams, size) for streams, size in _counted_ways(connection, selector)]
    for streams in _uncounted_ways(selector):
        most = min([_MOST_COUNTED, *(way.size for way in known)])
        known.append(Way(streams, _count(connection, streams, most + 1), most))
    return sorted(known, key=lambda way: (not way.is_counted, way.size))


class Labelled(NamedTuple):
    """Labels of which each selected job has one, and how many jobs have."""

    labels: tuple[str, ...]
    size: int


def labelled(connection: Connection, selector: Selector) -> Labelled | None:
    """The labels that the selected jobs have; None where some may have none."""
    labels = tuple(sorted(set(selector.labels)))
    if not labels and set(selector.statuses) == {Status.COMPLETED}:
        labels = tuple(Label)
    if not labels:
        return None
    counts = counted(connection, WHOLE_STORE)
    return Labelled(
        tuple(label.value for label in labels), sum(getattr(counts, label) for label in labels)
    )


_Streams = tuple[Stream, ...]


def _counted_ways(connection: Connection, selector: Selector) -> Iterator[tuple[_Streams, int]]:
    """Ways whose size the counters know."""
    if selector.job_ids or selector.batch_ids:
        batches = sum(counted(connection, batch_id).total for batch_id in selector.batch_ids)
        yield _by_reference(selector), len(selector.job_ids) + batches
    statuses = sorted(set(selector.statuses))
    if statuses and Status.COMPLETED not in statuses:
        counts = counted(connection, WHOLE_STORE)
        streams = tuple(Stream(_STANDING[status], (), None) for status in statuses)
        yield streams, sum(getattr(counts, status) for status in statuses)


def _uncounted_ways(selector: Selector) -> Iterator[_Streams]:
    if selector.keys:
        yield tuple(Stream("key = ?", (key,)) for key in sorted(set(selector.keys)))
    if selector.error_codes:
        yield tuple(
            Stream("error_code = ? AND error_code IS NOT NULL", (code,), None)
            for code in sorted(set(selector.error_codes))
        )
    if selector.finished_before is not None:
        before = instant_to_ms(selector.finished_before)
        yield (Stream("finished_at < ? AND finished_at IS NOT NULL", (before,), None),)
    if selector.since is not None:
        # A UUIDv7 begins with the very instant that created_at holds.
        first = max(instant_to_ms(selector.since), 0).to_bytes(6, "big") + bytes(10)
        yield (Stream("job_uuid >= ?", (first,), "job_uuid"),)
    if selector.models:
        yield tuple(Stream("model = ?", (model,)) for model in sorted(set(selector.models)))


def _by_reference(selector: Selector) -> _Streams:
    batch_ids = tuple(dict.fromkeys(selector.batch_ids))
    streams = [Stream("batch_id = ?", (batch_id,), "position") for batch_id in batch_ids]
    if selector.job_ids:
        condition = f"id IN ({marks(len(selector.job_ids))})"
        if batch_ids:
            condition += f" AND (batch_id IS NULL OR batch_id NOT IN ({marks(len(batch_ids))}))"
        streams.append(Stream(condition, (*selector.job_ids, *batch_ids)))
    return tuple(streams)


def _count(connection: Connection, streams: _Streams, most: int) -> int:
    """How many jobs *streams* give, or *most*."""
    size = 0
    for stream in streams:
        row = connection.execute(
            f"SELECT count(*) FROM (SELECT 1 FROM job WHERE {stream.condition} LIMIT ?) AS looked_at",
            (*stream.parameters, most - size),
        ).fetchone()
        size += int(row[0])
        if size >= most:
            break
    return size


def go_on(chosen: Where, stream: Stream, after: int, *, is_descending: bool) -> None:
    """Leave out what a walk along *stream* has met up to the job of the number *after*."""
    sign, start = ("<", _ENDLESS) if is_descending else (">", -1)
    chosen.add(f"id {sign} ?", after)
    if stream.order == "position":
        # Else each page of a batch would walk past all the pages before it.
        chosen.add(
            f"position {sign} COALESCE("
            "(SELECT position FROM job AS last WHERE last.id = ? AND last.batch_id = ?), ?)",
            after,
            *stream.parameters,
            start,
        )
