"""Texts become jobs here; each call is on disk when it returns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from uuid import UUID

from sentijob.errors import ConflictError, NotFoundError, UsageError
from sentijob.jobs import Batch, Item, OpenedBatch, Status, Submitted, Terms
from sentijob.store.clock import milliseconds
from sentijob.store.database import Connection, Database
from sentijob.store.rows import BATCH_SELECT, batch_from_row, meta_to_column
from sentijob.store.tallies import Moves, open_tally
from sentijob.store.uuid7 import new_uuids

_INSERT_JOB = (
    "INSERT INTO job (id, job_uuid, batch_id, position, key, model, status, priority,"
    " available_at, attempt, max_attempts, rescues, fence, created_at)"
    " VALUES (?, ?, ?, ?, ?, ?, 'pending', ?, ?, 0, ?, 0, 0, ?)"
)
_INSERT_TEXT = "INSERT INTO job_text (job_id, text, meta) VALUES (?, ?, ?)"
_RESERVED_NAME = re.compile(r"\d+|[bB]\d+|@.*|-.*")


class SqlSubmissions:
    """:class:`~sentijob.ports.Submissions` on SQL."""

    _db: Database

    def submit(self, item: Item, terms: Terms, *, once: str | None = None) -> Submitted:
        with self._db.write(durable=True) as connection:
            earlier = _made_once(connection, once)
            if earlier is not None:
                return _earlier_job(connection, once, *earlier)
            now_ms = self._db.wall(connection)
            job_id = self._db.allocate(connection, "job", 1)
            (job_uuid,) = new_uuids(1, now_ms=now_ms)
            available_at = now_ms + milliseconds(terms.delay)
            connection.execute(
                _INSERT_JOB,
                (job_id, job_uuid, None, None, item.key, terms.model, terms.priority,
                 available_at, terms.max_attempts, now_ms),
            )  # fmt: skip
            connection.execute(_INSERT_TEXT, (job_id, item.text, meta_to_column(item.meta)))
            _count_pending(connection, None, 1, now_ms=now_ms)
            if once is not None:
                connection.execute("INSERT INTO once (key, job_id) VALUES (?, ?)", (once, job_id))
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
        with self._db.write(durable=True) as connection:
            batch_id = _earlier_batch(connection, once) or _interrupted(connection, fingerprint)
            is_new = batch_id is None
            if batch_id is None:
                batch_id = self._new_batch(connection, terms, source, name, fingerprint)
                if once is not None:
                    connection.execute(
                        "INSERT INTO once (key, batch_id) VALUES (?, ?)", (once, batch_id)
                    )
            return OpenedBatch(_batch(connection, batch_id), _present(connection, batch_id), is_new)

    def _new_batch(
        self,
        connection: Connection,
        terms: Terms,
        source: str,
        name: str | None,
        fingerprint: str | None,
    ) -> int:
        if name is not None:
            _check_name(connection, name)
        now_ms = self._db.wall(connection)
        batch_id = self._db.allocate(connection, "batch", 1)
        connection.execute(
            "INSERT INTO batch (id, name, source, fingerprint, model, priority, max_attempts,"
            " available_at, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (batch_id, name, source, fingerprint, terms.model, terms.priority, terms.max_attempts,
             now_ms + milliseconds(terms.delay), now_ms),
        )  # fmt: skip
        open_tally(connection, batch_id)
        return batch_id

    def append(self, batch_id: int, items: Sequence[Item], *, first_position: int) -> int:
        with self._db.write(durable=True) as connection:
            batch_terms = _terms_of(connection, batch_id)
            placed = _absent(connection, batch_id, items, first_position)
            if not placed:
                return 0
            model, priority, max_attempts, available_at, sealed_at = batch_terms
            if sealed_at is not None:
                raise ConflictError(f"b{batch_id} is complete; no text can be added to it")
            now_ms = self._db.wall(connection)
            available_at = max(available_at, now_ms)
            first_id = self._db.allocate(connection, "job", len(placed))
            job_ids = range(first_id, first_id + len(placed))
            uuids = new_uuids(len(placed), now_ms=now_ms)
            connection.executemany(
                _INSERT_JOB,
                [
                    (job_id, job_uuid, batch_id, position, item.key, model, priority,
                     available_at, max_attempts, now_ms)
                    for job_id, job_uuid, (position, item) in zip(job_ids, uuids, placed, strict=True)
                ],
            )  # fmt: skip
            connection.executemany(
                _INSERT_TEXT,
                [
                    (job_id, item.text, meta_to_column(item.meta))
                    for job_id, (_, item) in zip(job_ids, placed, strict=True)
                ],
            )
            _count_pending(connection, batch_id, len(placed), now_ms=now_ms)
            return len(placed)

    def seal(self, batch_id: int) -> Batch:
        with self._db.write(durable=True) as connection:
            connection.execute(
                "UPDATE batch SET sealed_at = ? WHERE id = ? AND sealed_at IS NULL",
                (self._db.wall(connection), batch_id),
            )
            return _batch(connection, batch_id)


def _count_pending(
    connection: Connection, batch_id: int | None, count: int, *, now_ms: int
) -> None:
    moves = Moves()
    moves.add(batch_id, count, target=Status.PENDING)
    moves.write(connection, now_ms=now_ms)


def _made_once(connection: Connection, once: str | None) -> tuple[int | None, int | None] | None:
    """What a submit with this key has made before: a job's id or a batch's."""
    if once is None:
        return None
    row = connection.execute("SELECT job_id, batch_id FROM once WHERE key = ?", (once,)).fetchone()
    return (row[0], row[1]) if row else None


def _earlier_job(
    connection: Connection, once: str | None, job_id: int | None, batch_id: int | None
) -> Submitted:
    if job_id is None:
        raise ConflictError(f"--once {once!r} has already submitted a batch, b{batch_id}")
    row = connection.execute("SELECT job_uuid FROM job WHERE id = ?", (job_id,)).fetchone()
    if row is None:
        raise NotFoundError(f"job {job_id}, which --once {once!r} submitted, is gone")
    return Submitted(job_id, UUID(bytes=bytes(row[0])), is_new=False)


def _earlier_batch(connection: Connection, once: str | None) -> int | None:
    earlier = _made_once(connection, once)
    if earlier is None:
        return None
    job_id, batch_id = earlier
    if batch_id is None:
        raise ConflictError(f"--once {once!r} has already submitted a single job, {job_id}")
    return batch_id


def _interrupted(connection: Connection, fingerprint: str | None) -> int | None:
    if fingerprint is None:
        return None
    row = connection.execute(
        "SELECT id FROM batch WHERE fingerprint = ? AND sealed_at IS NULL ORDER BY id DESC LIMIT 1",
        (fingerprint,),
    ).fetchone()
    return int(row[0]) if row else None


def _check_name(connection: Connection, name: str) -> None:
    if not name.strip() or _RESERVED_NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} can't name a batch: a name isn't empty, a number, like b7, and doesn't start with @ or -"
        )
    row = connection.execute("SELECT id FROM batch WHERE name = ?", (name,)).fetchone()
    if row is not None:
        raise ConflictError(f"b{row[0]} is already called {name!r}; choose another name")


def _batch(connection: Connection, batch_id: int) -> Batch:
    row = connection.execute(
        f"{BATCH_SELECT} WHERE batch.id = ? GROUP BY batch.id", (batch_id,)
    ).fetchone()
    if row is None:
        raise NotFoundError(f"there is no batch b{batch_id}")
    return batch_from_row(row)


def _present(connection: Connection, batch_id: int) -> int:
    """How many texts of a batch are in: they come in order, chunk by whole chunk."""
    row = connection.execute(
        "SELECT COALESCE(MAX(position) + 1, 0) FROM job WHERE batch_id = ?", (batch_id,)
    ).fetchone()
    return int(row[0]) if row else 0


def _terms_of(connection: Connection, batch_id: int) -> tuple[str, int, int, int, int | None]:
    row = connection.execute(
        "SELECT model, priority, max_attempts, available_at, sealed_at FROM batch WHERE id = ?",
        (batch_id,),
    ).fetchone()
    if row is None:
        raise NotFoundError(f"there is no batch b{batch_id}")
    return (row[0], row[1], row[2], row[3], row[4])


def _absent(
    connection: Connection, batch_id: int, items: Iterable[Item], first_position: int
) -> list[tuple[int, Item]]:
    """The items with their positions, less those that the batch already holds."""
    placed = list(enumerate(items, first_position))
    if not placed:
        return []
    rows = connection.execute(
        "SELECT position FROM job WHERE batch_id = ? AND position BETWEEN ? AND ?",
        (batch_id, first_position, placed[-1][0]),
    ).fetchall()
    taken = {row[0] for row in rows}
    return [(position, item) for position, item in placed if position not in taken]
