"""SQLite as the store's database: opening, pragmas, locking, and its errors in our words."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

from sentijob.errors import (
    ConflictError,
    StoreDamagedError,
    StoreError,
    StoreVersionError,
)
from sentijob.store.clock import Clock, SystemClock
from sentijob.store.rows import marks
from sentijob.store.sqlite_errors import PATIENCE_SECONDS, in_our_words
from sentijob.store.sqlite_files import create_private, prepare_file, sync

if TYPE_CHECKING:
    from sentijob.store.database import Connection

IN_MEMORY = ":memory:"
APPLICATION_ID = 0x53656E74
"""Marks a SQLite file as ours: ``Sent``."""
SCHEMA_VERSION = 1
"""What ``PRAGMA user_version`` says of the schema that this program reads and writes."""
OLDEST_SQLITE = (3, 35, 0)
"""The first with RETURNING."""

_RETRY_SECONDS = 0.001
_BRIEFLY = 0.01
_LONG_PAUSE, _SHORT_PAUSE = 0.02, 0.005
_LONG_WAIT = 0.5
_T = TypeVar("_T")
_PRAGMAS = (
    "PRAGMA trusted_schema = OFF",
    "PRAGMA foreign_keys = ON",
    "PRAGMA journal_size_limit = 67108864",
    "PRAGMA wal_autocheckpoint = 4000",
    "PRAGMA temp_store = MEMORY",
)


class SqliteDatabase:
    """One SQLite file, shared by threads and processes.

    One connection writes, one thread at a time; others read. A writer that finds
    the file locked by another process asks again every few milliseconds: SQLite's own
    waiting doubles its naps, and so a busy worker could keep a submit out for a second.
    """

    row_lock = row_lock_skipping = ""

    def __init__(self, path: str, *, clock: Clock | None = None) -> None:
        self.location = path
        self._clock: Clock = clock or SystemClock()
        self._writer = _connect(path)
        self._write_lock = threading.RLock()
        self._is_durable = True
        self._readers: list[sqlite3.Connection] = []
        self._watcher: sqlite3.Connection | None = None

    @classmethod
    def open(
        cls, path: str, *, must_exist: bool = False, clock: Clock | None = None
    ) -> SqliteDatabase:
        """Open a store's file; make it, or bring it up to date, where need be.

        Raises:
            NotFoundError: there is none, and *must_exist*.
            StoreError: it can't be used; the message says why.
        """
        _refuse_old_sqlite()
        if path != IN_MEMORY:
            path = str(Path(path).expanduser().absolute())
            prepare_file(Path(path), must_exist=must_exist)
        database = cls(path, clock=clock)
        try:
            database.prepare_schema()
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
            version = _insist(self._version)
            if version == SCHEMA_VERSION:
                return
            from sentijob.store.schema import migrate_sqlite

            if self.location != IN_MEMORY:
                _insist(lambda: self._writer.execute("PRAGMA journal_mode = WAL"))
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
        if version > SCHEMA_VERSION:
            raise StoreVersionError(
                f"{self.location} was written by a newer sentijob (schema {version}, this one"
                f" knows {SCHEMA_VERSION}); upgrade sentijob; nothing was changed"
            )
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
                connection = _connect_reader(self.location)
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
                self._writer.execute("COMMIT")
            except BaseException:
                # SQLite may have rolled back by itself, on a full disk for one.
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
                raise

    def _set_durable(self, *, durable: bool) -> None:
        if durable != self._is_durable:
            self._writer.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            self._is_durable = durable

    def _begin_writing(self) -> None:
        # IMMEDIATE: a transaction that reads first and then can't write fails at once, whatever the timeout.
        _insist(lambda: self._writer.execute("BEGIN IMMEDIATE"))

    def wall(self, connection: Connection) -> int:  # noqa: ARG002  # a server would be asked
        return self._clock.wall()

    def steady(self, connection: Connection) -> int:  # noqa: ARG002  # a server would be asked
        return self._clock.steady()

    def slot(self) -> int:
        return 0  # there is one writer at a time

    def serialize(self, connection: Connection, name: str) -> None:
        """Nothing to do: whoever writes is alone."""

    def insert(
        self,
        connection: Connection,
        table: str,
        columns: Sequence[str],
        rows: Iterable[Sequence[object]],
    ) -> None:
        connection.executemany(
            f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks(len(columns))})", rows
        )

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
                self._watcher = _connect_reader(self.location)
            return int(self._watcher.execute("PRAGMA data_version").fetchone()[0])

    def check(self) -> Sequence[str]:
        with self._translated(), self._write_lock:
            rows = self._writer.execute("PRAGMA integrity_check(20)").fetchall()
        return [row[0] for row in rows if row[0] != "ok"]

    def backup(self, target: Path) -> None:
        if target.exists():
            raise ConflictError(f"{target} exists; name a new file")
        unfinished = target.with_name(f".{target.name}.{os.getpid()}.tmp")
        with self._translated():
            try:
                create_private(unfinished)
                with self.read() as source, closing(sqlite3.connect(unfinished)) as copy:
                    # One transaction pins what is read: else every commit of a worker would begin the copy anew.
                    cast("sqlite3.Connection", source).backup(copy, pages=4096, sleep=0.001)
                    copy.execute("PRAGMA journal_mode = DELETE")
                sync(unfinished)
                os.link(unfinished, target)
            except FileExistsError as exc:
                raise ConflictError(f"{target} exists; name a new file") from exc
            except OSError as exc:
                raise StoreError(f"{target} can't be written: {exc.strerror}") from exc
            finally:
                unfinished.unlink(missing_ok=True)

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

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as exc:
            raise in_our_words(exc, self.location) from exc


def _connect(path: str) -> sqlite3.Connection:
    try:
        connection = sqlite3.connect(
            path, isolation_level=None, check_same_thread=False, timeout=0, cached_statements=256
        )
        try:
            for pragma in _PRAGMAS:
                connection.execute(pragma)
            _insist(lambda: connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone())
        except BaseException:
            connection.close()
            raise
    except sqlite3.Error as exc:
        raise in_our_words(exc, path) from exc
    return connection


def _connect_reader(path: str) -> sqlite3.Connection:
    """A reader never waits for a writer, only for the rare moments of recovery; SQLite's own waiting will do."""
    connection = _connect(path)
    connection.execute(f"PRAGMA busy_timeout = {int(PATIENCE_SECONDS * 1000)}")
    return connection


def _insist(action: Callable[[], _T]) -> _T:
    """Do what another process's lock may prevent, trying again and again for as long as we are patient.

    SQLite's own waiting naps longer and longer, and doesn't wait at all where two would wait for each other.
    """
    began = time.monotonic()
    while True:
        try:
            return action()
        except sqlite3.OperationalError as exc:
            waited = time.monotonic() - began
            if exc.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or waited > PATIENCE_SECONDS:
                raise
        time.sleep(_pause(waited))


def _pause(waited: float) -> float:
    """How many seconds to leave a lock alone that was asked for *waited* seconds ago.

    Each asking costs its share of a processor. Fifty who ask every millisecond leave nothing for the one
    who holds the lock, and so a lock that isn't soon free is asked for less often. From then on
    more often again the longer it has been waited for, so that nobody is passed over for ever.
    """
    if waited < _BRIEFLY:
        return _RETRY_SECONDS
    # They began together, and must not ask together.
    jitter = 0.5 + time.monotonic_ns() % 1000 / 1000
    return jitter * max(_LONG_PAUSE * (1 - waited / _LONG_WAIT), _SHORT_PAUSE)


def _refuse_old_sqlite() -> None:
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        oldest = ".".join(map(str, OLDEST_SQLITE))
        raise StoreError(
            f"this Python links SQLite {sqlite3.sqlite_version}; sentijob needs {oldest} or later"
        )
