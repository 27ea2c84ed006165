"""Many rows at once, by the fastest way that PostgreSQL has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from psycopg.sql import SQL

from sentijob.store.database import Change, Connection
from sentijob.store.postgres.connection import PostgresConnection

_FEW = 16
"""Rows from which on COPY is faster than INSERT."""
_UPDATED_AT_ONCE = 1000


def insert_many(
    connection: PostgresConnection,
    table: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    same: Mapping[str, object],
) -> None:
    """Add rows, which have *columns*, and in the columns of *same* all the same."""
    names, shared = ", ".join((*columns, *same)), tuple(same.values())
    whole = [(*row, *shared) for row in rows]
    if len(whole) < _FEW:
        marks = ", ".join("?" * (len(columns) + len(same)))
        connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", whole)
        return
    with (
        connection.driver.cursor() as cursor,
        cursor.copy(SQL(f"COPY {table} ({names}) FROM STDIN")) as copy,  # our own names
    ):
        for row in whole:
            copy.write_row(row)


def update_many(
    connection: Connection, table: str, change: Change, rows: Sequence[Sequence[Any]], *, where: str
) -> None:
    """Change rows, each in its own way.

    One statement for many: measured at over 4 times the rate of one for each.
    """
    columns = [*change.given, *change.keys]
    names = ", ".join(f"new_{column}" for column in columns)
    assignments = [f"{column} = new_{column}" for column in change.given]
    found = " AND ".join(f"{key} = new_{key}" for key in change.keys)
    mark = f"({', '.join('?' * len(columns))})"
    for start in range(0, len(rows), _UPDATED_AT_ONCE):
        some = rows[start : start + _UPDATED_AT_ONCE]
        connection.execute(
            f"WITH new ({names}) AS (VALUES {', '.join([mark] * len(some))})"
            f" UPDATE {table} SET {', '.join(filter(None, [change.fixed, *assignments]))}"
            f" FROM new WHERE {found} AND {where}",
            [value for row in some for value in row],
        )
