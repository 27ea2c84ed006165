"""The best scores of every block of jobs, so that the best of all are found without reading all.

A block is 1,024 numbers that follow each other. For each label it has a peak: no job of the
block has a higher score. So whoever wants the best N scores reads blocks from the highest peak
down, until the next peak is below the Nth score found: hardly more than N blocks, since each
holds a job as good as its peak. A pruned job leaves its peak behind, as a bound that is higher than it need be.

An index by score would find them too, and would slow every settle: results come in no order, so
each would touch a page of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from sentijob.jobs import Label, Scored
from sentijob.store.database import Connection
from sentijob.store.rows import marks

BLOCK = 1024
"""Jobs to a block; migration 0003 has the same number, which can't change without another."""

_RAISE = (
    "INSERT INTO peak (block, label, slot, score) VALUES (?, ?, ?, ?)"
    " ON CONFLICT (block, label, slot) DO UPDATE SET score = excluded.score"
    " WHERE excluded.score > peak.score"
)


class Peak(NamedTuple):
    """A block, a label, and a bound of its scores."""

    block: int
    label: Label
    score: float

    @property
    def ids(self) -> range:
        """The numbers that the block's jobs have."""
        return range(self.block * BLOCK, (self.block + 1) * BLOCK)


def raise_peaks(connection: Connection, scored: Iterable[Scored], *, slot: int) -> None:
    """Note the scores of jobs that the same transaction completes."""
    best: dict[tuple[int, Label], float] = {}
    for claimed, sentiment, _ in scored:
        place = (claimed.job_id // BLOCK, sentiment.label)
        if sentiment.score > best.get(place, -1.0):
            best[place] = sentiment.score
    # In one order everywhere, so that two writers never wait for each other.
    for (block, label), score in sorted(best.items()):
        connection.execute(_RAISE, (block, label.value, slot, score))


def drop_peaks(connection: Connection, job_ids: Iterable[int]) -> None:
    """Forget the peaks of blocks that lost these jobs and have none left."""
    for block in sorted({job_id // BLOCK for job_id in job_ids}):
        remaining = connection.execute(
            "SELECT 1 FROM job WHERE id >= ? AND id < ? LIMIT 1",
            (block * BLOCK, (block + 1) * BLOCK),
        ).fetchone()
        if remaining is None:
            connection.execute("DELETE FROM peak WHERE block = ?", (block,))


def peaks(
    connection: Connection, labels: Collection[Label], *, first_id: int, last_id: int
) -> Iterator[Peak]:
    """The peaks of blocks between two jobs, the highest first; of equal ones the oldest block's."""
    rows = connection.execute(
        "SELECT block, label, MAX(score) FROM peak"
        f" WHERE label IN ({marks(len(labels))}) AND block BETWEEN ? AND ?"
        " GROUP BY block, label ORDER BY 3 DESC, block, label",
        (*(label.value for label in labels), first_id // BLOCK, last_id // BLOCK),
    ).fetchall()
    return (Peak(block, Label(label), score) for block, label, score in rows)
