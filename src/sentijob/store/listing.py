"""The numbers of the selected jobs, in any order, found without reading the whole store.

Where some way leads to few jobs, those are sorted. Else they are many, and are met soon by
walking along an index in the order asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from heapq import merge
from itertools import islice
from uuid import UUID

from sentijob.errors import UsageError
from sentijob.jobs import BY_AGE, FINAL_STATUSES, Label, Selector, Sort, Status
from sentijob.store.clock import instant_to_ms
from sentijob.store.database import Connection, Row
from sentijob.store.peaks import EARLIEST, FINISHED, PRIORITY, blocks_with, highest_first, ids_of
from sentijob.store.references import number_past
from sentijob.store.selection import Where, where
from sentijob.store.tallies import WHOLE_STORE, counted, counted_by_tallies
from sentijob.store.ways import Stream, Way, go_on, labelled, ways

_LARGEST_ID = 2**63 - 1
_ALL = Stream("1 = 1", ())
_WORTH_SORTING = 20
"""Jobs of which fewer than one in so many are wanted are sorted rather than met by walking."""
_MOST_BLOCKS = 300
"""Blocks to read by their peaks before giving up on them."""
_KEYS = {
    Sort.NEWEST: ("id", "{veil}id DESC"),
    Sort.OLDEST: ("id", "{veil}id"),
    Sort.PRIORITY: ("id, priority", "{veil}priority DESC, id"),
    Sort.SCORE: ("id, result_score", "{veil}result_score DESC NULLS LAST, id"),
    Sort.FINISHED: ("id, finished_at", "{veil}finished_at DESC NULLS LAST, id DESC"),
}


class Listing:
    """Looks up what *selector* names, in one transaction; *veil* is the database's.

    *few* is how many jobs may be looked at one by one without anybody noticing.
    """

    def __init__(
        self, connection: Connection, selector: Selector, *, veil: str, few: int = 10_000
    ) -> None:
        self._connection = connection
        self._selector = selector
        self._veil = veil
        self._few = few
        self._ways = ways(connection, selector)
        self._labelled = labelled(connection, selector)

    def first(self, sort: Sort, count: int) -> list[int]:
        """The first *count* jobs of an order."""
        if count <= 0 or self._is_nothing():
            return []
        if sort is Sort.PRIORITY and self._is_one_batch():
            sort = Sort.OLDEST  # all of a batch have the same
        way = self._way_to_sort()
        if way is not None:
            return self._sorted(way, sort, count)
        match sort:
            case Sort.NEWEST | Sort.OLDEST:
                return self._along_ids(count, is_descending=sort is Sort.NEWEST)
            case Sort.PRIORITY:
                return self._along_priorities(count)
            case Sort.FINISHED:
                return self._along_finish(count)
            case Sort.SCORE:
                return self._along_scores(count)

    def first_past(self, job_uuid: UUID, sort: Sort, count: int) -> list[int]:
        """The first *count* jobs that come, newest or oldest first, after the job of that UUID.

        Raises:
            UsageError: another order is asked for.
        """
        if sort not in BY_AGE:
            raise UsageError(f"jobs sorted by {sort} can't be gone on with after one of them")
        is_descending = sort is Sort.NEWEST
        last = number_past(self._connection, "job", job_uuid, is_descending=is_descending)
        if is_descending and not last:
            return []
        way = self._ways[0] if self._ways else None
        if way is not None and way.size <= self._few:
            return self._sorted(way, sort, count, after=last)
        return self._along_ids(count, is_descending=is_descending, after=last)

    def after(self, job_id: int, count: int) -> list[int]:
        """The next *count* jobs past *job_id*, by number."""
        way = self._ways[0] if self._ways else None
        if way is not None and way.size <= self._few:
            return self._sorted(way, Sort.OLDEST, count, after=job_id)
        return self._along_ids(count, after=job_id)

    def page(self, select: str, last: int, count: int, *, by_position: bool) -> list[Row]:
        """What *select* gives of the next *count* jobs, by number, or of one batch by position; *last* was the last one's."""
        chosen = where(self._selector, veil=self._veil)
        if by_position:
            column = "position"
            chosen.add("batch_id = ?", *self._selector.batch_ids)
        else:
            column = "job.id"
            if self._is_sparse():
                chosen.among("job.id", self.after(last, count) or [None])
        chosen.add(f"{column} > ?", last)
        return self._connection.execute(
            f"{select}{chosen.sql} ORDER BY {column} LIMIT ?", (*chosen.parameters, count)
        ).fetchall()

    def _is_nothing(self) -> bool:
        """Whether the counters know that there are none."""
        chosen = self._selector
        if chosen.job_ids or (chosen.statuses and chosen.labels):
            return False
        known = Selector(batch_ids=chosen.batch_ids, statuses=chosen.statuses, labels=chosen.labels)
        return counted_by_tallies(self._connection, known) == 0

    def _is_sparse(self) -> bool:
        """Whether some way leads past most of the jobs that aren't selected."""
        sizes = [self._labelled.size] if self._labelled else []
        sizes += [way.size for way in self._ways if way.is_ordered]
        return any(2 * size < self._total for size in sizes) or any(
            way.size <= self._few for way in self._ways
        )

    def count(self) -> int:
        """How many there are, counted now."""
        streams = self._ways[0].streams if self._ways else (_ALL,)
        return sum(self._count(stream) for stream in streams)

    def _count(self, stream: Stream) -> int:
        chosen = self._where(stream)
        sql = f"SELECT count(*) FROM job{chosen.sql}"
        return int(self._connection.execute(sql, chosen.parameters).fetchone()[0])

    def _way_to_sort(self) -> Way | None:
        """The way all of whose jobs are to be sorted; None where they are met sooner by walking."""
        if not self._ways:
            return None
        way = self._ways[0]
        if way.size <= self._few:
            return way
        if way.is_ordered:
            return None
        return way if way.is_counted and way.size * _WORTH_SORTING < self._total else None

    @property
    def _total(self) -> int:
        return counted(self._connection, WHOLE_STORE).total

    def _is_one_batch(self) -> bool:
        return len(set(self._selector.batch_ids)) == 1 and not self._selector.job_ids

    def _where(self, stream: Stream) -> Where:
        """One stream's jobs, so far as they are selected."""
        chosen = where(self._selector, veil=self._veil)
        chosen.add(stream.condition, *stream.parameters)
        return chosen

    def _sorted(self, way: Way, sort: Sort, count: int, *, after: int = 0) -> list[int]:
        columns, order = _KEYS[sort]
        parts, parameters = [], []
        for stream in way.streams:
            chosen = self._where(stream)
            if after:
                sign = "<" if sort is Sort.NEWEST else ">"
                chosen.add(f"{self._veil}id {sign} ?", after)
            parts.append(f"SELECT {columns} FROM job{chosen.sql}")
            parameters += chosen.parameters
        return self._ids(
            f"SELECT id FROM ({' UNION ALL '.join(parts)}) AS found"
            f" ORDER BY {order.format(veil=self._veil)} LIMIT ?",
            *parameters,
            count,
        )

    def _along_ids(self, count: int, *, is_descending: bool = False, after: int = 0) -> list[int]:
        """Walk each stream of the smallest ordered way by number; or blocks that may hold some, or the whole store.

        *after* is a number to go on from, in the direction of the walk; 0 begins it.
        """
        way = next((way for way in self._ways if way.is_ordered), None)
        blocks = self._blocks(way, is_descending=is_descending, after=after)
        if blocks is not None:
            return self._along_blocks(blocks, count, is_descending=is_descending, after=after)
        direction = " DESC" if is_descending else ""
        found = []
        for stream in way.streams if way else (_ALL,):
            chosen = self._where(stream)
            if after:
                go_on(chosen, stream, after, is_descending=is_descending)
            ids = self._ids(
                f"SELECT id FROM job{chosen.sql} ORDER BY {stream.order}{direction} LIMIT ?",
                *chosen.parameters,
                count,
            )
            # Another column's order is that of the numbers but where a clock was set back.
            found.append(ids if stream.order == "id" else sorted(ids, reverse=is_descending))
        return list(islice(merge(*found, reverse=is_descending), count))

    def _blocks(self, way: Way | None, *, is_descending: bool, after: int) -> list[int] | None:
        """The blocks that may hold selected jobs, where those are fewer than *way* gives."""
        first_id, last_id = self._range()
        look_up = partial(
            blocks_with,
            self._connection,
            first_id=first_id if is_descending else max(first_id, after),
            last_id=min(last_id, after or last_id) if is_descending else last_id,
            is_descending=is_descending,
        )
        before = self._selector.finished_before
        if before is not None and (way is None or not way.is_counted):
            return look_up((EARLIEST,), above=-instant_to_ms(before))
        if self._labelled and (way is None or self._labelled.size < way.size):
            return look_up(self._labelled.labels, above=-1)
        return None

    def _along_blocks(
        self, blocks: Sequence[int], count: int, *, is_descending: bool, after: int
    ) -> list[int]:
        found: list[int] = []
        for block in blocks:
            stream = Stream("id >= ? AND id < ?", ids_of(block))
            chosen = self._where(stream)
            if after:
                go_on(chosen, stream, after, is_descending=is_descending)
            found += self._ids(
                f"SELECT id FROM job{chosen.sql} ORDER BY id{' DESC' if is_descending else ''}"
                " LIMIT ?",
                *chosen.parameters,
                count - len(found),
            )
            if len(found) >= count:
                break
        return found

    def _along_priorities(self, count: int) -> list[int]:
        ids = self._along_peaks(count, (PRIORITY,), "priority")
        return self._sorted(self._ways[0], Sort.PRIORITY, count) if ids is None else ids

    def _along_scores(self, count: int) -> list[int]:
        statuses = self._selector.statuses or (Status.COMPLETED,)
        labels = self._selector.labels or tuple(Label)
        ids: list[int] | None = []
        if Status.COMPLETED in statuses:
            ids = self._along_peaks(count, tuple(map(str, labels)), "result_score")
        if ids is None:
            return self._sorted(self._ways[0], Sort.SCORE, count)
        return ids + self._rest(set(Status) - {Status.COMPLETED}, Sort.OLDEST, count - len(ids))

    def _along_finish(self, count: int) -> list[int]:
        ids: list[int] | None = []
        if FINAL_STATUSES.intersection(self._selector.statuses or Status):
            ids = self._along_peaks(count, (FINISHED,), "finished_at", newest_first=True)
        if ids is None:
            return self._sorted(self._ways[0], Sort.FINISHED, count)
        if self._selector.finished_before is not None:
            return ids
        return ids + self._rest(set(Status) - FINAL_STATUSES, Sort.NEWEST, count - len(ids))

    def _along_peaks(
        self, count: int, measures: Sequence[str], column: str, *, newest_first: bool = False
    ) -> list[int] | None:
        """Read blocks from the highest peak down, until no other can hold a better job.

        None where so many hold nothing that is selected that sorting is quicker.
        """
        best: list[tuple[float, int]] = []
        first_id, last_id = self._range()
        sign, direction = (-1, " DESC") if newest_first else (1, "")
        found = highest_first(
            self._connection,
            measures,
            first_id=first_id,
            last_id=last_id,
            newest_first=newest_first,
        )
        for visited, (block, measure, height) in enumerate(found):
            first, end = ids_of(block)
            if len(best) >= count and best[count - 1] < (-height, -end if newest_first else first):
                break
            if visited == _MOST_BLOCKS and self._ways and self._ways[0].is_counted:
                return None
            chosen = self._where(
                Stream(f"id >= ? AND id < ? AND {column} IS NOT NULL", (first, end))
            )
            if len(measures) > 1:
                chosen.add(f"{self._veil}result_label = ?", measure)
            rows = self._connection.execute(
                f"SELECT -{column}, {sign} * id FROM job{chosen.sql}"
                f" ORDER BY {self._veil}{column} DESC, id{direction} LIMIT ?",
                (*chosen.parameters, count),
            ).fetchall()
            best = list(islice(merge(best, map(tuple, rows)), count))
        return [abs(place) for _, place in best]

    def _range(self) -> tuple[int, int]:
        """Between which numbers the selected jobs lie."""
        way = next((way for way in self._ways if way.is_ordered), None)
        if way is None:
            return 0, _LARGEST_ID
        bounds = []
        for condition, parameters, order in way.streams:
            for direction in ("", " DESC"):
                bounds += self._ids(
                    f"SELECT id FROM job WHERE {condition} ORDER BY {order}{direction} LIMIT 1",
                    *parameters,
                )
        return min(bounds, default=0), max(bounds, default=0)

    def _rest(self, statuses: set[Status], sort: Sort, count: int) -> list[int]:
        """Those that an order puts last because they lack what it is by: only jobs in these *statuses*."""
        wanted = statuses.intersection(self._selector.statuses or Status)
        if not wanted or self._selector.labels or count <= 0:
            return []
        selector = self._selector._replace(statuses=tuple(sorted(wanted)))
        rest = Listing(self._connection, selector, veil=self._veil, few=self._few)
        return rest.first(sort, count)

    def _ids(self, sql: str, *parameters: object) -> list[int]:
        return [row[0] for row in self._connection.execute(sql, parameters).fetchall()]
