"""Writing a file so that it is there whole or not at all."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from sentijob.errors import StoreFullError, UsageError

NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
"""How the system says that a disk, a quota or a limit on file sizes is exhausted."""


@contextmanager
def replacing(path: Path, *, is_private: bool = False) -> Iterator[BinaryIO]:
    """A new file to write to, which takes *path*'s place, synced, when the block ends well.

    When it doesn't, nothing of it remains and *path* is as it was. Until
    then it lies beside *path* under a name of its own. A symbolic link
    at *path* is replaced, never followed. A private file is its owner's alone.

    Raises:
        StoreFullError: there is no room left.
        UsageError: *path* can't be written for another reason.
    """
    beside = path.with_name(f".sentijob-{os.urandom(8).hex()}.tmp")
    try:
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        is_anothers = False
        try:
            # Within the try: a signal may end us as soon as the file is there.
            try:
                descriptor = os.open(beside, flags, 0o600 if is_private else 0o666)
            except FileExistsError:
                is_anothers = True
                raise
            with os.fdopen(descriptor, "w+b") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
            sync_folder(path.parent)
        finally:
            if not is_anothers:
                with suppress(FileNotFoundError):
                    beside.unlink()
    except OSError as exc:
        raise cannot_write(path, exc) from exc


def cannot_write(path: Path, exc: OSError) -> StoreFullError | UsageError:
    """What to raise where writing *path* failed with *exc*."""
    if exc.errno in NO_ROOM:
        return StoreFullError(
            f"no room left to write {path}: {exc.strerror}; nothing was kept of it"
        )
    return UsageError(f"{path} can't be written: {exc.strerror or exc}")


def sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
