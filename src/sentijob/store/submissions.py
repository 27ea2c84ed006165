"""Texts become jobs here; each call is on disk when it returns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from sentijob.errors import ConflictError, NotFoundError, UsageError
from sentijob.jobs import Batch, Item, OpenedBatch, Status, Submitted, Terms
from sentijob.store.batches import existing_batch, texts_present
from sentijob.store.clock import milliseconds
from sentijob.store.database import Connection, survives_outages
from sentijob.store.holds import Hold
from sentijob.store.once import batch_made_once, job_made_once, remember
from sentijob.store.part import SqlPart
from sentijob.store.peaks import priorities, raise_peaks
from sentijob.store.rows import meta_to_column
from sentijob.store.tallies import Moves
from sentijob.store.uuid7 import new_uuids

_JOB_COLUMNS = (
    "id",
    "job_uuid",
    "batch_id",
    "position",
    "key",
    "model",
    "status",
    "priority",
    "hold",
    "available_at",
    "attempt",
    "max_attempts",
    "rescues",
    "fence",
    "created_at",
    "store_text",
)
_TEXT_COLUMNS = ("job_id", "text", "meta")
_RESERVED_NAME = r"(?s:\d+|[bB]\d+|@.*|-.*|\s*)"


class _Placed(NamedTuple):
    """An item and its place in its batch, if it has one."""

    position: int | None
    item: Item


class _Standing(NamedTuple):
    """What jobs of one submit have in common: their terms, by the store's clock."""

    batch_id: int | None
    model: str
    priority: int
    max_attempts: int
    not_before: int | None
    """Until when they are held; None where no delay was asked for."""
    store_text: int


class SqlSubmissions(SqlPart):
    """:class:`~sentijob.ports.Submissions` on SQL."""

    def submit(self, item: Item, terms: Terms, *, once: str | None = None) -> Submitted:
        # With a key it may be repeated: a second one finds what the first has made.
        return self._db.persist(
            lambda: self._submit(item, terms, once), may_repeat=once is not None
        )

    def _submit(self, item: Item, terms: Terms, once: str | None) -> Submitted:
        with self._db.write(durable=True) as connection:
            earlier = job_made_once(self._db, connection, once)
            if earlier is not None:
                return Submitted(earlier, _uuid_of(connection, earlier), is_new=False)
            not_before = (
                self._db.wall(connection) + milliseconds(terms.delay) if terms.delay else None
            )
            standing = _Standing(
                None,
                terms.model,
                terms.priority,
                terms.max_attempts,
                not_before,
                int(terms.store_text),
            )
            ((job_id, job_uuid),) = self._insert(connection, [_Placed(None, item)], standing)
            remember(connection, once, job_id=job_id)
            return Submitted(job_id, UUID(bytes=job_uuid), is_new=True)

    def open_batch(
        self,
        terms: Terms,
        *,
        source: str,
        name: str | None = None,
        fingerprint: str | None = None,
        once: str | None = None,
    ) -> OpenedBatch:
        # What is known by its content or its key is found again.
        return self._db.persist(
            lambda: self._open_batch(terms, source, name, fingerprint, once),
            may_repeat=fingerprint is not None or once is not None,
        )

    def _open_batch(
        self,
        terms: Terms,
        source: str,
        name: str | None,
        fingerprint: str | None,
        once: str | None,
    ) -> OpenedBatch:
        with self._db.write(durable=True) as connection:
            self._db.serialize(connection, "open_batch")
            earlier = batch_made_once(self._db, connection, once)
            batch_id = earlier or _interrupted(connection, fingerprint)
            is_new = batch_id is None
            if batch_id is None:
                _check_name(connection, name)
                batch_id = self._insert_batch(connection, terms, source, name, fingerprint)
            if earlier is None:
                remember(connection, once, batch_id=batch_id)
            batch = existing_batch(connection, batch_id)
            return OpenedBatch(batch, texts_present(connection, batch_id), is_new)

    @survives_outages
    def append(self, batch_id: int, items: Sequence[Item], *, first_position: int) -> int:
        with self._db.write(durable=True) as connection:
            self._db.serialize(connection, f"batch {batch_id}")
            is_sealed, standing = _standing_of(connection, batch_id)
            placed = _absent(connection, batch_id, items, first_position)
            if placed and is_sealed:
                raise ConflictError(f"b{batch_id} is complete; no text can be added to it")
            self._insert(connection, placed, standing)
            return len(placed)

    @survives_outages
    def seal(self, batch_id: int) -> Batch:
        with self._db.write(durable=True) as connection:
            connection.execute(
                "UPDATE batch SET sealed_at = ? WHERE id = ? AND sealed_at IS NULL",
                (self._db.wall(connection), batch_id),
            )
            self._db.announce(connection, is_work=False)
            return existing_batch(connection, batch_id)

    def _insert_batch(
        self,
        connection: Connection,
        terms: Terms,
        source: str,
        name: str | None,
        fingerprint: str | None,
    ) -> int:
        now_ms = self._db.wall(connection)
        (batch_id,) = self._db.allocate(connection, "batch", 1)
        connection.execute(
            "INSERT INTO batch (id, name, source, fingerprint, model, priority, max_attempts,"
            " available_at, created_at, store_text) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                batch_id,
                name,
                source,
                fingerprint,
                terms.model,
                terms.priority,
                terms.max_attempts,
                now_ms + milliseconds(terms.delay),
                now_ms,
                int(terms.store_text),
            ),
        )
        return batch_id

    def _insert(
        self, connection: Connection, placed: Sequence[_Placed], standing: _Standing
    ) -> list[tuple[int, bytes]]:
        """Make jobs of items; their numbers and UUIDs."""
        now_ms = self._db.wall(connection)
        batch_id, model, priority, max_attempts, not_before, store_text = standing
        is_held = not_before is not None and not_before > now_ms
        hold, available_at = (Hold.DELAY, not_before) if is_held else (Hold.NONE, now_ms)
        job_ids = self._db.allocate(connection, "job", len(placed))
        made = list(zip(job_ids, new_uuids(len(placed), now_ms=now_ms), strict=True))
        pending = Status.PENDING.value
        jobs = [
            (job_id, job_uuid, batch_id, position, item.key, model, pending, priority,
             hold.value, available_at, 0, max_attempts, 0, 0, now_ms, store_text)
            for (job_id, job_uuid), (position, item) in zip(made, placed, strict=True)
        ]  # fmt: skip
        texts = [
            (job_id, item.text, meta_to_column(item.meta))
            for (job_id, _), (_, item) in zip(made, placed, strict=True)
        ]
        self._db.insert(connection, "job", _JOB_COLUMNS, jobs)
        self._db.insert(connection, "job_text", _TEXT_COLUMNS, texts)
        moves = Moves(self._db)
        moves.add(batch_id, len(placed), target=Status.PENDING)
        moves.write(connection, now_ms=now_ms)
        raise_peaks(connection, priorities(job_ids, priority), slot=self._db.slot())
        return made


def _uuid_of(connection: Connection, job_id: int) -> UUID:
    row = connection.execute("SELECT job_uuid FROM job WHERE id = ?", (job_id,)).fetchone()
    return UUID(bytes=bytes(row[0]))


def _interrupted(connection: Connection, fingerprint: str | None) -> int | None:
    """The batch that a submit of the same source began and didn't seal."""
    row = connection.execute(
        "SELECT id FROM batch WHERE fingerprint = ? AND sealed_at IS NULL ORDER BY id DESC LIMIT 1",
        (fingerprint,),
    ).fetchone()
    return int(row[0]) if row else None


def _check_name(connection: Connection, name: str | None) -> None:
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


def _standing_of(connection: Connection, batch_id: int) -> tuple[bool, _Standing]:
    """Whether a batch is sealed, and what its jobs have in common."""
    row = connection.execute(
        "SELECT sealed_at, id, model, priority, max_attempts,"
        " CASE WHEN available_at > created_at THEN available_at END,"
        " store_text FROM batch WHERE id = ?",
        (batch_id,),
    ).fetchone()
    if row is None:
        raise NotFoundError(f"there is no batch b{batch_id}")
    return row[0] is not None, _Standing(*row[1:])


def _absent(
    connection: Connection, batch_id: int, items: Sequence[Item], first_position: int
) -> list[_Placed]:
    """The items with their positions, less those that the batch already holds."""
    rows = connection.execute(
        "SELECT position FROM job WHERE batch_id = ? AND position BETWEEN ? AND ?",
        (batch_id, first_position, first_position + len(items) - 1),
    ).fetchall()
    taken = {row[0] for row in rows}
    return [
        _Placed(position, item)
        for position, item in enumerate(items, first_position)
        if position not in taken
    ]
