"""What must not happen twice: which key has already made what, or been used on what."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from sentijob.errors import ConflictError
from sentijob.jobs import JobReference, Reference, Submitted
from sentijob.store.database import Connection, Database
from sentijob.store.rows import marks


def jobs_made_once(
    database: Database, connection: Connection, keys: Collection[str]
) -> dict[str | None, Submitted | ConflictError]:
    """What earlier submits with these keys have made, an error where it was a batch.

    No other submit with one of them gets in before the commit.
    """
    if not keys:
        return {}
    database.serialize(connection, *(f"once {key}" for key in keys))
    rows = connection.execute(
        "SELECT once.key, once.job_id, job_uuid, once.batch_id FROM once"
        f" LEFT JOIN job ON job.id = once.job_id WHERE once.key IN ({marks(len(keys))})",
        list(keys),
    ).fetchall()
    return {
        key: Submitted(job_id, UUID(bytes=bytes(job_uuid)), is_new=False)
        if batch_id is None
        else ConflictError(f"--once {key!r} has already submitted a batch, b{batch_id}")
        for key, job_id, job_uuid, batch_id in rows
    }


def batch_made_once(database: Database, connection: Connection, key: str | None) -> int | None:
    """The batch that an earlier submit with this key has made; no other gets in before the commit.

    Raises:
        ConflictError: it was a single job.
    """
    if key is None:
        return None
    database.serialize(connection, f"once {key}")
    row = connection.execute("SELECT job_id, batch_id FROM once WHERE key = ?", (key,)).fetchone()
    if row is None:
        return None
    job_id, batch_id = row
    if job_id is not None:
        raise ConflictError(f"--once {key!r} has already submitted a single job, {job_id}")
    return int(batch_id)


def remember_jobs(connection: Connection, made: Iterable[tuple[str, int]]) -> None:
    """Note which job each key's submit has made."""
    connection.executemany("INSERT INTO once (key, job_id) VALUES (?, ?)", made)


def remember_batch(connection: Connection, key: str | None, batch_id: int) -> None:
    """Note which batch a submit with this key has made."""
    if key is not None:
        connection.execute("INSERT INTO once (key, batch_id) VALUES (?, ?)", (key, batch_id))


def is_done_once(database: Database, connection: Connection, key: str, done: Reference) -> bool:
    """Whether what this key stands for was done to *done*; no other gets in before the commit.

    Raises:
        ConflictError: it stands for something else.
    """
    database.serialize(connection, f"once {key}")
    row = connection.execute("SELECT job_id, batch_id FROM once WHERE key = ?", (key,)).fetchone()
    if row is None:
        return False
    if tuple(row) != _columns(done):
        raise ConflictError(f"the key {key!r} has already been used for something else")
    return True


def remember_done(connection: Connection, key: str, done: Reference) -> None:
    """Note to what this was done."""
    connection.execute(
        "INSERT INTO once (key, job_id, batch_id) VALUES (?, ?, ?)", (key, *_columns(done))
    )


def _columns(done: Reference) -> tuple[int | None, int | None]:
    return (done.job_id, None) if isinstance(done, JobReference) else (None, done.batch_id)
