"""apsw's SQLite in the clothes of the standard library's, so that a store can stand on a file system of the test's own.

Never let both open one file in one process: each would drop the other's locks.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, cast

import apsw

_FLAGS = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE | apsw.SQLITE_OPEN_URI
_KINDS: dict[int, type[sqlite3.Error]] = {
    apsw.SQLITE_CONSTRAINT: sqlite3.IntegrityError,
    apsw.SQLITE_CORRUPT: sqlite3.DatabaseError,
    apsw.SQLITE_NOTADB: sqlite3.DatabaseError,
}


def connector(
    *,
    vfs: str = "",
    pages_before_checkpoint: int | None = None,
    synchronous: str | None = None,
) -> Callable[[str], sqlite3.Connection]:
    """What opens connections on *vfs* for a store.

    *pages_before_checkpoint* and *synchronous* overrule what the store asks for.
    """
    overruled: dict[str, str] = {}
    if synchronous is not None:
        overruled["PRAGMA synchronous"] = f"PRAGMA synchronous = {synchronous}"
    if pages_before_checkpoint is not None:
        overruled["PRAGMA wal_autocheckpoint"] = "PRAGMA wal_autocheckpoint"

    def connect(path: str) -> sqlite3.Connection:
        with _translated():
            connection = apsw.Connection(path, flags=_FLAGS, vfs=vfs or None)
            if pages_before_checkpoint is not None:
                connection.set_wal_hook(_checkpointer(pages_before_checkpoint))
        return cast("sqlite3.Connection", ApswConnection(connection, overruled))

    return connect


class ApswCursor:
    """As much of a cursor as the store and SQLAlchemy use; rows are read at once."""

    lastrowid = None
    rowcount = -1
    arraysize = 1

    def __init__(self, connection: ApswConnection) -> None:
        self.connection = connection
        self.description: Sequence[tuple[Any, ...]] | None = None
        self._rows: Iterator[Any] = iter(())

    def execute(self, sql: str, parameters: Any = ()) -> ApswCursor:
        before = self.connection.total_changes
        self._rows = iter(self.connection.run(self, sql, parameters))
        self.rowcount = self.connection.total_changes - before
        return self

    def executemany(self, sql: str, parameters: Iterable[Any]) -> ApswCursor:
        for values in parameters:
            self.execute(sql, values)
        return self

    def fetchone(self) -> Any:
        return next(self._rows, None)

    def fetchall(self) -> list[Any]:
        return list(self._rows)

    def close(self) -> None:
        self._rows = iter(())


class ApswConnection:
    """As much of a :class:`sqlite3.Connection` as the store and SQLAlchemy use."""

    isolation_level = None

    def __init__(self, connection: apsw.Connection, overruled: Mapping[str, str]) -> None:
        self._connection = connection
        self._overruled = overruled

    @property
    def in_transaction(self) -> bool:
        return self._connection.in_transaction

    @property
    def total_changes(self) -> int:
        return self._connection.total_changes()

    def cursor(self, *_: object) -> ApswCursor:
        return ApswCursor(self)

    def execute(self, sql: str, parameters: Any = ()) -> ApswCursor:
        return self.cursor().execute(sql, parameters)

    def executemany(self, sql: str, parameters: Iterable[Any]) -> ApswCursor:
        return self.cursor().executemany(sql, parameters)

    def run(self, cursor: ApswCursor, sql: str, parameters: Any) -> list[Any]:
        """Carry out a statement; its rows."""
        sql = self._overruled.get(sql.partition(" = ")[0], sql)
        own = self._connection.cursor()

        def describe(described: apsw.Cursor, _sql: str, _parameters: Any) -> bool:
            columns = described.get_description()
            cursor.description = [(one[0], *[None] * 6) for one in columns] or None
            return True

        own.exec_trace = describe
        with _translated():
            rows = own.execute(sql, parameters or None).fetchall()
            is_change = sql.lstrip().startswith(("INSERT", "UPDATE", "DELETE"))
            cursor.rowcount = self._connection.changes() if is_change else -1
            return rows

    def create_function(self, *_: object, **__: object) -> None:
        """SQLAlchemy brings a function of its own along, which no migration uses."""

    def commit(self) -> None:
        if self.in_transaction:
            self.execute("COMMIT")

    def rollback(self) -> None:
        if self.in_transaction:
            self.execute("ROLLBACK")

    def close(self) -> None:
        with _translated():
            self._connection.close(force=True)


def _checkpointer(pages: int) -> Callable[[apsw.Connection, str, int], int]:
    """SQLite's own automatic checkpoint, over again.

    What fails in it SQLite forgives, but apsw would raise as if the commit had failed.
    """

    def checkpoint(connection: apsw.Connection, name: str, pages_in_log: int) -> int:
        if pages_in_log >= pages:
            with suppress(apsw.Error):
                connection.wal_checkpoint(name)
        return apsw.SQLITE_OK

    return checkpoint


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except apsw.Error as exc:
        code = getattr(exc, "extendedresult", 0) or getattr(exc, "result", 0)
        translated = _KINDS.get(code & 0xFF, sqlite3.OperationalError)(str(exc))
        translated.sqlite_errorcode = code
        translated.sqlite_errorname = str(apsw.mapping_result_codes.get(code & 0xFF, ""))
        raise translated from exc
