"""Many rows at once, by the fastest way that SQLite has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import chain, islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sentijob.store.database import Connection

_AT_ONCE = (100, 10, 1)
"""Rows to a statement, as many as there are left. Each statement opens every index, and looks the next
number up and writes it back, which costs as much again as a row."""


def insert_many(
    connection: Connection,
    table: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    same: Mapping[str, object],
) -> None:
    """Add rows, which have *columns*, and in the columns of *same* all the same.

    Measured at twice the rate of ``executemany``.
    """
    names, shared = (*same, *columns), tuple(same.values())
    coming = iter(rows)
    for size in _AT_ONCE:
        sql = _insertion(table, names, len(shared), size)
        while some := tuple(islice(coming, size)):
            if len(some) < size:
                coming = iter(some)
                break
            connection.execute(sql, (*shared, *chain.from_iterable(some)))


@lru_cache(maxsize=64)
def _insertion(table: str, names: tuple[str, ...], shared: int, count: int) -> str:
    """An INSERT of *count* rows, whose first *shared* values are given once for all of them."""
    own = len(names) - shared
    rows = (
        (*range(1, shared + 1), *range(first, first + own))
        for first in range(shared + 1, shared + 1 + count * own, own)
    )
    marked = ", ".join(f"({', '.join(f'?{number}' for number in row)})" for row in rows)
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES {marked}"
