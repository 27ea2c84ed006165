"""How everyone looks: jobs, batches, counts. Nothing here writes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, cast
from uuid import UUID

from sentijob.errors import NotFoundError
from sentijob.jobs import (
    Batch,
    Counts,
    Job,
    Reference,
    Selector,
    Sort,
    StoredJob,
)
from sentijob.store.batches import existing_batch, newest_batches
from sentijob.store.clock import instant_to_ms, ms_to_instant
from sentijob.store.database import Connection, Row, survives_outages
from sentijob.store.part import SqlPart
from sentijob.store.references import parse_reference
from sentijob.store.rows import JOB_SELECT, STORED_SELECT, job_from_row, marks
from sentijob.store.tallies import WHOLE_STORE, counted, counted_by_tallies, finished_since

if TYPE_CHECKING:
    from sentijob.store.listing import Listing

_PAGE = 1_000


class SqlReading(SqlPart):
    """:class:`~sentijob.ports.Reading` on SQL."""

    @survives_outages
    def resolve(self, reference: str) -> Reference:
        with self._db.read() as connection:
            return parse_reference(connection, reference)

    @survives_outages
    def job(self, job_id: int) -> Job:
        with self._db.read() as connection:
            row = connection.execute(f"{JOB_SELECT} WHERE job.id = ?", (job_id,)).fetchone()
        if row is None:
            raise NotFoundError(f"there is no job {job_id}")
        return job_from_row(row)

    @survives_outages
    def batch(self, batch_id: int) -> Batch:
        with self._db.read() as connection:
            return existing_batch(connection, batch_id)

    @survives_outages
    def batches(self, *, limit: int = 20, after: UUID | None = None) -> Sequence[Batch]:
        with self._db.read() as connection:
            return newest_batches(connection, limit, after=after)

    @survives_outages
    def jobs(
        self,
        selector: Selector,
        *,
        sort: Sort = Sort.NEWEST,
        limit: int = 20,
        skip: int = 0,
        after: UUID | None = None,
    ) -> Sequence[Job]:
        with self._db.read() as connection:
            listing = self._listing(connection, selector)
            if after is None:
                found = listing.first(sort, skip + limit)
            else:
                found = listing.first_past(after, sort, skip + limit)
            return _in_order(connection, found[skip:])

    def page_after(self, selector: Selector, *, after: int, limit: int) -> Sequence[StoredJob]:
        with self._db.read() as connection:
            job_ids = self._listing(connection, selector).after(after, limit)
            rows = connection.execute(
                f"{STORED_SELECT} WHERE job.id IN ({marks(len(job_ids))}) ORDER BY job.id", job_ids
            ).fetchall()
        return cast("Sequence[StoredJob]", rows)

    def pages(self, selector: Selector) -> Iterator[Sequence[StoredJob]]:
        return cast("Iterator[Sequence[StoredJob]]", self._pages(STORED_SELECT, selector))

    def each_job(self, selector: Selector) -> Iterator[Job]:
        for rows in self._pages(JOB_SELECT, selector):
            yield from map(job_from_row, rows)

    def _pages(self, select: str, selector: Selector) -> Iterator[Sequence[Row]]:
        """Each page is read in a transaction of its own, so that no reader holds up a checkpoint."""
        by_position = len(selector.batch_ids) == 1 and not selector.job_ids
        last = -1
        while rows := self._page(select, selector, last, by_position=by_position):
            yield rows
            if len(rows) < _PAGE:
                return
            job_id, _, position, *_ = rows[-1]
            last = position if by_position else job_id

    @survives_outages
    def _page(
        self, select: str, selector: Selector, last: int, *, by_position: bool
    ) -> Sequence[Row]:
        with self._db.read() as connection:
            listing = self._listing(connection, selector)
            return listing.page(select, last, _PAGE, by_position=by_position)

    @survives_outages
    def count(self, selector: Selector) -> int:
        with self._db.read() as connection:
            known = counted_by_tallies(connection, selector)
            if known is not None:
                return known
            return self._listing(connection, selector).count()

    @survives_outages
    def counts(self, batch_id: int | None = None) -> Counts:
        with self._db.read() as connection:
            return counted(connection, WHOLE_STORE if batch_id is None else batch_id)

    @survives_outages
    def oldest_pending_at(self) -> datetime | None:
        from sentijob.store.lanes import lanes

        with self._db.read() as connection:
            now_ms = self._db.wall(connection)
            found = lanes(connection, now_ms=now_ms)
            due = [lane.due_at for lane in found if lane.due_at <= now_ms]
        return ms_to_instant(min(due)) if due else None

    @survives_outages
    def finished_since(self, instant: datetime) -> int:
        with self._db.read() as connection:
            now_ms = self._db.wall(connection)
            return finished_since(connection, instant_to_ms(instant), now_ms=now_ms)

    def _listing(self, connection: Connection, selector: Selector) -> Listing:
        from sentijob.store.listing import Listing  # who looks at one job or batch needs none

        return Listing(connection, selector, veil=self._db.veil)

    @survives_outages
    def change_token(self) -> int:
        return self._db.change_token()

    @survives_outages
    def now(self) -> datetime:
        with self._db.read() as connection:
            return ms_to_instant(self._db.wall(connection))


def _in_order(connection: Connection, job_ids: Sequence[int]) -> list[Job]:
    """The jobs of these numbers, in their order."""
    found: dict[int, Job] = {}
    for first in range(0, len(job_ids), _PAGE):
        page = job_ids[first : first + _PAGE]
        rows = connection.execute(
            f"{JOB_SELECT} WHERE job.id IN ({marks(len(page))})", page
        ).fetchall()
        found.update((row[0], job_from_row(row)) for row in rows)
    return [found[job_id] for job_id in job_ids]
