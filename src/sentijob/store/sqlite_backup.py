"""Making a new SQLite file of what a store holds, whole or not at all."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from sentijob.errors import ConflictError, StoreError, StoreFullError
from sentijob.files import NO_ROOM
from sentijob.store.sqlite_errors import in_our_words
from sentijob.store.sqlite_files import SIDE_FILES, create_private, sync_names

_TARGETS_OWN = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN}
_NO_HARD_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP}
"""What linking a file gives on exFAT and the like."""


def copy_to_new_file(source: sqlite3.Connection, target: Path) -> None:
    """Copy what *source* sees in the transaction that it has begun.

    Raises:
        ConflictError: *target* exists.
        StoreError: it can't be written, or *source* can't be read.
    """
    with taking_shape(target) as unfinished, closing(sqlite3.connect(unfinished)) as copy:
        _copy(source, copy, target)


@contextmanager
def taking_shape(target: Path) -> Iterator[Path]:
    """An empty private file to make a database of, which gets the name *target* when the block ends well.

    When it doesn't, nothing of it remains.

    Raises:
        ConflictError: *target* exists.
        StoreError: it can't be written.
    """
    # A name that nobody can guess, and so none can be in its way.
    unfinished = target.with_name(f".sentijob-{os.urandom(8).hex()}.tmp")
    try:
        if target.exists():
            raise ConflictError(f"{target} exists; name a new file")
        create_private(unfinished)
        yield unfinished
        _sync(unfinished)
        _give_name(unfinished, target)
        sync_names(target.parent)
    except FileExistsError as exc:
        raise ConflictError(f"{target} exists; name a new file") from exc
    except OSError as exc:
        kind = StoreFullError if exc.errno in NO_ROOM else StoreError
        raise kind(f"{target} can't be written: {exc.strerror}; name another place") from exc
    finally:
        for side in ("", *SIDE_FILES):
            with suppress(OSError):  # it may never have come to be
                Path(f"{unfinished}{side}").unlink()


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


def _give_name(unfinished: Path, target: Path) -> None:
    """Put a finished file where there is none yet.

    Raises:
        FileExistsError: something is at *target*, a link perhaps; it is left as it is.
    """
    try:
        os.link(unfinished, target)
    except OSError as exc:
        if exc.errno not in _NO_HARD_LINKS:
            raise
        create_private(target)  # nobody else's from now on
        unfinished.replace(target)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
