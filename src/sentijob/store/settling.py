"""How jobs come back from workers: complete, fail, release."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from sentijob.jobs import ClaimedJob, Failure, Scored, Status
from sentijob.store.clock import milliseconds
from sentijob.store.database import Change, Connection, Database
from sentijob.store.fences import LET_GO, held_by, settle
from sentijob.store.peaks import finishes, raise_peaks, scores
from sentijob.store.tallies import Moves

_COMPLETE = Change(
    f"status = 'completed', {LET_GO}, error_code = NULL, error_message = NULL",
    (
        "finished_at",
        "result_label",
        "result_score",
        "negative",
        "neutral",
        "positive",
        "tokens",
        "windows",
        "model_revision",
    ),
)
_FAIL = Change(f"status = 'failed', {LET_GO}", ("finished_at", "error_code", "error_message"))
_POSTPONE = Change(f"status = 'pending', {LET_GO}", ("available_at", "error_code", "error_message"))
_RELEASE = Change(f"status = 'pending', {LET_GO}, attempt = attempt - 1")


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
            moves = Moves(self._db)
            for (batch_id, label), count in outcomes.items():
                moves.add(
                    batch_id,
                    count,
                    source=Status.PROCESSING,
                    target=Status.COMPLETED,
                    label=label,
                )
            moves.write(connection, now_ms=now_ms)
            kept = [one for one in scored if one.claimed.job_id not in lost]
            ends = finishes((one.claimed.job_id for one in kept), now_ms)
            raise_peaks(connection, {**scores(kept), **ends}, slot=self._db.slot())
            _drop_texts(connection, scored, lost)
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
            moves = Moves(self._db)
            lost: set[int] = set()
            for change, target, changes in (
                (_FAIL, Status.FAILED, final),
                (_POSTPONE, Status.PENDING, postponed),
            ):
                lost |= settle(self._db, connection, worker_id, change, changes)
                _count(moves, [one for _, one in changes], lost, target)
            moves.write(connection, now_ms=now_ms)
            ended = {one.job_id for _, one in final} - lost
            raise_peaks(connection, finishes(ended, now_ms), slot=self._db.slot())
            return lost

    def release(self, worker_id: int, claims: Sequence[ClaimedJob]) -> Collection[int]:
        with self._db.write() as connection:
            changes = [((), one) for one in claims]
            lost = settle(self._db, connection, worker_id, _RELEASE, changes)
            moves = Moves(self._db)
            _count(moves, claims, lost, Status.PENDING)
            moves.write(connection, now_ms=self._db.wall(connection))
            return lost

    def release_unheld(self, worker_id: int, claims: Sequence[ClaimedJob]) -> int:
        held = {(one.job_id, one.fence) for one in claims}
        with self._db.write() as connection:
            rows = connection.execute(
                "SELECT id, fence, batch_id FROM job WHERE status = 'processing' AND worker_id = ?"
                f" ORDER BY id {self._db.row_lock}",
                (worker_id,),
            ).fetchall()
            unheld = [row for row in rows if (row[0], row[1]) not in held]
            self._db.update_each(
                connection,
                "job",
                _RELEASE,
                [(job_id, fence) for job_id, fence, _ in unheld],
                where=held_by(worker_id),
            )
            moves = Moves(self._db)
            for _, _, batch_id in unheld:
                moves.add(batch_id, source=Status.PROCESSING, target=Status.PENDING)
            moves.write(connection, now_ms=self._db.wall(connection))
            return len(unheld)


def _drop_texts(connection: Connection, scored: Sequence[Scored], lost: Collection[int]) -> None:
    """Empty the texts that were only to be kept until they are scored."""
    job_ids = [
        (one.claimed.job_id,)
        for one in scored
        if not one.claimed.store_text and one.claimed.job_id not in lost
    ]
    if job_ids:
        connection.executemany("UPDATE job_text SET text = '' WHERE job_id = ?", job_ids)


def _count(
    moves: Moves, claims: Sequence[ClaimedJob], lost: Collection[int], target: Status
) -> None:
    for one in claims:
        if one.job_id not in lost:
            moves.add(one.batch_id, source=Status.PROCESSING, target=target)
