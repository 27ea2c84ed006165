"""Files that are locked for the life of a process: the system lets go of them whatever kills it."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

from sentijob.errors import StoreError

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
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        state = folder.lstat()
    except OSError as exc:
        raise StoreError(f"{folder} can't be used as a folder for locks: {exc.strerror}") from exc
    if not stat.S_ISDIR(state.st_mode):
        raise StoreError(f"{folder} is no folder of its own; remove it, or use another store")
    if hasattr(os, "getuid") and state.st_uid not in {os.getuid(), 0}:
        raise StoreError(f"{folder} belongs to another user; remove it, or use another store")
    if state.st_mode & 0o077:
        folder.chmod(0o700)


def open_private(path: Path, extra_flags: int = 0) -> int:
    """A descriptor of a file that only its owner may read; created at need, no link is followed."""
    flags = (
        extra_flags
        | os.O_RDWR
        | os.O_CREAT
        | getattr(os, "O_CLOEXEC", 0)
        | getattr(os, "O_NOFOLLOW", 0)
    )
    return os.open(path, flags, 0o600)


def take(fd: int) -> bool:
    """Lock an open file for this process; whether it was free."""
    return _flock(fd, shared=False)


def is_held(path: Path) -> bool:
    """Whether a living process holds the file's lock.

    Raises:
        FileNotFoundError: there is no such file.
    """
    fd = os.open(path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0))
    try:
        # A shared lock, so that two who look at once don't take each other for the holder.
        return not _flock(fd, shared=True)
    finally:
        os.close(fd)
