"""Files to read from: opened once, and only where they are regular files."""

from __future__ import annotations

import os
import stat
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO, Self

from sentijob.errors import InputError

_KINDS = {
    stat.S_IFIFO: "a pipe",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFSOCK: "a socket",
}


class Source(AbstractContextManager["Source"]):
    """An open regular file; all its reading goes through one descriptor, so that a rename can't swap it."""

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self.path = path
        self.file = file

    @property
    def where(self) -> str:
        """Its name in error messages."""
        return str(self.path)

    @property
    def size(self) -> int:
        """Its bytes, as of now."""
        return os.fstat(self.file.fileno()).st_size

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.file.close()


def open_source(path: Path) -> Source:
    """Open *path* for reading.

    Raises:
        InputError: it isn't there, isn't a regular file or can't be read.
    """
    try:
        # Not blocking: opening a pipe would wait for somebody to write to it.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError as exc:
        raise InputError("there is no such file", where=str(path)) from exc
    except OSError as exc:
        raise InputError(f"it can't be read: {exc.strerror}", where=str(path)) from exc
    mode = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(mode):
        os.close(descriptor)
        raise InputError(_refusal(mode), where=str(path))
    return Source(path, os.fdopen(descriptor, "rb"))


def _refusal(mode: int) -> str:
    if stat.S_ISDIR(mode):
        return "this is a folder; name the files in it"
    kind = _KINDS.get(stat.S_IFMT(mode), "no regular file")
    return f"this is {kind}, which can't be read twice; hand it in on stdin, as `-`"
