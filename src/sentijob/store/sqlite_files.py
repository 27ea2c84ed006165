"""The files of a SQLite store: made for their owner alone, and synced."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sentijob.errors import ConflictError, NotFoundError, StoreDamagedError, StoreError
from sentijob.files import sync_folder

_CANT_SYNC_FOLDERS = {errno.EINVAL, errno.ENOTSUP, errno.EACCES, errno.EPERM}
"""How some file systems, and folders that we may write to but not list, answer."""


def prepare_file(path: Path, *, must_exist: bool) -> None:
    """Make the folder and an empty file that only its owner can read; SQLite's side files inherit that."""
    try:
        if path.is_dir():
            raise StoreDamagedError(f"{path} is a folder, not a database; name a file with --db")
        if path.exists():
            return
        if must_exist:
            raise NotFoundError(f"there is no store at {path} yet; `sentijob submit` makes one")
        _make_folder(path.parent)
        with suppress(FileExistsError):  # another process was faster
            create_private(path)
    except OSError as exc:
        raise StoreError(
            f"{path} can't be created: {exc.strerror}; name another place with --db"
        ) from exc


def _make_folder(folder: Path) -> None:
    """Make a folder and those above it, so that a power cut takes none of their names."""
    made = [one for one in (folder, *folder.parents) if not one.exists()]
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for one in made:
        sync_names(one.parent)


@contextmanager
def taking_shape(target: Path) -> Iterator[Path]:
    """An empty private file to make a database of, which gets the name *target* when the block ends well.

    When it doesn't, nothing of it remains.

    Raises:
        ConflictError: *target* exists.
        StoreError: it can't be written.
    """
    if target.exists():
        raise ConflictError(f"{target} exists; name a new file")
    unfinished = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        create_private(unfinished)
        yield unfinished
        _sync(unfinished)
        os.link(unfinished, target)
        sync_names(target.parent)
    except FileExistsError as exc:
        raise ConflictError(f"{target} exists; name a new file") from exc
    except OSError as exc:
        raise StoreError(f"{target} can't be written: {exc.strerror}") from exc
    finally:
        for side in ("", "-wal", "-shm", "-journal"):
            Path(f"{unfinished}{side}").unlink(missing_ok=True)


def create_private(path: Path) -> None:
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600))


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_names(folder: Path) -> None:
    """Make the names of a folder's files survive a power cut, where the file system can.

    Raises:
        StoreError: the disk reports an error.
    """
    try:
        sync_folder(folder)
    except OSError as exc:
        if exc.errno in _CANT_SYNC_FOLDERS:
            return
        raise StoreError(f"{folder} can't be synced: {exc.strerror}; check the disk") from exc
