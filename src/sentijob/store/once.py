"""Submits that must not happen twice: which key has already made what."""

from __future__ import annotations

from sentijob.errors import ConflictError
from sentijob.store.database import Connection, Database


def job_made_once(database: Database, connection: Connection, key: str | None) -> int | None:
    """The job that an earlier submit with this key has made; no other gets in before the commit.

    Raises:
        ConflictError: it was a batch.
    """
    job_id, batch_id = _made(database, connection, key)
    if batch_id is not None:
        raise ConflictError(f"--once {key!r} has already submitted a batch, b{batch_id}")
    return job_id


def batch_made_once(database: Database, connection: Connection, key: str | None) -> int | None:
    """The batch that an earlier submit with this key has made; no other gets in before the commit.

    Raises:
        ConflictError: it was a single job.
    """
    job_id, batch_id = _made(database, connection, key)
    if job_id is not None:
        raise ConflictError(f"--once {key!r} has already submitted a single job, {job_id}")
    return batch_id


def remember(
    connection: Connection,
    key: str | None,
    *,
    job_id: int | None = None,
    batch_id: int | None = None,
) -> None:
    """Note what a submit with this key has made."""
    if key is not None:
        connection.execute(
            "INSERT INTO once (key, job_id, batch_id) VALUES (?, ?, ?)", (key, job_id, batch_id)
        )


def _made(
    database: Database, connection: Connection, key: str | None
) -> tuple[int | None, int | None]:
    if key is None:
        return None, None
    database.serialize(connection, f"once {key}")
    row = connection.execute("SELECT job_id, batch_id FROM once WHERE key = ?", (key,)).fetchone()
    return (row[0], row[1]) if row else (None, None)
