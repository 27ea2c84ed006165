"""The end of a file, and what is written to it later."""

from __future__ import annotations

import os
import sys
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from sentijob.errors import NotFoundError
from sentijob.worker.locks import open_for_reading

_LOOK_EVERY = 0.2


def tail(path: Path, count: int, *, follow: bool) -> Iterator[str]:
    """The last *count* lines; with *follow* also those that come, for ever.

    A file that takes the place of this one is followed from its beginning.

    Raises:
        NotFoundError: there is no such file.
        StoreError: it is a link or no regular file.
    """
    file = _opened(path)
    try:
        yield from (line.rstrip("\n") for line in deque(file, maxlen=count))
        while follow:
            yield from _appended(file, path)
            file.close()
            file = _opened(path)
    finally:
        file.close()


def _opened(path: Path) -> TextIO:
    try:
        return os.fdopen(open_for_reading(path), encoding="utf-8", errors="replace")
    except FileNotFoundError as exc:
        raise NotFoundError(f"there is no log at {path}; no worker was started yet") from exc


def _appended(file: TextIO, path: Path) -> Iterator[str]:
    """Whole lines as they are written, until another file stands at *path*."""
    partial = ""
    is_last = False
    while not is_last:
        is_last = _is_replaced(file, path)  # asked before reading, so that nothing is missed
        *whole, partial = (partial + file.read()).split("\n")
        yield from whole
        sys.stdout.flush()
        if not whole and not is_last:
            time.sleep(_LOOK_EVERY)


def _is_replaced(file: TextIO, path: Path) -> bool:
    try:
        return not os.path.samestat(os.fstat(file.fileno()), path.lstat())
    except FileNotFoundError:
        return False
