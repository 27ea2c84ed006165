"""Many rows written by one statement, each in its own way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

from sentijob.store.database import Change, Connection
from sentijob.store.rows import marks

_INSERTED_AT_ONCE = 64


def update_many(
    connection: Connection,
    table: str,
    change: Change,
    pieces: Iterator[Sequence[Sequence[Any]]],
    *,
    where: str,
) -> int:
    """Change rows, one statement for each of the *pieces*; how many were changed.

    Measured on PostgreSQL at over 4 times the rate of a statement for each row. On SQLite it is 1.1
    times, and lets other threads in once instead of once a row.
    """
    changed = 0
    for rows in pieces:
        sql = _statement(table, change, where, len(rows))
        changed += connection.execute(sql, list(chain.from_iterable(rows))).rowcount
    return changed


def insert_each(
    connection: Connection, into: str, rows: Sequence[Sequence[Any]], on_conflict: str
) -> None:
    """Insert rows, which are met in their order, by few statements."""
    for piece in in_powers_of_two(rows, _INSERTED_AT_ONCE):
        row = f"({marks(len(piece[0]))})"
        connection.execute(
            f"{into} VALUES {', '.join([row] * len(piece))} {on_conflict}",
            list(chain.from_iterable(piece)),
        )


def in_pieces(rows: Sequence[Any], most: int) -> Iterator[Sequence[Any]]:
    """As few pieces as may be."""
    return (rows[start : start + most] for start in range(0, len(rows), most))


def in_powers_of_two(rows: Sequence[Any], most: int) -> Iterator[Sequence[Any]]:
    """Pieces of few different sizes, so that the driver knows their statements already; *most* is a power of two."""
    start = 0
    while start < len(rows):
        size = min(most, 1 << (len(rows) - start).bit_length() - 1)
        yield rows[start : start + size]
        start += size


@lru_cache(maxsize=128)
def _statement(table: str, change: Change, where: str, count: int) -> str:
    # Both databases call the columns of VALUES so. In a WITH they could have names, but then Python's
    # SQLite driver doesn't see that it is an update, and counts nothing.
    named = {name: f"new.column{place}" for place, name in enumerate(change.columns, start=1)}
    assignments = [f"{name} = {named[name]}" for name in change.given]
    found = [f"{table}.{key} = {named[key]}" for key in change.keys]
    row = f"({marks(len(named))})"
    return (
        f"UPDATE {table} SET {', '.join(filter(None, [change.fixed, *assignments]))}"
        f" FROM (VALUES {', '.join([row] * count)}) AS new WHERE {' AND '.join([*found, where])}"
    )
