"""A file system beneath SQLite on which every change passes the test's eyes before it is made."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, Protocol

import apsw

_numbers = itertools.count()


class Change(NamedTuple):
    """What SQLite is about to do to a file."""

    kind: str
    """``write``, ``truncate``, ``sync``, ``create`` or ``delete``."""
    name: str
    offset: int = 0
    data: bytes = b""
    size: int = 0
    has_names: bool = False
    """Whether a sync or a delete makes the folder's names last too."""


class Disk(Protocol):
    """What stands between SQLite and its files."""

    def change(self, change: Change, make: Callable[[Change], None]) -> None:
        """Make a change, another one, or none; an :class:`apsw.Error` is what SQLite then sees."""
        ...


@contextmanager
def watched(disk: Disk) -> Iterator[str]:
    """The name of a file system whose changes pass *disk*; to be named when a connection is opened."""
    name = f"watched-{next(_numbers)}"
    vfs = _WatchedVfs(name, disk)
    try:
        yield name
    finally:
        vfs.unregister()


class _WatchedVfs(apsw.VFS):
    def __init__(self, name: str, disk: Disk) -> None:
        self._disk = disk
        super().__init__(name, base="")

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:  # noqa: N802  # SQLite's name
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        is_new = path is not None and not Path(path).exists()
        if is_new and path is not None:
            self._disk.change(Change("create", Path(path).name), lambda _: None)
        is_log = bool(flags[0] & (apsw.SQLITE_OPEN_WAL | apsw.SQLITE_OPEN_MAIN_JOURNAL))
        return _WatchedFile(
            name, flags, self._disk, Path(path or "").name, has_names=is_new and is_log
        )

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802, FBT001  # SQLite's name and call
        self._disk.change(
            Change("delete", Path(filename).name, has_names=syncdir),
            lambda _: super(_WatchedVfs, self).xDelete(filename, syncdir),
        )


class _WatchedFile(apsw.VFSFile):
    def __init__(
        self,
        name: str | apsw.URIFilename | None,
        flags: list[int],
        disk: Disk,
        short_name: str,
        *,
        has_names: bool,
    ) -> None:
        self._disk = disk
        self._name = short_name
        self._has_names = has_names
        super().__init__("", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802  # SQLite's name
        def make(change: Change) -> None:
            super(_WatchedFile, self).xWrite(change.data, change.offset)

        self._disk.change(Change("write", self._name, offset, bytes(data)), make)

    def xTruncate(self, newsize: int) -> None:  # noqa: N802  # SQLite's name
        def make(change: Change) -> None:
            super(_WatchedFile, self).xTruncate(change.size)

        self._disk.change(Change("truncate", self._name, size=newsize), make)

    def xSync(self, flags: int) -> None:  # noqa: ARG002, N802  # SQLite's name and call
        # Not carried out: the page cache is disk enough for what ends with this process.
        self._disk.change(Change("sync", self._name, has_names=self._has_names), lambda _: None)
        self._has_names = False
