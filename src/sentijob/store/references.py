"""What people type for a job or a batch: ``42``, ``b7``, a UUID or its beginning, a name, ``@last``."""

from __future__ import annotations

import re
from uuid import UUID

from sentijob.errors import ConflictError, NotFoundError
from sentijob.jobs import BatchReference, JobReference, Reference
from sentijob.store.database import Connection

LAST = "@last"
_LARGEST_ID = 2**63 - 1
_MOST_DIGITS = 19
_BATCH = r"[bB]([0-9]+)"
_UUID = r"[0-9a-f]{32}"
_UUID_BEGINNING = r"[0-9a-f]{4,32}"


def parse_reference(connection: Connection, reference: str) -> Reference:
    """Find what a reference names.

    A number is a job and ``b`` with a number a batch before either could be
    anything else; then whole UUIDs are tried, so that no name takes a UUID's place,
    then batches' names, then UUIDs' beginnings.

    Raises:
        NotFoundError: it names nothing.
        ConflictError: it is the beginning of several UUIDs.
    """
    if reference == LAST:
        return _last(connection)
    if reference.isascii() and reference.isdigit():
        return JobReference(_existing(connection, "job", reference, reference))
    batch = re.fullmatch(_BATCH, reference)
    if batch:
        return BatchReference(_existing(connection, "batch", batch[1], reference))
    if not _is_storable(reference):
        raise NotFoundError(f"there is no job or batch {reference!r}")
    digits = reference.lower().replace("-", "")
    with_uuid = _beginning(connection, digits) if re.fullmatch(_UUID, digits) else []
    if with_uuid:
        return with_uuid[0]
    named = connection.execute("SELECT id FROM batch WHERE name = ?", (reference,)).fetchone()
    if named:
        return BatchReference(named[0])
    return _by_beginning(connection, reference, digits)


def _is_storable(reference: str) -> bool:
    """Whether a database could hold it: what came from a command line may be no Unicode."""
    try:
        return b"\0" not in reference.encode()
    except UnicodeEncodeError:
        return False


def _existing(connection: Connection, table: str, digits: str, reference: str) -> int:
    found = None
    digits = digits.lstrip("0") or "0"
    # Counted first: Python refuses to read thousands of digits.
    if len(digits) <= _MOST_DIGITS and int(digits) <= _LARGEST_ID:
        found = connection.execute(
            f"SELECT id FROM {table} WHERE id = ?", (int(digits),)
        ).fetchone()
    if found is None:
        raise NotFoundError(f"there is no {table} {reference}")
    return int(found[0])


def _last(connection: Connection) -> Reference:
    row = connection.execute("SELECT id, batch_id FROM job ORDER BY id DESC LIMIT 1").fetchone()
    if row is None:
        raise NotFoundError(f"{LAST} names nothing: the store is empty")
    return JobReference(row[0]) if row[1] is None else BatchReference(row[1])


def _by_beginning(connection: Connection, reference: str, digits: str) -> Reference:
    if not re.fullmatch(_UUID_BEGINNING, digits):
        raise NotFoundError(
            f"there is no job or batch {reference!r}: write a job's number, b7, a batch's name,"
            " a UUID or its beginning, or @last"
        )
    found = _beginning(connection, digits)
    if not found:
        raise NotFoundError(f"there is no job or batch whose UUID begins with {reference}")
    if len(found) > 1:
        raise ConflictError(f"several UUIDs begin with {reference}; write more of it")
    return found[0]


def _beginning(connection: Connection, digits: str) -> list[Reference]:
    """The jobs and batches whose UUID begins with *digits*; of each kind at most two."""
    between = bytes.fromhex(digits.ljust(32, "0")), bytes.fromhex(digits.ljust(32, "f"))
    jobs = connection.execute(
        "SELECT id FROM job WHERE job_uuid BETWEEN ? AND ? LIMIT 2", between
    ).fetchall()
    batches = connection.execute(
        "SELECT id FROM batch WHERE batch_uuid BETWEEN ? AND ? LIMIT 2", between
    ).fetchall()
    return [*(JobReference(row[0]) for row in jobs), *(BatchReference(row[0]) for row in batches)]


def number_past(
    connection: Connection, table: str, uuid: UUID, *, is_descending: bool = False
) -> int:
    """The number from which to go on, up or down, past the job or batch of that UUID.

    Where it is gone, that is where it would be, by its time to the millisecond.
    """
    row = connection.execute(
        f"SELECT id, {table}_uuid FROM {table} WHERE {table}_uuid <= ?"
        f" ORDER BY {table}_uuid DESC LIMIT 1",
        (uuid.bytes,),
    ).fetchone()
    if row is None:
        return 0
    # Downwards, the nearest older one that is left is still to come.
    is_gone = bytes(row[1]) != uuid.bytes
    return int(row[0]) + (is_descending and is_gone)
