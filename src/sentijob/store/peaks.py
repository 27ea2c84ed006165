"""How high every block of jobs reaches, so that the highest of all are found without reading all.

A block is 1,024 numbers that follow each other. It has a peak for each label, which no job of
the block with that label outscores, one for the priority, and two for when its jobs became final. Whoever wants the N best reads
blocks from the highest peak down, until the next peak is below the Nth job found: hardly more
than N blocks, since each holds a job as good as its peak. And where a block has no peak of a label,
no job in it has that label. A job that is pruned leaves its peak behind, a bound that is higher than it need be.

An index by score would do the same, and slow every settle: results come in no order, so each
would touch a page of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from sentijob.jobs import Scored
from sentijob.store.database import Connection
from sentijob.store.rows import marks
from sentijob.store.updates import insert_each

BLOCK = 1024
"""Jobs to a block; migration 0003 has the same number, which can't change without another."""
PRIORITY = "priority"
FINISHED = "finished"
"""When the last of a block's jobs became final."""
EARLIEST = "earliest"
"""When the first did, negated: a peak is always a highest."""

_RAISE = "INSERT INTO peak (block, measure, slot, height)"
_IF_HIGHER = (
    "ON CONFLICT (block, measure, slot) DO UPDATE SET height = excluded.height"
    " WHERE excluded.height > peak.height"
)
_AT_ONCE = 200
"""Peaks that are looked up together: mostly they are more than enough."""
Heights = Mapping[tuple[int, str], float]
"""The highest by block and measure."""


class Peak(NamedTuple):
    """How high a block reaches by some measure."""

    block: int
    measure: str
    height: float


def ids_of(block: int) -> tuple[int, int]:
    """The first number of a block, and the first of the next."""
    return block * BLOCK, (block + 1) * BLOCK


def scores(scored: Iterable[Scored]) -> Heights:
    """The best score of each label."""
    best: dict[tuple[int, str], float] = {}
    for claimed, (label, score, *_), _ in scored:
        place = (claimed.job_id // BLOCK, str(label))
        if score > best.get(place, -1.0):
            best[place] = score
    return best


def priorities(job_ids: Sequence[int], priority: int) -> Heights:
    """The same for new jobs of one priority; their numbers rise."""
    if not job_ids:
        return {}
    blocks = range(job_ids[0] // BLOCK, job_ids[-1] // BLOCK + 1)
    return {(block, PRIORITY): priority for block in blocks}


def finishes(job_ids: Iterable[int], now_ms: int) -> Heights:
    """The same for jobs that become final now."""
    blocks = {job_id // BLOCK for job_id in job_ids}
    return {(block, FINISHED): now_ms for block in blocks} | {
        (block, EARLIEST): -now_ms for block in blocks
    }


def raise_peaks(connection: Connection, heights: Heights, *, slot: int) -> None:
    """Note what the same transaction does to jobs, before it commits."""
    # In one order everywhere, so that two writers never wait for each other.
    rows = [(*place, slot, height) for place, height in sorted(heights.items())]
    insert_each(connection, _RAISE, rows, _IF_HIGHER)


def drop_peaks(connection: Connection, job_ids: Iterable[int]) -> None:
    """Forget the peaks of blocks that lost these jobs and have none left."""
    for block in sorted({job_id // BLOCK for job_id in job_ids}):
        remaining = connection.execute(
            "SELECT 1 FROM job WHERE id >= ? AND id < ? LIMIT 1", ids_of(block)
        ).fetchone()
        if remaining is None:
            connection.execute("DELETE FROM peak WHERE block = ?", (block,))


def highest_first(
    connection: Connection,
    measures: Collection[str],
    *,
    first_id: int,
    last_id: int,
    newest_first: bool = False,
) -> Iterator[Peak]:
    """The peaks of blocks between two jobs; of equally high ones the oldest block's first, or the newest's."""
    seen: set[tuple[int, str]] = set()
    skip = 0
    while True:
        rows = connection.execute(
            "SELECT block, measure, height FROM peak"
            f" WHERE measure IN ({marks(len(measures))}) AND block BETWEEN ? AND ?"
            f" ORDER BY height DESC, block{' DESC' if newest_first else ''}, measure"
            " LIMIT ? OFFSET ?",
            (*measures, first_id // BLOCK, last_id // BLOCK, _AT_ONCE, skip),
        ).fetchall()
        for row in rows:
            peak = Peak._make(row)
            if peak[:2] not in seen:  # lower slots of the same
                seen.add(peak[:2])
                yield peak
        if len(rows) < _AT_ONCE:
            return
        skip += _AT_ONCE


def blocks_with(
    connection: Connection,
    measures: Collection[str],
    *,
    first_id: int,
    last_id: int,
    above: float,
    is_descending: bool,
) -> list[int]:
    """The blocks with a peak of any of these measures that is higher than *above*, between two jobs."""
    rows = connection.execute(
        f"SELECT DISTINCT block FROM peak WHERE measure IN ({marks(len(measures))})"
        f" AND block BETWEEN ? AND ? AND height > ? ORDER BY block{' DESC' if is_descending else ''}",
        (*measures, first_id // BLOCK, last_id // BLOCK, above),
    ).fetchall()
    return [row[0] for row in rows]
