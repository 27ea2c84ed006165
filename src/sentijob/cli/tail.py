"""The end of a file, and what is written to it later."""

from __future__ import annotations

import sys
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from sentijob.errors import NotFoundError

_LOOK_EVERY = 0.2


def tail(path: Path, count: int, *, follow: bool) -> Iterator[str]:
    """The last *count* lines; with *follow* also those that come, for ever.

    A file that takes the place of this one is gone on with from its beginning.

    Raises:
        NotFoundError: there is no such file.
    """
    try:
        file = path.open(encoding="utf-8", errors="replace")
    except FileNotFoundError as exc:
        raise NotFoundError(f"there is no log at {path}; no worker was started yet") from exc
    with file:
        yield from (line.rstrip("\n") for line in deque(file, maxlen=count))
        if not follow:
            return
        partial = ""
        while not _is_replaced(path, file.fileno()):
            partial += file.read()
            *whole, partial = partial.split("\n")
            yield from whole
            sys.stdout.flush()
            time.sleep(_LOOK_EVERY)
    yield from tail(path, sys.maxsize, follow=True)
