"""SQLite's errors in our words."""

from __future__ import annotations

import sqlite3

from sentijob.errors import StoreBusyError, StoreDamagedError, StoreError, StoreFullError

PATIENCE_SECONDS = 30.0
"""How long anyone waits for another process's lock."""


def in_our_words(exc: sqlite3.Error, location: str) -> StoreError:
    """The error of the tree that says what a driver's error means."""
    said = str(exc)
    if said.startswith(_UNREADABLE_TEXT):
        # The driver goes on to quote the text, which is nobody's business in a log.
        return StoreDamagedError(f"{location} {_DAMAGED} (a text in it is no UTF-8)")
    if said.startswith(_MISSING_PARTS):
        return StoreDamagedError(f"{location} {_DAMAGED} ({said})")
    code = getattr(exc, "sqlite_errorcode", 0)
    kind, words = _MEANINGS.get(code) or _MEANINGS.get(code & 0xFF, (StoreError, "can't be used"))
    return kind(f"{location} {words} ({said})")


_DAMAGED = "is damaged; see `sentijob db check`, and restore a backup"
_UNREADABLE_TEXT = "Could not decode to UTF-8"
_MISSING_PARTS = ("no such table", "no such column")


_WRITE_FAILED = (
    "could not be written; nothing of this step was stored: see whether a quota or a limit on file"
    " sizes (ulimit -f) was met, and check the disk"
)
_UNCERTAIN = (
    "could not be synced to its disk; look whether this step was stored before it is repeated,"
    " and check the disk"
)
_NO_ROOM_TO_OPEN = (
    "can't be opened: its disk has no room for the 32 kB that this takes, or a limit on file"
    " sizes was met; free some and try again"
)
_MEANINGS: dict[int, tuple[type[StoreError], str]] = {
    sqlite3.SQLITE_BUSY: (
        StoreBusyError,
        f"was kept locked by another process for {PATIENCE_SECONDS:g} s; try again",
    ),
    sqlite3.SQLITE_LOCKED: (StoreBusyError, "was locked; try again"),
    sqlite3.SQLITE_FULL: (
        StoreFullError,
        "has no room left on its disk; nothing of this step was stored: free some and try again",
    ),
    sqlite3.SQLITE_IOERR: (
        StoreError,
        "could not be read or written by the disk; nothing of this step was stored: check the disk",
    ),
    # So it says of all that is no plain lack of room.
    sqlite3.SQLITE_IOERR_WRITE: (
        StoreError,
        _WRITE_FAILED,
    ),
    sqlite3.SQLITE_IOERR_FSYNC: (StoreError, _UNCERTAIN),
    sqlite3.SQLITE_IOERR_DIR_FSYNC: (StoreError, _UNCERTAIN),
    sqlite3.SQLITE_IOERR_SHMSIZE: (StoreFullError, _NO_ROOM_TO_OPEN),
    sqlite3.SQLITE_IOERR_SHMMAP: (StoreFullError, _NO_ROOM_TO_OPEN),
    sqlite3.SQLITE_CORRUPT: (
        StoreDamagedError,
        _DAMAGED,
    ),
    sqlite3.SQLITE_NOTADB: (
        StoreDamagedError,
        "is not a SQLite database, or no longer: name another with --db, or restore a backup",
    ),
    sqlite3.SQLITE_READONLY: (
        StoreError,
        "is read-only here; check the permissions of the file and its folder",
    ),
    sqlite3.SQLITE_CANTOPEN: (
        StoreError,
        "can't be opened; check that its folder exists, and the permissions of both",
    ),
    sqlite3.SQLITE_PERM: (StoreError, "may not be accessed"),
    sqlite3.SQLITE_AUTH: (StoreError, "may not be accessed"),
}
