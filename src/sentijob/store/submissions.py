"""Texts become jobs here; each call is on disk when it returns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from sentijob.errors import ConflictError, NotFoundError
from sentijob.jobs import Batch, Item, OpenedBatch, Status, Submission, Submitted, Terms
from sentijob.store.batches import (
    check_name,
    existing_batch,
    fingerprint_of,
    interrupted_batch,
    texts_present,
)
from sentijob.store.clock import milliseconds
from sentijob.store.database import Connection, Database, survives_outages
from sentijob.store.holds import Hold
from sentijob.store.once import batch_made_once, jobs_made_once, remember_batch, remember_jobs
from sentijob.store.part import SqlPart
from sentijob.store.peaks import priorities, raise_peaks
from sentijob.store.tallies import Moves
from sentijob.store.uuid7 import new_uuids

_JOB_COLUMNS = ("id", "job_uuid", "position", "key")
"""In which jobs of one submit differ."""
_TEXT_COLUMNS = ("job_id", "text", "meta")


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
        (answer,) = self.submit_each([Submission(item, terms, once)])
        if isinstance(answer, ConflictError):
            raise answer
        return answer

    def submit_each(self, submissions: Sequence[Submission]) -> Sequence[Submitted | ConflictError]:
        # With keys they may be repeated: a second call finds what the first has made.
        may_repeat = all(one.once is not None for one in submissions)
        return self._db.persist(lambda: self._submit_each(submissions), may_repeat=may_repeat)

    def _submit_each(
        self, submissions: Sequence[Submission]
    ) -> Sequence[Submitted | ConflictError]:
        keys = dict.fromkeys(one.once for one in submissions if one.once is not None)
        with self._db.write(durable=True) as connection:
            made = jobs_made_once(self._db, connection, keys)
            fresh = _fresh(submissions, known=made)
            receipts = self._queue(connection, fresh)
            with_key = {
                one.once: receipts[place] for place, one in fresh.items() if one.once is not None
            }
            remember_jobs(connection, ((key, one.job_id) for key, one in with_key.items()))
            made |= {key: one._replace(is_new=False) for key, one in with_key.items()}
            return [receipts.get(place) or made[one.once] for place, one in enumerate(submissions)]

    def _queue(
        self, connection: Connection, submissions: Mapping[int, Submission]
    ) -> dict[int, Submitted]:
        """Make a job of each; its receipt, by its place."""
        by_terms: defaultdict[Terms, list[int]] = defaultdict(list)
        for place, one in submissions.items():
            by_terms[one.terms].append(place)
        receipts: dict[int, Submitted] = {}
        arrivals = _Arrivals(self._db, connection)
        for terms, places in by_terms.items():
            items = [submissions[place].item for place in places]
            jobs = arrivals.add(items, [None] * len(items), arrivals.standing(terms))
            for place, (job_id, job_uuid) in zip(places, jobs, strict=True):
                receipts[place] = Submitted(job_id, UUID(bytes=job_uuid), is_new=True)
        arrivals.count()
        return receipts

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
            batch_id = earlier or interrupted_batch(connection, fingerprint)
            is_new = batch_id is None
            if batch_id is None:
                check_name(connection, name)
                batch_id = self._insert_batch(connection, terms, source, name, fingerprint)
            if earlier is None:
                remember_batch(connection, once, batch_id)
            batch = existing_batch(connection, batch_id)
            begun_with = fingerprint_of(connection, batch_id)
            return OpenedBatch(batch, texts_present(connection, batch_id), is_new, begun_with)

    @survives_outages
    def append(self, batch_id: int, items: Sequence[Item], *, first_position: int) -> int:
        with self._db.write(durable=True) as connection:
            self._db.serialize(connection, f"batch {batch_id}")
            is_sealed, standing = _standing_of(connection, batch_id)
            absent, positions = _absent(connection, batch_id, items, first_position)
            if absent and is_sealed:
                raise ConflictError(f"b{batch_id} is complete; no text can be added to it")
            arrivals = _Arrivals(self._db, connection)
            arrivals.add(absent, positions, standing)
            arrivals.count()
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


class _Arrivals:
    """The jobs that one transaction adds; counted, and announced, once at its end."""

    def __init__(self, database: Database, connection: Connection) -> None:
        self._db = database
        self._connection = connection
        self._now_ms = database.wall(connection)
        self._moves = Moves(database)
        self._peaks: dict[tuple[int, str], float] = {}

    def standing(self, terms: Terms) -> _Standing:
        """What these terms mean now, for jobs of no batch."""
        model, priority, delay, max_attempts, store_text = terms
        not_before = self._now_ms + milliseconds(delay) if delay else None
        return _Standing(None, model, priority, max_attempts, not_before, int(store_text))

    def add(
        self, items: Sequence[Item], positions: Sequence[int | None], standing: _Standing
    ) -> list[tuple[int, bytes]]:
        """Make jobs of items, each at its position; their numbers and UUIDs."""
        if not items:
            return []
        now_ms = self._now_ms
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
        job_ids = self._db.allocate(self._connection, "job", len(items))
        uuids = new_uuids(len(items), now_ms=now_ms)
        keys = [key for _, key, _ in items]
        jobs = zip(job_ids, uuids, positions, keys, strict=True)
        self._db.insert(self._connection, "job", _JOB_COLUMNS, jobs, same=same)
        metas = _meta_columns(items)
        texts = [
            (job_id, item.text, meta)
            for job_id, item, meta in zip(job_ids, items, metas, strict=True)
        ]
        self._db.insert(self._connection, "job_text", _TEXT_COLUMNS, texts, same={})
        self._moves.add(batch_id, len(items), target=Status.PENDING)
        for place, height in priorities(job_ids, priority).items():
            self._peaks[place] = max(height, self._peaks.get(place, height))
        return list(zip(job_ids, uuids, strict=True))

    def count(self) -> None:
        """Note the jobs where they are counted, and how high they reach."""
        self._moves.write(self._connection, now_ms=self._now_ms)
        raise_peaks(self._connection, self._peaks, slot=self._db.slot())


def _fresh(
    submissions: Sequence[Submission], *, known: Container[str | None]
) -> dict[int, Submission]:
    """The submissions to carry out, by their place: of those with one key the first, unless it is *known*."""
    fresh: dict[int, Submission] = {}
    keys: set[str] = set()
    for place, one in enumerate(submissions):
        if one.once is None:
            fresh[place] = one
        elif one.once not in known and one.once not in keys:
            fresh[place] = one
            keys.add(one.once)
    return fresh


def _meta_columns(items: Sequence[Item]) -> Sequence[str | None]:
    if not any(item.meta for item in items):
        return [None] * len(items)
    from sentijob.store.metas import meta_to_column

    return [meta_to_column(item.meta) for item in items]


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
