"""A store on PostgreSQL copied into a new SQLite file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from psycopg.sql import SQL

from sentijob.store.sqlite import SqliteDatabase
from sentijob.store.sqlite_backup import taking_shape

if TYPE_CHECKING:
    from sentijob.store.database import Connection
    from sentijob.store.postgres.connection import PostgresConnection
    from sentijob.store.postgres.database import PostgresDatabase

_CHUNK = 10_000
_TABLES = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"


def copy_to_sqlite(source: PostgresDatabase, target: Path) -> None:
    """Make *target* a store that holds what *source* holds at one moment, in bounded memory.

    Jobs that are being scored stay leased to their worker; in a copy that is put to use, the first
    worker finds those leases lapsed.

    Raises:
        ConflictError: *target* exists.
        StoreError: it can't be written, or the source can't be read.
    """
    with taking_shape(target) as unfinished:
        with closing(SqliteDatabase.open(str(unfinished))) as copy, source.read() as reading:
            tables = _tables(copy)
            for table, columns in tables.items():
                for rows in _chunks(cast("PostgresConnection", reading), table, columns):
                    with copy.write() as writing:
                        copy.insert(writing, table, columns, rows, same={})
            with copy.write() as writing:
                _carry_numbers_on(reading, writing)
        _leave_wal_mode(unfinished)


def _tables(copy: SqliteDatabase) -> dict[str, Sequence[str]]:
    """The columns of every table that holds the store's rows."""
    with copy.read() as connection:
        names = [row[0] for row in connection.execute(_TABLES).fetchall()]
        return {
            name: [row[1] for row in connection.execute(f"PRAGMA table_info({name})").fetchall()]
            for name in names
            if name != "alembic_version"  # the copy has its own
        }


def _chunks(
    reading: PostgresConnection, table: str, columns: Sequence[str]
) -> Iterator[list[tuple[Any, ...]]]:
    with reading.driver.cursor(name=f"copy_{table}") as cursor:
        cursor.execute(SQL(f"SELECT {', '.join(columns)} FROM {table} ORDER BY 1"))  # our own names
        while rows := cursor.fetchmany(_CHUNK):
            yield rows


def _carry_numbers_on(reading: Connection, writing: Connection) -> None:
    """Never give out a number again that a pruned job or batch, or a worker, once had."""
    for table in ("job", "batch", "worker"):
        row = reading.execute(f"SELECT last_value, is_called FROM {table}_id_seq").fetchone()
        last = int(row[0]) if row[1] else 0
        writing.execute("DELETE FROM sqlite_sequence WHERE name = ?", (table,))
        writing.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (table, last))


def _leave_wal_mode(path: Path) -> None:
    """Make the file whole by itself."""
    import sqlite3

    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
