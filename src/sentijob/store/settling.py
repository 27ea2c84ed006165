"""How jobs come back from workers: complete, fail, release."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta

from sentijob.jobs import ClaimedJob, Failure, Label, Scored, Status
from sentijob.store.clock import milliseconds
from sentijob.store.database import Change, Connection, Database
from sentijob.store.fences import LET_GO, held_by, right, settle
from sentijob.store.holds import Hold
from sentijob.store.known import remember
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
_POSTPONE = Change(
    f"status = 'pending', {LET_GO}, hold = {Hold.BACKOFF.value}",
    ("available_at", "error_code", "error_message"),
)
_RELEASE = Change(f"status = 'pending', {LET_GO}, attempt = attempt - 1")


class SqlSettling:
    """Takes claimed jobs back from their worker."""

    _db: Database

    def complete(
        self, worker_id: int, scored: Sequence[Scored], *, remembered: Sequence[Scored] = ()
    ) -> Collection[int]:
        with self._db.write() as connection:
            now_ms = self._db.wall(connection)
            kept, lost = settle(
                self._db,
                connection,
                worker_id,
                _COMPLETE,
                scored,
                row=lambda one: _completion(one, now_ms),
            )
            moves = Moves(self._db)
            outcomes = Counter((one.claimed.batch_id, str(one.sentiment.label)) for one in kept)
            for (batch_id, label), count in outcomes.items():
                moves.add(
                    batch_id,
                    count,
                    source=Status.PROCESSING,
                    target=Status.COMPLETED,
                    label=Label(label),
                )
            moves.write(connection, now_ms=now_ms)
            ends = finishes((one.claimed.job_id for one in kept), now_ms)
            raise_peaks(connection, {**scores(kept), **ends}, slot=self._db.slot())
            _drop_texts(connection, kept)
            if remembered:
                remember(connection, [one for one in remembered if one.claimed.job_id not in lost])
            connection.execute(
                "UPDATE worker SET completed = completed + ?, last_seen_at = ? WHERE id = ?",
                (len(kept), now_ms, worker_id),
            )
            return lost

    def fail(self, worker_id: int, failures: Sequence[Failure]) -> Collection[int]:
        with self._db.write() as connection:
            now_ms = self._db.wall(connection)
            final = settle(
                self._db,
                connection,
                worker_id,
                _FAIL,
                [one for one in failures if one.retry_in is None],
                row=lambda one: (now_ms, one.error_code, one.error_message, *right(one.claimed)),
            )
            postponed = settle(
                self._db,
                connection,
                worker_id,
                _POSTPONE,
                [one for one in failures if one.retry_in is not None],
                row=lambda one: (
                    now_ms + milliseconds(one.retry_in or timedelta(0)),
                    one.error_code,
                    one.error_message,
                    *right(one.claimed),
                ),
            )
            moves = Moves(self._db)
            _count(moves, map(_claim_of, final.kept), Status.FAILED)
            _count(moves, map(_claim_of, postponed.kept), Status.PENDING)
            moves.write(connection, now_ms=now_ms)
            ended = [one.claimed.job_id for one in final.kept]
            raise_peaks(connection, finishes(ended, now_ms), slot=self._db.slot())
            return final.lost | postponed.lost

    def release(self, worker_id: int, claims: Sequence[ClaimedJob]) -> Collection[int]:
        with self._db.write() as connection:
            kept, lost = settle(self._db, connection, worker_id, _RELEASE, claims, row=right)
            moves = Moves(self._db)
            _count(moves, kept, Status.PENDING)
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


def _claim_of(settled: Scored | Failure) -> ClaimedJob:
    return settled.claimed


def _completion(scored: Scored, now_ms: int) -> tuple[object, ...]:
    (job_id, fence, *_), (label, *numbers), revision = scored
    # A plain str: the driver looks for a way to adapt whatever is only derived from one.
    return (now_ms, str(label), *numbers, revision, job_id, fence)


def _drop_texts(connection: Connection, kept: Iterable[Scored]) -> None:
    """Empty the texts that were only to be kept until they are scored."""
    job_ids = [(one.claimed.job_id,) for one in kept if not one.claimed.store_text]
    if job_ids:
        connection.executemany("UPDATE job_text SET text = '' WHERE job_id = ?", job_ids)


def _count(moves: Moves, claims: Iterable[ClaimedJob], target: Status) -> None:
    for one in claims:
        moves.add(one.batch_id, source=Status.PROCESSING, target=target)
