"""A body on its way to a file, in bounded memory."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from starlette.concurrency import run_in_threadpool

from sentijob.errors import StoreError, StoreFullError
from sentijob.files import NO_ROOM
from sentijob.places import is_url
from sentijob.settings import Settings

_WRITTEN_AT_ONCE = 1 << 20
"""Bytes that gather for one write, which a thread does."""


class Spool:
    """Bytes as they come, gathered for *file*."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self._gathered = bytearray()

    def take(self, data: bytes) -> None:
        """Have *data* written by one of the next drains."""
        self._gathered += data

    async def drain(self, *, is_last: bool = False) -> None:
        """Write what has gathered, if it is worth it.

        Raises:
            StoreFullError: there is no room for it.
            StoreError: it can't be written for another reason.
        """
        if is_last or len(self._gathered) >= _WRITTEN_AT_ONCE:
            gathered, self._gathered = self._gathered, bytearray()
            await run_in_threadpool(_write, self.file, gathered)


@contextmanager
def spooled(settings: Settings) -> Iterator[Spool]:
    """A spool on a file that has no name and is gone with the block: beside the store, or in the folder for such files."""
    is_file = not is_url(settings.db) and settings.db != ":memory:"
    folder = Path(settings.db).parent if is_file else None
    try:
        file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115  # closed below; what the block raises is no matter of the file's
    except OSError as exc:
        raise _unwritten(exc) from exc
    with file:
        yield Spool(file)


def _write(file: BinaryIO, data: bytes | bytearray) -> None:
    try:
        file.write(data)
        file.flush()
    except OSError as exc:
        raise _unwritten(exc) from exc


def _unwritten(exc: OSError) -> StoreError:
    if exc.errno in NO_ROOM:
        return StoreFullError("no room left for the upload; nothing of it was queued")
    return StoreError(f"the upload can't be kept: {exc.strerror}; nothing of it was queued")
