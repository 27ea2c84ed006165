"""Connections to a SQLite file: how they are opened, and how a lock is waited for."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from typing import TypeVar

from sentijob.errors import StoreError
from sentijob.store.sqlite_errors import PATIENCE_SECONDS, in_our_words

OLDEST_SQLITE = (3, 35, 0)
"""The first with RETURNING."""
_RETRY_SECONDS = 0.001
_BRIEFLY = 0.01
_LONG_PAUSE, _SHORT_PAUSE = 0.02, 0.005
_LONG_WAIT = 0.5
_T = TypeVar("_T")
Connect = Callable[[str], sqlite3.Connection]
"""Opens a connection on a path or a ``file:`` URI: in autocommit, usable from any thread, never waiting for a lock."""
_PRAGMAS = (
    "PRAGMA trusted_schema = OFF",
    "PRAGMA foreign_keys = ON",
    "PRAGMA journal_size_limit = 67108864",
    "PRAGMA wal_autocheckpoint = 4000",
    "PRAGMA temp_store = MEMORY",
    # Zeroes what is deleted, whole pages too, which FAST would leave on the free list.
    "PRAGMA secure_delete = ON",
    # Where a sync stops at the disk's own cache, as on macOS, go through it.
    "PRAGMA fullfsync = ON",
)


def connect_stdlib(path: str) -> sqlite3.Connection:
    """A connection of the standard library's driver."""
    return sqlite3.connect(
        path,
        isolation_level=None,
        check_same_thread=False,
        timeout=0,
        cached_statements=256,
        uri=True,
    )


def connected(connect: Connect, path: str) -> sqlite3.Connection:
    """A connection set up as every one of a store is.

    Raises:
        StoreError: the file can't be opened.
    """
    try:
        connection = connect(path)
        try:
            for pragma in _PRAGMAS:
                connection.execute(pragma)
            insist(lambda: connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone())
        except BaseException:
            connection.close()
            raise
    except sqlite3.Error as exc:
        raise in_our_words(exc, path) from exc
    return connection


def insist(action: Callable[[], _T], *, is_first: bool = False) -> _T:
    """Do what another process's lock may prevent, trying again and again for as long as we are patient.

    *is_first* where nobody else asks meanwhile, so that asking often does no harm.

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
        time.sleep(_RETRY_SECONDS if is_first else pause(waited))


def pause(waited: float) -> float:
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


def refuse_old_sqlite() -> None:
    """Raises StoreError where Python links a SQLite that lacks what we need."""
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        oldest = ".".join(map(str, OLDEST_SQLITE))
        raise StoreError(
            f"this Python links SQLite {sqlite3.sqlite_version}; sentijob needs {oldest} or later"
        )
