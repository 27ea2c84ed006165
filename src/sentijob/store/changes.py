"""What people do to many jobs at once: cancel, retry, prune. Chunk by chunk, so that nobody waits long."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from sentijob.errors import UsageError
from sentijob.jobs import (
    CANCELLABLE_STATUSES,
    FINAL_STATUSES,
    RETRYABLE_STATUSES,
    BatchReference,
    JobReference,
    Label,
    Reference,
    Selector,
    Status,
)
from sentijob.store.database import Connection, Database
from sentijob.store.fences import LET_GO
from sentijob.store.holds import Hold
from sentijob.store.known import forget
from sentijob.store.listing import Listing
from sentijob.store.once import is_done_once, remember_done
from sentijob.store.peaks import drop_peaks, finishes, raise_peaks
from sentijob.store.rows import marks
from sentijob.store.selection import where
from sentijob.store.tallies import Moves, drop_tallies

_CHUNK = 2_000
_Changed = tuple[int, int | None, str, str | None]
"""A job's id, batch, status and label, before it is changed."""
_Change = Callable[[Connection, Sequence[_Changed], int], None]

_CANCEL = f"status = 'cancelled', {LET_GO}, finished_at = ?"
_RETRY = (
    f"status = 'pending', attempt = 0, rescues = 0, hold = {Hold.NONE.value}, available_at = ?,"
    " started_at = NULL, finished_at = NULL, error_code = NULL, error_message = NULL"
)


class SqlChanges:
    """:class:`~sentijob.ports.Changes` on SQL."""

    _db: Database

    def cancel(self, selector: Selector, *, once: str | None = None) -> int:
        def change(connection: Connection, jobs: Sequence[_Changed], now_ms: int) -> None:
            _assign(connection, _CANCEL, jobs, now_ms)
            self._count(connection, jobs, Status.CANCELLED, now_ms=now_ms)
            ended = finishes((job_id for job_id, *_ in jobs), now_ms)
            raise_peaks(connection, ended, slot=self._db.slot())

        return self._once(once, selector, CANCELLABLE_STATUSES, change)

    def retry(self, selector: Selector, *, once: str | None = None) -> int:
        def change(connection: Connection, jobs: Sequence[_Changed], now_ms: int) -> None:
            _assign(connection, _RETRY, jobs, now_ms)
            self._count(connection, jobs, Status.PENDING, now_ms=now_ms)

        return self._once(once, selector, RETRYABLE_STATUSES, change)

    def prune(self, selector: Selector) -> int:
        def change(connection: Connection, jobs: Sequence[_Changed], now_ms: int) -> None:
            job_ids = [(job_id,) for job_id, *_ in jobs]
            forget(connection, [job_id for job_id, *_ in jobs])
            connection.executemany("DELETE FROM job WHERE id = ?", job_ids)
            connection.executemany("DELETE FROM job_text WHERE job_id = ?", job_ids)
            connection.executemany("DELETE FROM once WHERE job_id = ?", job_ids)
            drop_peaks(connection, [job_id for job_id, *_ in jobs])
            self._count(connection, jobs, None, now_ms=now_ms)
            _drop_emptied(connection, {batch_id for _, batch_id, *_ in jobs if batch_id})

        return self._change(selector, FINAL_STATUSES, change)

    def _once(
        self, key: str | None, selector: Selector, allowed: frozenset[Status], change: _Change
    ) -> int:
        """As :meth:`_change`, unless a call with this key has come to its end before."""
        if key is None:
            return self._change(selector, allowed, change)
        changed = _reference(selector)
        with self._db.write(durable=True) as connection:
            if is_done_once(self._db, connection, key, changed):
                return 0
        count = self._change(selector, allowed, change)
        # Last, so that whoever was interrupted can ask again.
        with self._db.write(durable=True) as connection:
            if not is_done_once(self._db, connection, key, changed):
                remember_done(connection, key, changed)
        return count

    def _change(self, selector: Selector, allowed: frozenset[Status], change: _Change) -> int:
        """Apply *change* to every selected job in an allowed status; how many."""
        statuses = allowed.intersection(selector.statuses) if selector.statuses else allowed
        if not statuses:
            return 0
        selector = selector._replace(statuses=tuple(sorted(statuses)))
        changed, last_id = 0, 0
        while True:
            with self._db.write(durable=True) as connection:
                jobs = self._next_chunk(connection, selector, last_id)
                if not jobs:
                    return changed
                change(connection, jobs, self._db.wall(connection))
            changed += len(jobs)
            last_id = jobs[-1][0]

    def _next_chunk(
        self, connection: Connection, selector: Selector, last_id: int
    ) -> list[_Changed]:
        ids = Listing(connection, selector, veil=self._db.veil).after(last_id, _CHUNK)
        chosen = where(selector, veil=self._db.veil)
        rows = connection.execute(
            f"SELECT job.id, batch_id, status, result_label FROM job{chosen.sql}"
            f"{' AND' if chosen.sql else ' WHERE'} job.id IN ({marks(len(ids))})"
            f" ORDER BY job.id {self._db.row_lock}",
            (*chosen.parameters, *ids),
        ).fetchall()
        return [(row[0], row[1], row[2], row[3]) for row in rows]

    def _count(
        self,
        connection: Connection,
        jobs: Sequence[_Changed],
        target: Status | None,
        *,
        now_ms: int,
    ) -> None:
        moves = Moves(self._db)
        for (batch_id, status, label), count in Counter(job[1:] for job in jobs).items():
            moves.add(
                batch_id,
                count,
                source=Status(status),
                target=target,
                label=Label(label) if status == Status.COMPLETED and label else None,
            )
        moves.write(connection, now_ms=now_ms)


def _reference(selector: Selector) -> Reference:
    """The one job or batch that a selector names.

    Raises:
        UsageError: it names another number of them.
    """
    named: list[Reference] = [
        *map(JobReference, selector.job_ids),
        *map(BatchReference, selector.batch_ids),
    ]
    if len(named) != 1:
        raise UsageError(f"what is done once is done to one job or batch, not to {len(named)}")
    return named[0]


def _assign(
    connection: Connection, assignments: str, jobs: Sequence[_Changed], now_ms: int
) -> None:
    connection.execute(
        f"UPDATE job SET {assignments} WHERE id IN ({marks(len(jobs))})",
        (now_ms, *(job_id for job_id, *_ in jobs)),
    )


def _drop_emptied(connection: Connection, batch_ids: set[int]) -> None:
    """Forget batches that were sealed and have no job left."""
    emptied = [
        batch_id
        for batch_id in batch_ids
        if not connection.execute(
            "SELECT 1 FROM job WHERE batch_id = ? LIMIT 1", (batch_id,)
        ).fetchone()
        and connection.execute(
            "SELECT 1 FROM batch WHERE id = ? AND sealed_at IS NOT NULL", (batch_id,)
        ).fetchone()
    ]
    rows = [(batch_id,) for batch_id in emptied]
    connection.executemany("DELETE FROM batch WHERE id = ?", rows)
    connection.executemany("DELETE FROM once WHERE batch_id = ?", rows)
    drop_tallies(connection, emptied)
