"""Connections to PostgreSQL: made with patience, kept while idle, given up when they break."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import psycopg
from psycopg.pq import TransactionStatus

from sentijob.store.postgres.errors import is_lasting
from sentijob.store.postgres.url import PostgresUrl

FIRST_PATIENCE = timedelta(seconds=5)
"""How long a server that has never answered is tried: long enough for one that is starting."""
LATER_PATIENCE = timedelta(seconds=30)
"""The same for one that has answered before, and so most likely restarts."""
STATEMENT_TIMEOUT = timedelta(seconds=30)
IDLE_TIMEOUT = timedelta(seconds=5)
"""How long a process that was stopped in the middle of a transaction keeps its locks: none of ours ever rests."""
_FIRST_PAUSE = 0.05
_LONGEST_PAUSE = 1.0


def connect(url: PostgresUrl, *, patience: timedelta) -> psycopg.Connection:
    """A connection that commits by itself, and looks for tables in the store's schema alone.

    Raises:
        psycopg.OperationalError: the server can't be reached within *patience*, or refuses us.
    """
    deadline = time.monotonic() + patience.total_seconds()
    pause = _FIRST_PAUSE
    while True:
        try:
            driver = psycopg.connect(
                url.conninfo,
                autocommit=True,
                connect_timeout=max(int(patience.total_seconds()), 2),
                application_name="sentijob",
            )
        except psycopg.OperationalError as exc:
            if is_lasting(exc) or time.monotonic() + pause > deadline:
                raise
            time.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
        else:
            _prepare(driver, url)
            return driver


def _prepare(driver: psycopg.Connection, url: PostgresUrl) -> None:
    statement = int(STATEMENT_TIMEOUT.total_seconds() * 1000)
    idle = int(IDLE_TIMEOUT.total_seconds() * 1000)
    driver.execute(
        f"SET search_path = {url.schema}; SET statement_timeout = {statement};"
        f" SET lock_timeout = {statement};"
        f" SET idle_in_transaction_session_timeout = {idle};"
        " SET client_min_messages = warning"
    )
    # Where a server doesn't wait for its disk unless asked, what is durable has to ask.
    waits = driver.execute("SHOW synchronous_commit").fetchone()
    if waits == ("off",):
        driver.execute("SET synchronous_commit = on")


class Connections:
    """Idle connections, given out one to a transaction; safe to share between threads."""

    def __init__(self, url: PostgresUrl) -> None:
        self._url = url
        self._idle: list[psycopg.Connection] = []
        self._lock = threading.Lock()
        self._patience = FIRST_PATIENCE

    @contextmanager
    def begun(self, begin: str) -> Iterator[psycopg.Connection]:
        """A connection on which the statement *begin* was carried out.

        It is kept for the next one where it comes back with no transaction open.

        Raises:
            psycopg.Error: none can be had.
        """
        driver = self._begun(begin)
        try:
            yield driver
        finally:
            if driver.info.transaction_status == TransactionStatus.IDLE:
                self._idle.append(driver)
            else:
                driver.close()

    def close(self) -> None:
        """Close what is idle."""
        while (driver := self._pop()) is not None:
            driver.close()

    def _begun(self, begin: str) -> psycopg.Connection:
        # What was idle may have been cut off since, by a restart for one; a new one tells for certain.
        while (driver := self._pop()) is not None:
            try:
                driver.execute(begin)
            except psycopg.OperationalError:
                driver.close()
            else:
                return driver
        driver = connect(self._url, patience=self._patience)
        self._patience = LATER_PATIENCE
        driver.execute(begin)
        return driver

    def _pop(self) -> psycopg.Connection | None:
        with self._lock:
            return self._idle.pop() if self._idle else None
