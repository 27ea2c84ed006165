"""How everyone looks: jobs, batches, counts. Nothing here writes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from sentijob.errors import NotFoundError
from sentijob.jobs import (
    Batch,
    Counts,
    Job,
    Reference,
    Selector,
    Sort,
)
from sentijob.store.batches import existing_batch, newest_batches
from sentijob.store.clock import instant_to_ms, ms_to_instant
from sentijob.store.database import Connection, Database
from sentijob.store.lanes import lanes
from sentijob.store.references import parse_reference
from sentijob.store.rows import (
    JOB_SELECT,
    TALLY_SUMS,
    counts_from_row,
    job_from_row,
)
from sentijob.store.selection import ORDERS, where
from sentijob.store.tallies import WHOLE_STORE, finished_since

_PAGE = 1_000


class SqlReading:
    """:class:`~sentijob.ports.Reading` on SQL."""

    _db: Database

    def resolve(self, reference: str) -> Reference:
        with self._db.read() as connection:
            return parse_reference(connection, reference)

    def job(self, job_id: int) -> Job:
        with self._db.read() as connection:
            row = connection.execute(f"{JOB_SELECT} WHERE job.id = ?", (job_id,)).fetchone()
        if row is None:
            raise NotFoundError(f"there is no job {job_id}")
        return job_from_row(row)

    def batch(self, batch_id: int) -> Batch:
        with self._db.read() as connection:
            return existing_batch(connection, batch_id)

    def batches(self, *, limit: int = 20) -> Sequence[Batch]:
        with self._db.read() as connection:
            return newest_batches(connection, limit)

    def jobs(
        self, selector: Selector, *, sort: Sort = Sort.NEWEST, limit: int = 20, skip: int = 0
    ) -> Sequence[Job]:
        chosen = where(selector)
        with self._db.read() as connection:
            rows = connection.execute(
                f"{JOB_SELECT}{chosen.sql} ORDER BY {ORDERS[sort]} LIMIT ? OFFSET ?",
                (*chosen.parameters, limit, skip),
            ).fetchall()
        return [job_from_row(row) for row in rows]

    def each_job(self, selector: Selector) -> Iterator[Job]:
        """Read page by page, each in a transaction of its own, so that no reader holds up a checkpoint."""
        in_batch = len(selector.batch_ids) == 1 and not selector.job_ids
        column = "position" if in_batch else "job.id"
        last = -1
        while True:
            chosen = where(selector)
            chosen.add(f"{column} > ?", last)
            with self._db.read() as connection:
                rows = connection.execute(
                    f"{JOB_SELECT}{chosen.sql} ORDER BY {column} LIMIT ?",
                    (*chosen.parameters, _PAGE),
                ).fetchall()
            for row in rows:
                yield (job := job_from_row(row))
            if len(rows) < _PAGE:
                return
            last = job.position if in_batch and job.position is not None else job.id

    def count(self, selector: Selector) -> int:
        chosen = where(selector)
        joined = " JOIN job_text ON job_id = job.id" if selector.search is not None else ""
        with self._db.read() as connection:
            return _number(
                connection, f"SELECT count(*) FROM job{joined}{chosen.sql}", chosen.parameters
            )

    def counts(self, batch_id: int | None = None) -> Counts:
        scope = WHOLE_STORE if batch_id is None else batch_id
        with self._db.read() as connection:
            row = connection.execute(
                f"SELECT {TALLY_SUMS} FROM tally WHERE batch_id = ?", (scope,)
            ).fetchone()
        return counts_from_row(row or ())

    def oldest_pending_at(self) -> datetime | None:
        with self._db.read() as connection:
            now_ms = self._db.wall(connection)
            found = lanes(connection, now_ms=now_ms)
            due = [lane.due_at for lane in found if lane.due_at <= now_ms]
        return ms_to_instant(min(due)) if due else None

    def finished_since(self, instant: datetime) -> int:
        with self._db.read() as connection:
            now_ms = self._db.wall(connection)
            return finished_since(connection, instant_to_ms(instant), now_ms=now_ms)

    def change_token(self) -> int:
        return self._db.change_token()

    def now(self) -> datetime:
        with self._db.read() as connection:
            return ms_to_instant(self._db.wall(connection))


def _number(connection: Connection, sql: str, parameters: Sequence[object]) -> int:
    row = connection.execute(sql, parameters).fetchone()
    return int(row[0]) if row else 0
