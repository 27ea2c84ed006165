"""How jobs come back without their worker: it died, stalled, or has gone home."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from sentijob.jobs import Status
from sentijob.store.clock import milliseconds
from sentijob.store.database import Connection, Database
from sentijob.store.fences import LET_GO
from sentijob.store.peaks import finishes, raise_peaks
from sentijob.store.rows import marks
from sentijob.store.tallies import Moves

MOST_RESCUES = 20
"""A job that took this many workers down with it is not given to another."""
LONGEST_LEASE = timedelta(days=1)
"""No lease ends later than this from now; one that does was given before the machine's last boot."""


class SqlRescuing:
    """Ends leases from outside."""

    _db: Database

    def retire_worker(self, worker_id: int) -> None:
        self.rescue(dead_workers=(worker_id,))

    def rescue(self, *, dead_workers: Collection[int] = ()) -> int:
        with self._db.read() as connection:
            if not dead_workers and not self._lapsed(connection, (), lock=""):
                return 0  # the usual case; it costs no write
        with self._db.write() as connection:
            now_ms = self._db.wall(connection)
            # Passing over what somebody is just settling, and may have been stopped over: the next
            # sweep looks again.
            lapsed = self._lapsed(connection, dead_workers, lock=self._db.row_lock_skipping)
            moves = Moves(self._db)
            for job_id, batch_id, rescues in lapsed:
                target = Status.PENDING if rescues < MOST_RESCUES else Status.FAILED
                _give_back(connection, job_id, target, now_ms=now_ms)
                moves.add(batch_id, source=Status.PROCESSING, target=target)
            moves.write(connection, now_ms=now_ms)
            ended = [job_id for job_id, _, rescues in lapsed if rescues >= MOST_RESCUES]
            raise_peaks(connection, finishes(ended, now_ms), slot=self._db.slot())
            connection.executemany(
                "DELETE FROM worker WHERE id = ? AND NOT EXISTS (SELECT 1 FROM job"
                " WHERE status = 'processing' AND worker_id = worker.id)",
                [(worker_id,) for worker_id in dead_workers],
            )
            return len(lapsed)

    def _lapsed(
        self, connection: Connection, dead_workers: Collection[int], *, lock: str
    ) -> list[tuple[int, int | None, int]]:
        """Held jobs whose worker is dead or whose lease is over: id, batch, rescues so far."""
        steady_ms = self._db.steady(connection)
        rows = connection.execute(
            f"{lapsed_select(len(dead_workers))} {lock}",
            (steady_ms, steady_ms + milliseconds(LONGEST_LEASE), *dead_workers),
        ).fetchall()
        return [(row[0], row[1], row[2]) for row in rows]


def lapsed_select(dead_workers: int) -> str:
    """What finds held jobs whose lease is over, or that belong to so many dead workers.

    The plus keeps SQLite from walking all jobs there are in the order of their ids, which it
    would rather do than sort the few that are held.
    """
    return (
        "SELECT id, batch_id, rescues FROM job WHERE status = 'processing' AND"
        " (lease_expires_at < ? OR lease_expires_at > ?"
        f" OR worker_id IN ({marks(dead_workers)})) ORDER BY +id"
    )


def _give_back(connection: Connection, job_id: int, target: Status, *, now_ms: int) -> None:
    """End a lease. The attempt doesn't count: nobody saw the job do wrong."""
    if target is Status.PENDING:
        connection.execute(
            f"UPDATE job SET status = 'pending', {LET_GO}, attempt = attempt - 1,"
            " rescues = rescues + 1 WHERE id = ?",
            (job_id,),
        )
    else:
        connection.execute(
            f"UPDATE job SET status = 'failed', {LET_GO}, finished_at = ?, rescues = rescues + 1,"
            " error_code = 'rescued_too_often', error_message = ? WHERE id = ?",
            (now_ms, f"its worker died or stalled {MOST_RESCUES + 1} times", job_id),
        )
