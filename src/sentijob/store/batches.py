"""Looking a batch up, for those who read and those who add to it."""

from __future__ import annotations

import re
from uuid import UUID

from sentijob.errors import ConflictError, NotFoundError, UsageError
from sentijob.jobs import Batch
from sentijob.store.database import Connection
from sentijob.store.references import number_past
from sentijob.store.rows import BATCH_SELECT, batch_from_row

_RESERVED_NAME = r"(?s:\d+|[bB]\d+|@.*|-.*|\s*)"
_ENDLESS = 2**63 - 1


def existing_batch(connection: Connection, batch_id: int) -> Batch:
    """A batch with its counts.

    Raises:
        NotFoundError: there is none of that number.
    """
    row = connection.execute(
        f"{BATCH_SELECT} WHERE batch.id = ? GROUP BY batch.id", (batch_id,)
    ).fetchone()
    if row is None:
        raise NotFoundError(f"there is no batch b{batch_id}")
    return batch_from_row(row)


def newest_batches(connection: Connection, limit: int, *, after: UUID | None = None) -> list[Batch]:
    end = _ENDLESS
    if after is not None:
        end = number_past(connection, "batch", after, is_descending=True)
    rows = connection.execute(
        f"{BATCH_SELECT} WHERE batch.id IN"
        " (SELECT id FROM batch WHERE id < ? ORDER BY id DESC LIMIT ?)"
        " GROUP BY batch.id ORDER BY batch.id DESC",
        (end, limit),
    ).fetchall()
    return [batch_from_row(row) for row in rows]


def texts_present(connection: Connection, batch_id: int) -> int:
    """How many texts of a batch are in: they come in order, chunk by whole chunk."""
    row = connection.execute(
        "SELECT COALESCE(MAX(position) + 1, 0) FROM job WHERE batch_id = ?", (batch_id,)
    ).fetchone()
    return int(row[0])


def interrupted_batch(connection: Connection, fingerprint: str | None) -> int | None:
    """The batch that a submit of the same source began and didn't seal."""
    row = connection.execute(
        "SELECT id FROM batch WHERE fingerprint = ? AND sealed_at IS NULL ORDER BY id DESC LIMIT 1",
        (fingerprint,),
    ).fetchone()
    return int(row[0]) if row else None


def check_name(connection: Connection, name: str | None) -> None:
    """Refuse a name that reads like something else, or is taken.

    Raises:
        UsageError, ConflictError: so it is.
    """
    if name is None:
        return
    if re.fullmatch(_RESERVED_NAME, name):
        raise UsageError(
            f"{name!r} can't name a batch: a name isn't empty, a number or like b7,"
            " and doesn't start with @ or -"
        )
    row = connection.execute("SELECT id FROM batch WHERE name = ?", (name,)).fetchone()
    if row is not None:
        raise ConflictError(f"b{row[0]} is already called {name!r}; choose another name")


def fingerprint_of(connection: Connection, batch_id: int) -> str | None:
    """What a batch was begun with."""
    row = connection.execute("SELECT fingerprint FROM batch WHERE id = ?", (batch_id,)).fetchone()
    return None if row[0] is None else str(row[0])
