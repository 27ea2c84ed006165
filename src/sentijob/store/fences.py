"""The one way in which a worker changes a job: only while its claim's fence holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

from sentijob.jobs import ClaimedJob
from sentijob.store.database import Change, Connection, Database
from sentijob.store.rows import marks

_T = TypeVar("_T")
LET_GO = "worker_id = NULL, lease_expires_at = NULL"
"""What every change that ends a claim assigns."""


def right(claim: ClaimedJob) -> tuple[int, int]:
    """The job and the fence: what a row ends in that is to change what is claimed."""
    return claim.job_id, claim.fence


def held_by(worker_id: int) -> str:
    """What is true of the jobs that a worker holds, in SQL without parameters."""
    return f"worker_id = {worker_id:d} AND status = 'processing'"


class Settled(NamedTuple, Generic[_T]):
    """What of a settle took hold, each job once, and the ids of the jobs of which nothing did."""

    kept: list[_T]
    lost: set[int]


def settle(
    database: Database,
    connection: Connection,
    worker_id: int,
    change: Change,
    items: Sequence[_T],
    *,
    row: Callable[[_T], tuple[Any, ...]],
) -> Settled[_T]:
    """Change the job of each item as *change* and the item's *row* say, which ends in its :func:`right`.

    Where a fence no longer holds, the job is left untouched. Of several items with one claim the
    first counts.
    """
    if not items:
        return Settled([], set())

    def apply(rows: Sequence[tuple[Any, ...]]) -> int:
        return database.update_each(connection, "job", change, rows, where=held_by(worker_id))

    rows = [row(item) for item in items]
    # Nearly always all fences hold, and then there is no need to look at each first.
    if database.attempt(connection, lambda: apply(rows) == len(rows)):
        return Settled(list(items), set())
    held = _held(database, connection, worker_id, [job_id for *_, job_id, _ in rows])
    kept = []
    for item, (*_, job_id, fence) in zip(items, rows, strict=True):
        if held.get(job_id) == fence:
            del held[job_id]
            kept.append(item)
    kept_rows = [row(item) for item in kept]
    apply(kept_rows)
    ids, kept_ids = ({job_id for *_, job_id, _ in some} for some in (rows, kept_rows))
    return Settled(kept, ids - kept_ids)


def _held(
    database: Database, connection: Connection, worker_id: int, job_ids: Sequence[int]
) -> dict[int, int]:
    """Those of the jobs that the worker holds, locked, and their fences."""
    # In the order of ids, as everyone locks jobs, so that two never wait for each other.
    rows = connection.execute(
        "SELECT id, fence FROM job WHERE status = 'processing' AND worker_id = ?"
        f" AND id IN ({marks(len(job_ids))}) ORDER BY id {database.row_lock}",
        (worker_id, *job_ids),
    ).fetchall()
    return {row[0]: row[1] for row in rows}
