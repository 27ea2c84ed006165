"""How jobs come back from workers: complete, fail, release."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from sentijob.jobs import ClaimedJob, Failure, Scored, Status
from sentijob.store.clock import milliseconds
from sentijob.store.database import Database
from sentijob.store.fences import LET_GO, settle
from sentijob.store.holds import Hold
from sentijob.store.tallies import Moves

_COMPLETE = (
    f"status = 'completed', {LET_GO}, finished_at = ?, result_label = ?, result_score = ?,"
    " negative = ?, neutral = ?, positive = ?, tokens = ?, windows = ?, model_revision = ?,"
    " error_code = NULL, error_message = NULL"
)
_FAIL = f"status = 'failed', {LET_GO}, finished_at = ?, error_code = ?, error_message = ?"
_POSTPONE = (
    f"status = 'pending', {LET_GO}, hold = {Hold.BACKOFF.value}, available_at = ?,"
    " error_code = ?, error_message = ?"
)
_RELEASE = f"status = 'pending', {LET_GO}, attempt = attempt - 1"


class SqlSettling:
    """Takes claimed jobs back from their worker."""

    _db: Database

    def complete(self, worker_id: int, scored: Sequence[Scored]) -> Collection[int]:
        with self._db.write() as connection:
            now_ms = self._db.wall(connection)
            changes = [
                ((now_ms, *one.sentiment, one.model_revision), one.claimed) for one in scored
            ]
            lost = settle(self._db, connection, worker_id, _COMPLETE, changes)
            outcomes = Counter(
                (one.claimed.batch_id, one.sentiment.label)
                for one in scored
                if one.claimed.job_id not in lost
            )
            moves = Moves(self._db.slot())
            for (batch_id, label), count in outcomes.items():
                moves.add(
                    batch_id,
                    count,
                    source=Status.PROCESSING,
                    target=Status.COMPLETED,
                    label=label,
                )
            moves.write(connection, now_ms=now_ms)
            connection.execute(
                "UPDATE worker SET completed = completed + ?, last_seen_at = ? WHERE id = ?",
                (outcomes.total(), now_ms, worker_id),
            )
            return lost

    def fail(self, worker_id: int, failures: Sequence[Failure]) -> Collection[int]:
        with self._db.write() as connection:
            now_ms = self._db.wall(connection)
            final = [
                ((now_ms, one.error_code, one.error_message), one.claimed)
                for one in failures
                if one.retry_in is None
            ]
            postponed = [
                (
                    (now_ms + milliseconds(one.retry_in), one.error_code, one.error_message),
                    one.claimed,
                )
                for one in failures
                if one.retry_in is not None
            ]
            moves = Moves(self._db.slot())
            lost: set[int] = set()
            for assignments, target, changes in (
                (_FAIL, Status.FAILED, final),
                (_POSTPONE, Status.PENDING, postponed),
            ):
                lost |= settle(self._db, connection, worker_id, assignments, changes)
                _count(moves, [one for _, one in changes], lost, target)
            moves.write(connection, now_ms=now_ms)
            return lost

    def release(self, worker_id: int, claims: Sequence[ClaimedJob]) -> Collection[int]:
        with self._db.write() as connection:
            changes = [((), one) for one in claims]
            lost = settle(self._db, connection, worker_id, _RELEASE, changes)
            moves = Moves(self._db.slot())
            _count(moves, claims, lost, Status.PENDING)
            moves.write(connection, now_ms=self._db.wall(connection))
            return lost


def _count(
    moves: Moves, claims: Sequence[ClaimedJob], lost: Collection[int], target: Status
) -> None:
    for one in claims:
        if one.job_id not in lost:
            moves.add(one.batch_id, source=Status.PROCESSING, target=target)
