"""The one way in which a worker changes a job: only while its claim's fence holds."""

from __future__ import annotations

from collections.abc import Sequence

from sentijob.jobs import ClaimedJob
from sentijob.store.database import Change, Connection, Database
from sentijob.store.rows import marks

LET_GO = "worker_id = NULL, lease_expires_at = NULL"
"""What every change that ends a claim assigns."""


def held_by(worker_id: int) -> str:
    """What is true of the jobs that a worker holds, in SQL without parameters."""
    return f"worker_id = {worker_id:d} AND status = 'processing'"


def settle(
    database: Database,
    connection: Connection,
    worker_id: int,
    change: Change,
    changes: Sequence[tuple[tuple[object, ...], ClaimedJob]],
) -> set[int]:
    """Change each claimed job as *change* and its values say.

    Returns the ids of those whose fence no longer holds; they are left untouched.
    """
    if not changes:
        return set()
    lost = _not_held(database, connection, worker_id, [one for _, one in changes])
    database.update_each(
        connection,
        "job",
        change,
        [(*values, one.job_id, one.fence) for values, one in changes],
        where=held_by(worker_id),
    )
    return lost


def _not_held(
    database: Database, connection: Connection, worker_id: int, claims: Sequence[ClaimedJob]
) -> set[int]:
    # In the order of ids, as everyone locks jobs, so that two never wait for each other.
    rows = connection.execute(
        "SELECT id, fence FROM job WHERE status = 'processing' AND worker_id = ?"
        f" AND id IN ({marks(len(claims))}) ORDER BY id {database.row_lock}",
        (worker_id, *(one.job_id for one in claims)),
    ).fetchall()
    held = {(row[0], row[1]) for row in rows}
    return {one.job_id for one in claims if (one.job_id, one.fence) not in held}
