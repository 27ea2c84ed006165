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
from sentijob.store.tallies import Moves
from sentijob.store.uuid7 import new_uuids

_JOB_COLUMNS = ("id", "job_uuid", "position", "key")
"""In which jobs of one submit differ."""
_TEXT_COLUMNS = ("job_id", "text", "meta")
_RESERVED_NAME = r"(?s:\d+|[bB]\d+|@.*|-.*|\s*)"


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
            ((job_id, job_uuid),) = self._insert(connection, [item], [None], standing)
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
            begun_with = _fingerprint_of(connection, batch_id)
            return OpenedBatch(batch, texts_present(connection, batch_id), is_new, begun_with)

    @survives_outages
    def append(self, batch_id: int, items: Sequence[Item], *, first_position: int) -> int:
        with self._db.write(durable=True) as connection:
            self._db.serialize(connection, f"batch {batch_id}")
            is_sealed, standing = _standing_of(connection, batch_id)
            absent, positions = _absent(connection, batch_id, items, first_position)
            if absent and is_sealed:
                raise ConflictError(f"b{batch_id} is complete; no text can be added to it")
            self._insert(connection, absent, positions, standing)
            return len(absent)

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
            "INSERT INTO batch (id, batch_uuid, name, source, fingerprint, model, priority,"
            " max_attempts, available_at, created_at, store_text)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                batch_id,
                *new_uuids(1, now_ms=now_ms),
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
        self,
        connection: Connection,
        items: Sequence[Item],
        positions: Sequence[int | None],
        standing: _Standing,
    ) -> list[tuple[int, bytes]]:
        """Make jobs of items, each at its position; their numbers and UUIDs."""
        if not items:
            return []
        now_ms = self._db.wall(connection)
        batch_id, model, priority, max_attempts, not_before, store_text = standing
        is_held = not_before is not None and not_before > now_ms
        hold, available_at = (Hold.DELAY, not_before) if is_held else (Hold.NONE, now_ms)
        same = {
            "batch_id": batch_id,
            "model": model,
            "status": Status.PENDING.value,
            "priority": priority,
            "hold": hold.value,
            "available_at": available_at,
            "attempt": 0,
            "max_attempts": max_attempts,
            "rescues": 0,
            "fence": 0,
            "created_at": now_ms,
            "store_text": store_text,
        }
        job_ids = self._db.allocate(connection, "job", len(items))
        uuids = new_uuids(len(items), now_ms=now_ms)
        keys = [key for _, key, _ in items]
        jobs = zip(job_ids, uuids, positions, keys, strict=True)
        self._db.insert(connection, "job", _JOB_COLUMNS, jobs, same=same)
        metas = _meta_columns(items)
        texts = [
            (job_id, item.text, meta)
            for job_id, item, meta in zip(job_ids, items, metas, strict=True)
        ]
        self._db.insert(connection, "job_text", _TEXT_COLUMNS, texts, same={})
        moves = Moves(self._db)
        moves.add(batch_id, len(items), target=Status.PENDING)
        moves.write(connection, now_ms=now_ms)
        raise_peaks(connection, priorities(job_ids, priority), slot=self._db.slot())
        return list(zip(job_ids, uuids, strict=True))


def _meta_columns(items: Sequence[Item]) -> Sequence[str | None]:
    if not any(item.meta for item in items):
        return [None] * len(items)
    from sentijob.store.metas import meta_to_column

    return [meta_to_column(item.meta) for item in items]


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


def _fingerprint_of(connection: Connection, batch_id: int) -> str | None:
    row = connection.execute("SELECT fingerprint FROM batch WHERE id = ?", (batch_id,)).fetchone()
    return None if row[0] is None else str(row[0])


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
) -> tuple[Sequence[Item], Sequence[int]]:
    """The items and their positions, less those that the batch already holds."""
    positions = range(first_position, first_position + len(items))
    rows = connection.execute(
        "SELECT position FROM job WHERE batch_id = ? AND position BETWEEN ? AND ?",
        (batch_id, first_position, first_position + len(items) - 1),
    ).fetchall()
    if not rows:
        return items, positions
    taken = {row[0] for row in rows}
    absent = [position for position in positions if position not in taken]
    return [items[position - first_position] for position in absent], absent
