"""Copying a SQLite database that is in use to a new file, whole or not at all."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sentijob.errors import ConflictError, StoreError, StoreFullError
from sentijob.files import NO_ROOM
from sentijob.store.sqlite_errors import in_our_words
from sentijob.store.sqlite_files import create_private, sync, sync_names

_TARGETS_OWN = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN}


def copy_to_new_file(source: sqlite3.Connection, target: Path) -> None:
    """Copy what *source* sees in the transaction that it has begun.

    Raises:
        ConflictError: *target* exists.
        StoreError: it can't be written, or *source* can't be read.
    """
    if target.exists():
        raise ConflictError(f"{target} exists; name a new file")
    unfinished = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        create_private(unfinished)
        with closing(sqlite3.connect(unfinished)) as copy:
            _copy(source, copy, target)
        sync(unfinished)
        os.link(unfinished, target)
        sync_names(target.parent)
    except FileExistsError as exc:
        raise ConflictError(f"{target} exists; name a new file") from exc
    except OSError as exc:
        kind = StoreFullError if exc.errno in NO_ROOM else StoreError
        raise kind(f"{target} can't be written: {exc.strerror}; name another place") from exc
    finally:
        for leftover in (unfinished, unfinished.with_name(f"{unfinished.name}-journal")):
            leftover.unlink(missing_ok=True)


def _copy(source: sqlite3.Connection, copy: sqlite3.Connection, target: Path) -> None:
    """Copy a database; what fails for want of room or access is said of the *target*.

    The reader's transaction pins what is read: else every commit of a worker would begin the copy anew.
    """
    try:
        source.backup(copy, pages=4096, sleep=0.001)
        copy.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error as exc:
        if getattr(exc, "sqlite_errorcode", 0) & 0xFF in _TARGETS_OWN:
            raise in_our_words(exc, f"the backup {target}") from exc
        raise
