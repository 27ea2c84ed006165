"""The one way in which a worker changes a job: only while its claim's fence holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, NamedTuple, TypeVar

from sentijob.jobs import ClaimedJob
from sentijob.store.database import Change, Connection, Database
from sentijob.store.rows import marks

_T = TypeVar("_T")
LET_GO = "worker_id = NULL, lease_expires_at = NULL"
"""What every change that ends a claim assigns."""


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
    claim: Callable[[_T], ClaimedJob],
    values: Callable[[_T], tuple[object, ...]] = lambda _: (),
) -> Settled[_T]:
    """Change the job of each item's *claim* as *change* and its *values* say.

    Where a fence no longer holds, the job is left untouched. Of several items with one claim the
    first counts.
    """
    if not items:
        return Settled([], set())
    held = _held(database, connection, worker_id, [claim(item).job_id for item in items])
    kept: list[_T] = []
    for item in items:
        fence = held.get(claim(item).job_id)
        if fence == claim(item).fence:
            del held[claim(item).job_id]
            kept.append(item)
    rows = [(*values(item), claim(item).job_id, claim(item).fence) for item in kept]
    database.update_each(connection, "job", change, rows, where=held_by(worker_id))
    lost = {claim(item).job_id for item in items} - {claim(item).job_id for item in kept}
    return Settled(kept, lost)


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
