"""What must not happen twice: which key has already made what, or been used on what."""

from __future__ import annotations

from sentijob.errors import ConflictError
from sentijob.jobs import JobReference, Reference
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


def is_done_once(database: Database, connection: Connection, key: str, done: Reference) -> bool:
    """Whether what this key stands for was done to *done*; no other gets in before the commit.

    Raises:
        ConflictError: it stands for something else.
    """
    found = _made(database, connection, key)
    if found == (None, None):
        return False
    if found != _columns(done):
        raise ConflictError(f"the key {key!r} has already been used for something else")
    return True


def remember_done(connection: Connection, key: str, done: Reference) -> None:
    """Note to what this was done."""
    job_id, batch_id = _columns(done)
    remember(connection, key, job_id=job_id, batch_id=batch_id)


def _columns(done: Reference) -> tuple[int | None, int | None]:
    return (done.job_id, None) if isinstance(done, JobReference) else (None, done.batch_id)


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
