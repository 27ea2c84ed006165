"""Files that are locked for the life of a process: the system lets go of them whatever kills it."""

from __future__ import annotations

import os
import stat
import sys
from contextlib import suppress
from pathlib import Path

from sentijob.errors import StoreError
from sentijob.trust import is_ours

if sys.platform == "win32":  # pragma: no cover
    CAN_LOCK = False

    def _flock(fd: int, *, shared: bool) -> bool:  # noqa: ARG001  # the signature of its twin
        return True
else:
    import fcntl

    CAN_LOCK = True
    """Whether this system has flock; where it hasn't, leases alone tell who is dead."""

    def _flock(fd: int, *, shared: bool) -> bool:
        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        try:
            fcntl.flock(fd, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def make_private_folder(folder: Path) -> None:
    """Create a folder that only its owner may enter, or make an existing one so.

    Raises:
        StoreError: it can't be created, or is a link, no folder, or another user's.
    """
    try:
        # A link to nowhere is no folder that exists.
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700, parents=True)
        state = insist_on_own_folder(folder)
        if state.st_mode & 0o077:
            _narrow(folder, state)
    except OSError as exc:
        raise StoreError(f"{folder} can't be used as a folder for locks: {exc.strerror}") from exc


def _narrow(folder: Path, state: os.stat_result) -> None:
    try:
        folder.chmod(0o700)
    except PermissionError:
        # FAT and the like have no modes to change; being looked at does no harm, being filled does.
        if state.st_mode & 0o022:
            raise


def insist_on_own_folder(folder: Path) -> os.stat_result:
    """The state of a folder that nobody else can have filled.

    Raises:
        FileNotFoundError: there is none.
        StoreError: it is a link, no folder, or another user's.
    """
    try:
        state = folder.lstat()
    except FileNotFoundError:
        raise
    except OSError as exc:
        raise StoreError(f"{folder} can't be used as a folder for locks: {exc.strerror}") from exc
    if not stat.S_ISDIR(state.st_mode):
        raise StoreError(f"{folder} is no folder of its own; remove it, or use another store")
    if not is_ours(state):
        raise StoreError(f"{folder} belongs to another user; remove it, or use another store")
    return state


def open_private(path: Path, extra_flags: int = 0) -> int:
    """A descriptor of a file that only its owner may read; created at need, no link is followed.

    Raises:
        StoreError: it can't be opened, or is no regular file.
    """
    try:
        return _opened(path, extra_flags | os.O_RDWR | os.O_CREAT)
    except OSError as exc:
        raise StoreError(f"{path} can't be used: {exc.strerror}; remove it") from exc


def open_for_reading(path: Path) -> int:
    """A descriptor of a file as :func:`open_private` makes it; no link is followed, no pipe waited for.

    Raises:
        FileNotFoundError: there is no such file.
        StoreError: it can't be opened, or is no regular file.
    """
    try:
        return _opened(path, os.O_RDONLY)
    except FileNotFoundError:
        raise
    except OSError as exc:
        raise StoreError(f"{path} can't be read: {exc.strerror}; remove it") from exc


def _opened(path: Path, flags: int) -> int:
    for name in ("O_CLOEXEC", "O_NOFOLLOW", "O_NONBLOCK"):
        flags |= getattr(os, name, 0)
    descriptor = os.open(path, flags, 0o600)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise StoreError(f"{path} is no regular file; remove it")
    return descriptor


def take(fd: int) -> bool:
    """Lock an open file for this process; whether it was free."""
    return _flock(fd, shared=False)


def is_held(path: Path) -> bool:
    """Whether a living process holds the file's lock.

    Raises:
        FileNotFoundError: there is no such file.
        StoreError: it is no regular file, or can't be read.
    """
    fd = open_for_reading(path)
    try:
        # A shared lock, so that two who look at once don't take each other for the holder.
        return not _flock(fd, shared=True)
    finally:
        os.close(fd)
