"""PostgreSQL's errors in our words."""

from __future__ import annotations

import psycopg
from psycopg import errors

from sentijob.errors import (
    StoreBusyError,
    StoreDamagedError,
    StoreError,
    StoreFullError,
    StoreUnreachableError,
)

_MEANINGS: tuple[tuple[tuple[type[psycopg.Error], ...], type[StoreError], str], ...] = (
    (
        (errors.QueryCanceled, errors.LockNotAvailable),
        StoreBusyError,
        "took too long to answer; try again",
    ),
    (
        (errors.DeadlockDetected, errors.SerializationFailure),
        StoreBusyError,
        "was busy with others; try again",
    ),
    (
        (errors.DiskFull,),
        StoreFullError,
        "has no room left on its disk; nothing of this step was stored: free some and try again",
    ),
    (
        (errors.ReadOnlySqlTransaction,),
        StoreError,
        "is read-only here: a standby, or a database that was set so",
    ),
    (
        (errors.InsufficientPrivilege,),
        StoreError,
        "may not be used by this user: grant it CREATE on the database, or name a schema it owns",
    ),
    (
        (errors.DataCorrupted, errors.IndexCorrupted),
        StoreDamagedError,
        "is damaged; restore a backup",
    ),
    (
        (errors.UndefinedTable, errors.UndefinedColumn),
        StoreDamagedError,
        "lacks tables that belong to a store; restore a backup, or name another schema",
    ),
    (
        (psycopg.OperationalError, psycopg.InterfaceError),
        StoreUnreachableError,
        "can't be reached, or the connection broke; is the server running?",
    ),
)
_LASTING = ("authentication failed", "does not exist", "no pg_hba.conf entry", "translate host")


def in_our_words(exc: psycopg.Error, shown_url: str) -> StoreError:
    """The error of the tree that says what a driver's error means."""
    detail = " ".join(str(exc).split())
    if isinstance(exc, psycopg.OperationalError) and is_lasting(exc):
        return StoreError(f"{shown_url} doesn't let us in; mend the URL ({detail})")
    for kinds, kind, words in _MEANINGS:
        if isinstance(exc, kinds):
            return kind(f"{shown_url} {words} ({detail})")
    return StoreError(f"{shown_url} can't be used ({detail})")


def is_lasting(exc: psycopg.OperationalError) -> bool:
    """Whether connecting failed for a reason that waiting won't mend; libpq gives its words alone."""
    return any(words in str(exc) for words in _LASTING)
