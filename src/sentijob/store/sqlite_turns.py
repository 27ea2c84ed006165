"""Turns at a file: whoever came first writes next, and only that one asks whether the lock is free.

SQLite hands its lock to whoever happens to ask just when it is free. Of several who write all the time the one
that has it would mostly have it again, and the others would all keep a processor busy with asking. So a writer
first takes its turn, by a lock that the system hands on in order, and lets go of it once it has SQLite's.
Nothing is wrong without: where turns can't be taken, or whoever has one stalls, writers ask all by themselves.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sentijob.trust import is_ours

if sys.platform == "win32":  # pragma: no cover
    CAN_TAKE_TURNS = False
else:
    import fcntl

    CAN_TAKE_TURNS = True

PATIENCE_SECONDS = 2.0
"""How long to wait for a turn; it is held for no longer than one transaction, unless its process stalls."""


class Turns:
    """One writer's turns at the database in *folder*, whose lock stands for it; None where there is none.

    Folders that others may look into don't count: they could hold the lock for ever.
    """

    def __init__(self, folder: Path | None, *, patience: float = PATIENCE_SECONDS) -> None:
        self._patience = patience
        self._folder = folder if CAN_TAKE_TURNS and folder and _is_private(folder) else None
        self._fd: int | None = None

    @contextmanager
    def taken(self) -> Iterator[bool]:
        """Hold one's turn, once it has come; False where it isn't known to have."""
        if self._folder is None:
            yield False
            return
        try:
            if self._fd is None:
                self._fd = os.open(self._folder, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            self._folder = None
            yield False
            return
        if _is_free(self._fd):
            try:
                yield True
            finally:
                fcntl.flock(self._fd, fcntl.LOCK_UN)
            return
        waiting = _Waiting(self._folder)
        try:
            yield waiting.arrived(self._patience)
        finally:
            waiting.end()

    def close(self) -> None:
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None


class _Waiting:
    """A place in the queue. The system's own waiting can't be cut short, so a thread of its own does it."""

    def __init__(self, folder: Path) -> None:
        self._fd = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
        self._is_over = False
        self._lock = threading.Lock()
        self._has_arrived = threading.Event()
        threading.Thread(target=self._wait, name="sentijob-turn", daemon=True).start()

    def arrived(self, seconds: float) -> bool:
        """Wait so long for the turn; whether it came."""
        return self._has_arrived.wait(seconds)

    def end(self) -> None:
        """Let go of the turn, or of the place in the queue as soon as it comes."""
        with self._lock:
            self._is_over = True
            if self._has_arrived.is_set():
                os.close(self._fd)

    def _wait(self) -> None:
        with suppress(OSError):
            fcntl.flock(self._fd, fcntl.LOCK_EX)
        with self._lock:
            self._has_arrived.set()
            if self._is_over:
                os.close(self._fd)


def _is_free(fd: int) -> bool:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _is_private(folder: Path) -> bool:
    try:
        state = folder.stat()
    except OSError:
        return False
    return is_ours(state) and not state.st_mode & 0o077
