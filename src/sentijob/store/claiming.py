"""How jobs go to workers: claim, and extend what is held."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sentijob.jobs import ClaimedJob, Status
from sentijob.store.clock import milliseconds, ms_to_instant
from sentijob.store.database import Change, Connection, Database
from sentijob.store.fences import right, settle
from sentijob.store.holds import Hold
from sentijob.store.lanes import due_lanes, lanes
from sentijob.store.rows import CLAIM_SELECT, claimed_from_row, marks
from sentijob.store.tallies import Moves
from sentijob.store.workers import has_pause

_LANE_SELECT = (
    f"{CLAIM_SELECT} WHERE status = 'pending' AND priority = ? AND model = ?"
    " AND hold = ? AND available_at > ? AND available_at <= ? ORDER BY available_at, job.id LIMIT ?"
)

_EXTEND = Change("", ("lease_expires_at",))


class SqlClaiming:
    """Leases due jobs to workers."""

    _db: Database

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
            if has_pause(connection):
                return claimed
            now_ms = self._db.wall(connection)
            for lane in due_lanes(
                connection,
                now_ms=now_ms,
                models=models,
                exclude_models=exclude_models,
                min_priority=min_priority,
            ):
                rows = connection.execute(
                    f"{_LANE_SELECT} {self._db.row_lock_skipping}",
                    (
                        lane.priority,
                        lane.model,
                        lane.stretch.hold.value,
                        lane.stretch.after,
                        lane.stretch.until,
                        limit - len(claimed),
                    ),
                ).fetchall()
                claimed += map(claimed_from_row, rows)
                if len(claimed) >= limit:
                    break
            if claimed:
                self._lease(connection, worker_id, claimed, lease, now_ms=now_ms)
        return claimed

    def _lease(
        self,
        connection: Connection,
        worker_id: int,
        claimed: Sequence[ClaimedJob],
        lease: timedelta,
        *,
        now_ms: int,
    ) -> None:
        """Mark what was chosen as this worker's; its rows are locked until the commit."""
        expires_at = self._db.steady(connection) + milliseconds(lease)
        connection.execute(
            "UPDATE job SET status = 'processing', worker_id = ?, lease_expires_at = ?,"
            f" started_at = ?, attempt = attempt + 1, fence = fence + 1, hold = {Hold.NONE.value}"
            f" WHERE id IN ({marks(len(claimed))})",
            (worker_id, expires_at, now_ms, *(one.job_id for one in claimed)),
        )
        moves = Moves(self._db)
        for batch_id, count in Counter(one.batch_id for one in claimed).items():
            moves.add(batch_id, count, source=Status.PENDING, target=Status.PROCESSING)
        moves.write(connection, now_ms=now_ms)

    def extend(
        self, worker_id: int, claims: Sequence[ClaimedJob], *, lease: timedelta
    ) -> Collection[int]:
        with self._db.write() as connection:
            expires_at = self._db.steady(connection) + milliseconds(lease)
            return settle(
                self._db,
                connection,
                worker_id,
                _EXTEND,
                claims,
                row=lambda one: (expires_at, *right(one)),
            ).lost

    def next_due_at(self) -> datetime | None:
        with self._db.read() as connection:
            now_ms = self._db.wall(connection)
            due = min((lane.due_at for lane in lanes(connection, now_ms=now_ms)), default=None)
        return None if due is None else ms_to_instant(due)
