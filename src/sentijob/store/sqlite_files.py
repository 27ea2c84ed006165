"""The files of a SQLite store: made for their owner alone, and synced."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from sentijob.errors import NotFoundError, StoreDamagedError, StoreError


def prepare_file(path: Path, *, must_exist: bool) -> None:
    """Make the folder and an empty file that only its owner can read; SQLite's side files inherit that."""
    try:
        if path.is_dir():
            raise StoreDamagedError(f"{path} is a folder, not a database; name a file with --db")
        if path.exists():
            return
        if must_exist:
            raise NotFoundError(f"there is no store at {path} yet; `sentijob submit` makes one")
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(FileExistsError):  # another process was faster
            create_private(path)
    except OSError as exc:
        raise StoreError(
            f"{path} can't be created: {exc.strerror}; name another place with --db"
        ) from exc


def create_private(path: Path) -> None:
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600))


def sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
