"""How jobs go to workers and come back: claim, extend, settle, rescue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from sentijob.jobs import (
    ClaimedJob,
    Failure,
    Label,
    Scored,
    Status,
    WorkerInfo,
)
from sentijob.store.clock import milliseconds, ms_to_instant
from sentijob.store.database import Connection, Database
from sentijob.store.lanes import due_lanes, lanes
from sentijob.store.rows import (
    CLAIM_SELECT,
    WORKER_SELECT,
    claimed_from_row,
    marks,
    worker_from_row,
)
from sentijob.store.tallies import Moves, forget_old_pace

MOST_RESCUES = 20
"""A job that took this many workers down with it is not given to another."""
LONGEST_LEASE = timedelta(days=1)
"""No lease ends later than this from now; one that does was given before the machine's last boot."""
_PAUSED = "paused"
_HELD = "id = ? AND worker_id = ? AND fence = ? AND status = 'processing'"
_COMPLETE = (
    "UPDATE job SET status = 'completed', worker_id = NULL, lease_expires_at = NULL,"
    " finished_at = ?, result_label = ?, result_score = ?, negative = ?, neutral = ?, positive = ?,"
    " tokens = ?, windows = ?, model_revision = ?, error_code = NULL, error_message = NULL"
    f" WHERE {_HELD}"
)
_FAIL = (
    "UPDATE job SET status = 'failed', worker_id = NULL, lease_expires_at = NULL,"
    f" finished_at = ?, error_code = ?, error_message = ? WHERE {_HELD}"
)
_POSTPONE = (
    "UPDATE job SET status = 'pending', worker_id = NULL, lease_expires_at = NULL,"
    f" available_at = ?, error_code = ?, error_message = ? WHERE {_HELD}"
)
_RELEASE = (
    "UPDATE job SET status = 'pending', worker_id = NULL, lease_expires_at = NULL,"
    f" attempt = attempt - 1 WHERE {_HELD}"
)
_EXTEND = f"UPDATE job SET lease_expires_at = ? WHERE {_HELD}"


class SqlWork:
    """:class:`~sentijob.ports.Work` on SQL."""

    _db: Database

    def register_worker(self, *, host: str, pid: int, models: str = "*") -> WorkerInfo:
        with self._db.write() as connection:
            now_ms = self._db.wall(connection)
            worker_id = self._db.allocate(connection, "worker", 1)
            connection.execute(
                "INSERT INTO worker (id, host, pid, models, started_at, last_seen_at, completed,"
                " rate) VALUES (?, ?, ?, ?, ?, ?, 0, 0)",
                (worker_id, host, pid, models, now_ms, now_ms),
            )
            forget_old_pace(connection, now_ms=now_ms)
            row = connection.execute(f"{WORKER_SELECT} WHERE id = ?", (worker_id,)).fetchall()[0]
            return worker_from_row(row)

    def report_worker(self, worker_id: int, *, rate: float) -> None:
        with self._db.write() as connection:
            connection.execute(
                "UPDATE worker SET last_seen_at = ?, rate = ? WHERE id = ?",
                (self._db.wall(connection), rate, worker_id),
            )

    def retire_worker(self, worker_id: int) -> None:
        self.rescue(dead_workers=(worker_id,))

    def workers(self) -> Sequence[WorkerInfo]:
        with self._db.read() as connection:
            rows = connection.execute(f"{WORKER_SELECT} ORDER BY id").fetchall()
        return [worker_from_row(row) for row in rows]

    def claim(
        self,
        worker_id: int,
        *,
        limit: int,
        lease: timedelta,
        models: Collection[str] | None = None,
        exclude_models: Collection[str] = (),
        min_priority: int | None = None,
    ) -> Sequence[ClaimedJob]:
        claimed: list[ClaimedJob] = []
        with self._db.write() as connection:
            if _is_paused(connection):
                return claimed
            now_ms = self._db.wall(connection)
            chosen = due_lanes(
                connection,
                now_ms=now_ms,
                models=models,
                exclude_models=exclude_models,
                min_priority=min_priority,
            )
            for lane in chosen:
                rows = connection.execute(
                    f"{CLAIM_SELECT} WHERE status = 'pending' AND priority = ? AND model = ?"
                    f" AND available_at <= ? ORDER BY available_at, id LIMIT ? {self._db.locking}",
                    (lane.priority, lane.model, now_ms, limit - len(claimed)),
                ).fetchall()
                claimed += map(claimed_from_row, rows)
                if len(claimed) >= limit:
                    break
            if claimed:
                expires_at = self._db.steady(connection) + milliseconds(lease)
                _lease(connection, worker_id, claimed, now_ms=now_ms, expires_at=expires_at)
        return claimed

    def extend(
        self, worker_id: int, claims: Sequence[ClaimedJob], *, lease: timedelta
    ) -> Collection[int]:
        with self._db.write() as connection:
            expires_at = self._db.steady(connection) + milliseconds(lease)
            return _settle(connection, _EXTEND, worker_id, [((expires_at,), one) for one in claims])

    def complete(self, worker_id: int, scored: Sequence[Scored]) -> Collection[int]:
        with self._db.write() as connection:
            now_ms = self._db.wall(connection)
            lost = _settle(
                connection,
                _COMPLETE,
                worker_id,
                [((now_ms, *one.sentiment, one.model_revision), one.claimed) for one in scored],
            )
            kept = [one for one in scored if one.claimed.job_id not in lost]
            connection.execute(
                "UPDATE worker SET completed = completed + ?, last_seen_at = ? WHERE id = ?",
                (len(kept), now_ms, worker_id),
            )
            _count_completed(connection, kept, now_ms=now_ms)
            return lost

    def fail(self, worker_id: int, failures: Sequence[Failure]) -> Collection[int]:
        lost: set[int] = set()
        with self._db.write() as connection:
            now_ms = self._db.wall(connection)
            moves = Moves()
            for failure in failures:
                if failure.retry_in is None:
                    statement, target, at_ms = _FAIL, Status.FAILED, now_ms
                else:
                    statement, target = _POSTPONE, Status.PENDING
                    at_ms = now_ms + milliseconds(failure.retry_in)
                changes = (at_ms, failure.error_code, failure.error_message)
                refused = _settle(connection, statement, worker_id, [(changes, failure.claimed)])
                lost |= refused
                if not refused:
                    batch_id = failure.claimed.batch_id
                    moves.add(batch_id, source=Status.PROCESSING, target=target)
            moves.write(connection, now_ms=now_ms)
        return lost

    def release(self, worker_id: int, claims: Sequence[ClaimedJob]) -> Collection[int]:
        with self._db.write() as connection:
            lost = _settle(connection, _RELEASE, worker_id, [((), one) for one in claims])
            moves = Moves()
            for one in claims:
                if one.job_id not in lost:
                    moves.add(one.batch_id, source=Status.PROCESSING, target=Status.PENDING)
            moves.write(connection, now_ms=self._db.wall(connection))
            return lost

    def rescue(self, *, dead_workers: Collection[int] = ()) -> int:
        with self._db.read() as connection:
            if not dead_workers and not _lapsed(connection, self._db.steady(connection), ()):
                return 0  # the usual case; it costs no write
        with self._db.write() as connection:
            now_ms = self._db.wall(connection)
            lapsed = _lapsed(connection, self._db.steady(connection), dead_workers)
            moves = Moves()
            for job_id, batch_id, rescues in lapsed:
                target = Status.PENDING if rescues < MOST_RESCUES else Status.FAILED
                _give_back(connection, job_id, target, now_ms=now_ms)
                moves.add(batch_id, source=Status.PROCESSING, target=target)
            moves.write(connection, now_ms=now_ms)
            connection.executemany(
                "DELETE FROM worker WHERE id = ?", [(worker_id,) for worker_id in dead_workers]
            )
            return len(lapsed)

    def next_due_at(self) -> datetime | None:
        with self._db.read() as connection:
            due = min((lane.due_at for lane in lanes(connection)), default=None)
        return None if due is None else ms_to_instant(due)

    def set_paused(self, *, paused: bool) -> None:
        with self._db.write(durable=True) as connection:
            connection.execute("DELETE FROM flag WHERE name = ?", (_PAUSED,))
            if paused:
                connection.execute("INSERT INTO flag (name) VALUES (?)", (_PAUSED,))

    def is_paused(self) -> bool:
        with self._db.read() as connection:
            return _is_paused(connection)


def _is_paused(connection: Connection) -> bool:
    found = connection.execute("SELECT 1 FROM flag WHERE name = ?", (_PAUSED,)).fetchone()
    return found is not None


def _lease(
    connection: Connection,
    worker_id: int,
    claimed: Sequence[ClaimedJob],
    *,
    now_ms: int,
    expires_at: int,
) -> None:
    """Mark what was chosen as this worker's; its rows are locked until the commit."""
    connection.execute(
        "UPDATE job SET status = 'processing', worker_id = ?, lease_expires_at = ?,"
        " started_at = ?, attempt = attempt + 1, fence = fence + 1"
        f" WHERE id IN ({marks(len(claimed))})",
        (worker_id, expires_at, now_ms, *(one.job_id for one in claimed)),
    )
    moves = Moves()
    for batch_id, count in Counter(one.batch_id for one in claimed).items():
        moves.add(batch_id, count, source=Status.PENDING, target=Status.PROCESSING)
    moves.write(connection, now_ms=now_ms)


def _settle(
    connection: Connection,
    statement: str,
    worker_id: int,
    changes: Sequence[tuple[tuple[object, ...], ClaimedJob]],
) -> set[int]:
    """Run a fenced statement for each claim; the ids whose fence no longer holds, left untouched."""
    if not changes:
        return set()
    rows = [(*values, one.job_id, worker_id, one.fence) for values, one in changes]
    lost = _not_held(connection, worker_id, [one for _, one in changes])
    connection.executemany(statement, rows)
    return lost


def _not_held(connection: Connection, worker_id: int, claims: Sequence[ClaimedJob]) -> set[int]:
    rows = connection.execute(
        "SELECT id, fence FROM job WHERE status = 'processing' AND worker_id = ?"
        f" AND id IN ({marks(len(claims))})",
        (worker_id, *(one.job_id for one in claims)),
    ).fetchall()
    held = set(map(tuple, rows))
    return {one.job_id for one in claims if (one.job_id, one.fence) not in held}


def _count_completed(connection: Connection, kept: Iterable[Scored], *, now_ms: int) -> None:
    moves = Moves()
    outcomes = Counter((one.claimed.batch_id, one.sentiment.label) for one in kept)
    for (batch_id, label), count in outcomes.items():
        moves.add(
            batch_id,
            count,
            source=Status.PROCESSING,
            target=Status.COMPLETED,
            label=Label(label),
        )
    moves.write(connection, now_ms=now_ms)


def _lapsed(
    connection: Connection, steady_ms: int, dead_workers: Collection[int]
) -> list[tuple[int, int | None, int]]:
    """Held jobs whose worker is dead or whose lease is over: id, batch, rescues so far."""
    rows = connection.execute(
        "SELECT id, batch_id, rescues FROM job WHERE status = 'processing' AND"
        f" (lease_expires_at < ? OR lease_expires_at > ? OR worker_id IN ({marks(len(dead_workers))}))"
        " ORDER BY id",
        (steady_ms, steady_ms + milliseconds(LONGEST_LEASE), *dead_workers),
    ).fetchall()
    return [(row[0], row[1], row[2]) for row in rows]


def _give_back(connection: Connection, job_id: int, target: Status, *, now_ms: int) -> None:
    """End a lease from outside. The attempt doesn't count: nobody saw the job do wrong."""
    if target is Status.PENDING:
        connection.execute(
            "UPDATE job SET status = 'pending', worker_id = NULL, lease_expires_at = NULL,"
            " attempt = attempt - 1, rescues = rescues + 1 WHERE id = ?",
            (job_id,),
        )
    else:
        connection.execute(
            "UPDATE job SET status = 'failed', worker_id = NULL, lease_expires_at = NULL,"
            " finished_at = ?, rescues = rescues + 1, error_code = 'rescued_too_often',"
            " error_message = ? WHERE id = ?",
            (now_ms, f"its worker died or stalled {MOST_RESCUES + 1} times", job_id),
        )
