"""SQLite as the store's database: opening, pragmas, locking, and its errors in our words."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

from sentijob.errors import StoreDamagedError, StoreVersionError
from sentijob.store.clock import Clock, SystemClock
from sentijob.store.database import SCHEMA_VERSION, Change, refuse_newer
from sentijob.store.sqlite_connecting import (
    Connect,
    connect_stdlib,
    connected,
    insist,
    refuse_old_sqlite,
)
from sentijob.store.sqlite_errors import PATIENCE_SECONDS, in_our_words
from sentijob.store.sqlite_files import prepare_file, sync_names
from sentijob.store.sqlite_turns import Turns
from sentijob.store.updates import in_powers_of_two, update_many

if TYPE_CHECKING:
    from sentijob.store.database import Connection

IN_MEMORY = ":memory:"
APPLICATION_ID = 0x53656E74
"""Marks a SQLite file as ours: ``Sent``."""
_UPDATED_AT_ONCE = 256

_T = TypeVar("_T")


class SqliteDatabase:
    """One SQLite file, shared by threads and processes.

    One connection writes, one thread at a time; others read. Writers of several processes
    take turns, and whoever is first asks every millisecond for the lock: SQLite's own waiting
    doubles its naps, and so a busy worker could keep a submit out for a second.
    """

    row_lock = row_lock_skipping = ""
    veil = "+"
    engine = f"SQLite {sqlite3.sqlite_version}"

    def __init__(
        self, path: str, *, clock: Clock | None = None, connect: Connect = connect_stdlib
    ) -> None:
        self.location = path
        self._clock: Clock = clock or SystemClock()
        self._connect = connect
        self._writer = connected(connect, path)
        self._write_lock = threading.RLock()
        self._turns = Turns(None if path == IN_MEMORY else Path(os.path.realpath(path)).parent)
        self._is_durable: bool | None = None  # the library's own default: it may be either
        self._has_lasting_names = path == IN_MEMORY
        self._readers: list[sqlite3.Connection] = []
        self._watcher: sqlite3.Connection | None = None

    @classmethod
    def open(
        cls,
        path: str,
        *,
        must_exist: bool = False,
        allow_network: bool = False,
        clock: Clock | None = None,
        connect: Connect = connect_stdlib,
    ) -> SqliteDatabase:
        """Open a store's file; make it, or bring it up to date, where need be.

        Raises:
            NotFoundError: there is none, and *must_exist*.
            StoreError: it can't be used; the message says why.
        """
        refuse_old_sqlite()
        if path != IN_MEMORY:
            path = str(Path(path).expanduser().absolute())
            prepare_file(Path(path), must_exist=must_exist, allow_network=allow_network)
        database = cls(path, clock=clock, connect=connect)
        try:
            database.prepare_schema()
        except (StoreDamagedError, StoreVersionError):
            database.close_untouched()
            raise
        except BaseException:
            database.close()
            raise
        return database

    def prepare_schema(self) -> None:
        """Bring the schema to this program's version.

        Raises:
            StoreDamagedError: the file is another program's, or no database at all.
            StoreVersionError: a newer sentijob wrote it.
        """
        with self._translated():
            version = insist(self._version)
            if version == SCHEMA_VERSION:
                return
            from sentijob.store.schema import migrate_sqlite

            if self.location != IN_MEMORY:
                insist(lambda: self._writer.execute("PRAGMA journal_mode = WAL"))
            self._set_durable(durable=True)
            migrate_sqlite(self._writer, begin=self._begin_writing, version=self._version)

    def _version(self) -> int:
        """Which schema the file has: 0 for none yet; refuses what isn't ours to touch."""
        connection = self._writer
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        owner = int(connection.execute("PRAGMA application_id").fetchone()[0])
        tables = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
        if owner != APPLICATION_ID and (tables or version):
            raise StoreDamagedError(
                f"{self.location} is a SQLite database, but not sentijob's; name another with --db"
            )
        refuse_newer(version, self.location)
        return version

    @contextmanager
    def read(self) -> Iterator[Connection]:
        if self.location == IN_MEMORY:
            with self._write_lock:
                yield self._writer
            return
        with self._translated():
            try:
                connection = self._readers.pop()
            except IndexError:
                connection = self._connect_reader()
            try:
                connection.execute("BEGIN")
                yield connection
            finally:
                if connection.in_transaction:
                    connection.execute("COMMIT")
                self._readers.append(connection)

    @contextmanager
    def write(self, *, durable: bool = False) -> Iterator[Connection]:
        with self._write_lock, self._translated():
            self._set_durable(durable=durable)
            self._begin_writing()
            try:
                yield self._writer
                self._make_names_last()
                self._writer.execute("COMMIT")
            except BaseException:
                # SQLite may have rolled back by itself, on a full disk for one.
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
                raise

    def _set_durable(self, *, durable: bool) -> None:
        if durable != self._is_durable:
            wanted = "FULL" if durable else "NORMAL"
            insist(lambda: self._writer.execute(f"PRAGMA synchronous = {wanted}"))
            self._is_durable = durable

    def _make_names_last(self) -> None:
        """Have the write-ahead log survive a power cut under its name, before the first commit goes there.

        SQLite syncs a folder only in the process that made the log, and a
        process that merely reads makes one and never syncs.
        """
        if not self._has_lasting_names:
            sync_names(Path(os.path.realpath(self.location)).parent)
            self._has_lasting_names = True

    def _begin_writing(self) -> None:
        # IMMEDIATE: a transaction that reads first and then can't write fails at once, whatever the timeout.
        with self._turns.taken() as is_first:
            insist(lambda: self._writer.execute("BEGIN IMMEDIATE"), is_first=is_first)

    def wall(self, connection: Connection) -> int:  # noqa: ARG002  # a server would be asked
        return self._clock.wall()

    def steady(self, connection: Connection) -> int:  # noqa: ARG002  # a server would be asked
        return self._clock.steady()

    def slot(self) -> int:
        return 0  # there is one writer at a time

    def serialize(self, connection: Connection, *names: str) -> None:
        """Nothing to do: whoever writes is alone."""

    def announce(self, connection: Connection, *, is_work: bool) -> None:
        """Nothing to do: who waits watches the files."""

    def hold_counters(self, connection: Connection) -> None:
        """Nothing to do: whoever writes is alone."""

    def persist(self, action: Callable[[], _T], *, may_repeat: bool = True) -> _T:  # noqa: ARG002  # nothing breaks
        return action()

    def insert(
        self,
        connection: Connection,
        table: str,
        columns: Sequence[str],
        rows: Iterable[Sequence[object]],
        *,
        same: Mapping[str, object],
    ) -> None:
        from sentijob.store.sqlite_bulk import insert_many  # whoever only reads has no use for it

        insert_many(connection, table, columns, rows, same)

    def update_each(
        self,
        connection: Connection,
        table: str,
        change: Change,
        rows: Sequence[Sequence[object]],
        *,
        where: str,
    ) -> int:
        pieces = in_powers_of_two(rows, _UPDATED_AT_ONCE)
        return update_many(connection, table, change, pieces, where=where)

    def attempt(self, connection: Connection, change: Callable[[], bool]) -> bool:
        connection.execute("SAVEPOINT attempt")
        is_right = change()
        if not is_right:
            connection.execute("ROLLBACK TO attempt")
        connection.execute("RELEASE attempt")
        return is_right

    def allocate(self, connection: Connection, table: str, count: int) -> Sequence[int]:
        row = connection.execute(
            "SELECT seq FROM sqlite_sequence WHERE name = ?", (table,)
        ).fetchone()
        first = int(row[0]) + 1 if row else 1
        return range(first, first + count)

    def change_token(self) -> int:
        with self._translated():
            if self.location == IN_MEMORY:
                return self._writer.total_changes
            if self._watcher is None:
                self._watcher = self._connect_reader()
            return int(self._watcher.execute("PRAGMA data_version").fetchone()[0])

    def check(self) -> Sequence[str]:
        with self._translated(), self._write_lock:
            rows = self._writer.execute("PRAGMA integrity_check(20)").fetchall()
        lines = [line for row in rows for line in row[0].splitlines()]
        return [line for line in lines if line != "ok" and not line.startswith("***")]

    def worries(self) -> Sequence[str]:
        return ()  # every connection sets what it needs

    def backup(self, target: Path) -> None:
        from sentijob.store.sqlite_backup import copy_to_new_file

        with self.read() as source:
            copy_to_new_file(cast("sqlite3.Connection", source), target)

    def vacuum(self) -> None:
        with self._write_lock, self._translated():
            self._writer.execute("VACUUM")
            self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        with self._write_lock:
            for connection in (*self._readers, *filter(None, [self._watcher]), self._writer):
                with suppress(sqlite3.Error):
                    connection.close()
            self._readers.clear()
            self._turns.close()

    def close_untouched(self) -> None:
        """Close a file that isn't ours to write.

        Whoever closes a file last writes its log back into it. While another
        connection looks, that isn't us; and one that may only read can't.
        """
        with suppress(sqlite3.Error, OSError):
            if Path(f"{os.path.realpath(self.location)}-wal").stat().st_size:
                witness = self._connect(f"{Path(self.location).as_uri()}?mode=ro")
                witness.execute("SELECT 1 FROM sqlite_schema").fetchone()
                self.close()
                witness.close()
        self.close()

    def _connect_reader(self) -> sqlite3.Connection:
        """A reader never waits for a writer, only for the rare moments of recovery; SQLite's own waiting will do."""
        connection = connected(self._connect, self.location)
        connection.execute(f"PRAGMA busy_timeout = {int(PATIENCE_SECONDS * 1000)}")
        return connection

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as exc:
            raise in_our_words(exc, self.location) from exc
