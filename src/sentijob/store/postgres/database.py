"""PostgreSQL as the store's database: opening, transactions, the server's clock, and its errors in our words.

For any number of machines. Each transaction has a connection of its own; jobs
are locked row by row, and those that somebody else holds are passed over.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import psycopg
from psycopg.sql import SQL

from sentijob.errors import (
    NotFoundError,
    StoreError,
    StoreUnreachableError,
)
from sentijob.store.clock import Clock
from sentijob.store.database import SCHEMA_VERSION, Change, refuse_newer
from sentijob.store.postgres.bulk import insert_many
from sentijob.store.postgres.connection import PostgresConnection
from sentijob.store.postgres.connections import LATER_PATIENCE, Connections
from sentijob.store.postgres.errors import in_our_words
from sentijob.store.postgres.url import PostgresUrl, parse_postgres_url
from sentijob.store.updates import in_pieces, update_many

if TYPE_CHECKING:
    from sentijob.store.database import Connection

OLDEST_SERVER = 130000
"""The first with ``pg_current_snapshot``."""
WORK = "work"
"""What is announced where jobs have come to wait; everything else is announced as :data:`MOVED`."""
MOVED = "moved"

_SLOTS = 16
"""How many writers may count at once."""
_WRITE = "BEGIN"
_WRITE_RELAXED = "BEGIN; SET LOCAL synchronous_commit = off"
_READ = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_NOW_MS = "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint"
_UPDATED_AT_ONCE = 1000
_FIRST_PAUSE = timedelta(milliseconds=100)
_LONGEST_PAUSE = timedelta(seconds=2)
_MUST_BE_ON = ("fsync", "full_page_writes")
_T = TypeVar("_T")


class PostgresDatabase:
    """One schema of a PostgreSQL database, shared by threads, processes and machines."""

    row_lock = "FOR UPDATE OF job"
    row_lock_skipping = "FOR UPDATE OF job SKIP LOCKED"
    veil = ""

    def __init__(self, url: PostgresUrl, *, clock: Clock | None = None) -> None:
        self.url = url
        self.location = url.shown
        self.engine = "PostgreSQL"
        self._clock = clock
        self._connections = Connections(url)
        self._slots = cycle(range(_SLOTS))
        for _ in range(os.getpid() % _SLOTS):  # so that processes don't start with the same one
            next(self._slots)

    @classmethod
    def open(
        cls, url: str, *, must_exist: bool = False, clock: Clock | None = None
    ) -> PostgresDatabase:
        """Open a store; make it, or bring it up to date, where need be.

        With *clock* that tells the time, and not the server.

        Raises:
            NotFoundError: there is none, and *must_exist*.
            StoreError: it can't be used; the message says why.
        """
        database = cls(parse_postgres_url(url), clock=clock)
        try:
            database.prepare_schema(must_exist=must_exist)
        except BaseException:
            database.close()
            raise
        return database

    def prepare_schema(self, *, must_exist: bool) -> None:
        """Bring the schema to this program's version; workers of the one before may run on meanwhile.

        Raises:
            NotFoundError: there is none, and *must_exist*.
            StoreVersionError: a newer sentijob wrote it.
        """
        with self._translated():
            with self._connections.begun(_READ) as driver:
                _refuse_old_server(driver)
                major, minor = divmod(driver.info.server_version, 10000)
                self.engine = f"PostgreSQL {major}.{minor}"
                version = self._version(driver)
                driver.execute("COMMIT")
            if version == SCHEMA_VERSION:
                return
            if version == 0 and must_exist:
                raise NotFoundError(
                    f"there is no store at {self.location} yet; `sentijob submit` makes one"
                )
            from sentijob.store.schema import migrate_postgres

            migrate_postgres(self.url, version=self._version)

    def _version(self, driver: psycopg.Connection) -> int:
        """Which schema there is: 0 for none yet; refuses a newer one."""
        found = driver.execute("SELECT to_regclass('alembic_version') IS NOT NULL").fetchone()
        if found is None or not found[0]:
            return 0
        row = driver.execute("SELECT version_num FROM alembic_version").fetchone()
        version = int(row[0]) if row else 0
        refuse_newer(version, self.location)
        return version

    @contextmanager
    def read(self) -> Iterator[Connection]:
        with self._transaction(_READ) as connection:
            yield connection

    @contextmanager
    def write(self, *, durable: bool = False) -> Iterator[Connection]:
        with self._transaction(_WRITE if durable else _WRITE_RELAXED) as connection:
            yield connection

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[PostgresConnection]:
        with self._translated(), self._connections.begun(begin) as driver:
            try:
                yield PostgresConnection(driver)
                self._commit(driver)
            except BaseException:
                with suppress(psycopg.Error):  # where it broke, the server rolls back by itself
                    driver.execute("ROLLBACK")
                raise

    def _commit(self, driver: psycopg.Connection) -> None:
        try:
            driver.execute("COMMIT")
        except psycopg.OperationalError as exc:
            error = in_our_words(exc, self.location)
            if isinstance(error, StoreUnreachableError):
                error.is_uncertain = True
            raise error from exc

    def wall(self, connection: Connection) -> int:
        return self._server_time(connection) if self._clock is None else self._clock.wall()

    def steady(self, connection: Connection) -> int:
        """The server's wall time: it is all that several machines share."""
        return self._server_time(connection) if self._clock is None else self._clock.steady()

    def _server_time(self, connection: Connection) -> int:
        return int(connection.execute(_NOW_MS).fetchone()[0])

    def slot(self) -> int:
        return next(self._slots)

    def serialize(self, connection: Connection, *names: str) -> None:
        # In one order everywhere, so that two never wait for each other.
        connection.execute(
            "SELECT pg_advisory_xact_lock(lock) FROM (SELECT DISTINCT hashtextextended(name, 0)"
            " AS lock FROM unnest(?::text[]) AS name ORDER BY lock) AS locks",
            ([f"{self.url.schema} {name}" for name in names],),
        )

    def hold_counters(self, connection: Connection) -> None:
        # Whoever moves jobs counts them before the commit, and so comes before this or after.
        connection.execute("LOCK TABLE tally IN EXCLUSIVE MODE")
        connection.execute("SET LOCAL statement_timeout = 0")

    def announce(self, connection: Connection, *, is_work: bool) -> None:
        connection.execute("SELECT pg_notify(?, ?)", (self.url.channel, WORK if is_work else MOVED))

    def allocate(self, connection: Connection, table: str, count: int) -> Sequence[int]:
        rows = connection.execute(
            f"SELECT nextval('{table}_id_seq') FROM generate_series(1, ?)", (count,)
        ).fetchall()
        return sorted(int(row[0]) for row in rows)

    def insert(
        self,
        connection: Connection,
        table: str,
        columns: Sequence[str],
        rows: Iterable[Sequence[Any]],
        *,
        same: Mapping[str, object],
    ) -> None:
        insert_many(cast("PostgresConnection", connection), table, columns, rows, same)

    def update_each(
        self,
        connection: Connection,
        table: str,
        change: Change,
        rows: Sequence[Sequence[Any]],
        *,
        where: str,
    ) -> int:
        return update_many(
            connection, table, change, in_pieces(rows, _UPDATED_AT_ONCE), where=where
        )

    def attempt(self, connection: Connection, change: Callable[[], bool]) -> bool:  # noqa: ARG002  # others write too
        return False

    def persist(self, action: Callable[[], _T], *, may_repeat: bool = True) -> _T:
        deadline = time.monotonic() + LATER_PATIENCE.total_seconds()
        pause = _FIRST_PAUSE
        while True:
            try:
                return action()
            except StoreUnreachableError as exc:
                if time.monotonic() > deadline or (exc.is_uncertain and not may_repeat):
                    raise
            time.sleep(pause.total_seconds())
            pause = min(pause * 2, _LONGEST_PAUSE)

    def change_token(self) -> int:
        # A snapshot differs from an earlier one as soon as what was committed since can be seen.
        with self.read() as connection:
            row = connection.execute(
                "SELECT hashtextextended(pg_current_snapshot()::text, 0)"
            ).fetchone()
            return int(row[0])

    def check(self) -> Sequence[str]:
        """Nothing: the server looks after its pages, and says so where one is broken."""
        return ()

    def worries(self) -> Sequence[str]:
        with self.read() as connection:
            settings = {
                name: connection.execute(f"SHOW {name}").fetchone()[0] for name in _MUST_BE_ON
            }
        return [
            f"{name} is off on the server: a power cut there may lose or break what was stored"
            for name, value in settings.items()
            if value == "off"
        ]

    def backup(self, target: Path) -> None:
        from sentijob.store.postgres.copying import copy_to_sqlite

        copy_to_sqlite(self, target)

    def vacuum(self) -> None:
        with self._translated(), self._connections.begun("SET statement_timeout = 0") as driver:
            for row in driver.execute(
                "SELECT table_name FROM information_schema.tables WHERE table_schema = %s",
                (self.url.schema,),
            ).fetchall():
                driver.execute(SQL(f"VACUUM (ANALYZE) {row[0]}"))
            driver.execute("RESET statement_timeout")

    def close(self) -> None:
        self._connections.close()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except psycopg.Error as exc:
            raise in_our_words(exc, self.location) from exc


def _refuse_old_server(driver: psycopg.Connection) -> None:
    version = driver.info.server_version
    if version < OLDEST_SERVER:
        raise StoreError(
            f"the server is PostgreSQL {version // 10000}; sentijob needs"
            f" {OLDEST_SERVER // 10000} or later"
        )
