"""What ends a waiting worker's or watcher's sleep when somebody commits."""

from __future__ import annotations

import threading
import time
from collections.abc import Set as AbstractSet
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from watchfiles._rust_notify import RustNotify

STEP_MILLISECONDS = 5
"""Between two looks at what the system has reported: a commit is seen after one to two steps."""


class Waker(Protocol):
    """Waits for a commit. One thread waits; any other may :meth:`wake` or :meth:`close`."""

    def wait(self, timeout: timedelta) -> bool:
        """Sleep until the store may have changed: True; or for *timeout*: False.

        A commit since the last wait returned ends the next one at once; so
        look at the store after a wait, never before it alone. The first
        wait may return at once without a commit.
        """
        ...

    def wake(self) -> None:
        """End a wait that is under way, or else the next."""
        ...

    def close(self) -> None:
        """Stop watching; a wait under way ends, and later ones return True at once."""
        ...


class PollWaker:
    """Sleeps, and so never hears of a commit: for stores that can't be watched."""

    def __init__(self) -> None:
        self._woken = threading.Event()
        self._is_closed = False

    def wait(self, timeout: timedelta) -> bool:
        is_woken = self._woken.wait(timeout.total_seconds())
        if not self._is_closed:
            self._woken.clear()
        return is_woken

    def wake(self) -> None:
        self._woken.set()

    def close(self) -> None:
        self._is_closed = True
        self._woken.set()


class CommitWatcher:
    """Watches the folder of a SQLite store for writes to the database and its write-ahead log.

    It never opens either: closing any handle on the database would drop the
    locks that SQLite holds for this process. Watching begins with the first
    wait, and costs nothing between two waits. Where the folder can't be
    watched, it sleeps instead.
    """

    def __init__(self, db_path: Path) -> None:
        self._folder = db_path.absolute().parent
        self._names = {db_path.name, f"{db_path.name}-wal"}
        self._woken = threading.Event()
        self._is_closed = False
        self._notify: RustNotify | None = None
        self._fallback: PollWaker | None = None

    def wait(self, timeout: timedelta) -> bool:
        if self._fallback is not None:
            return self._fallback.wait(timeout)
        if self._notify is None and not self._is_closed:
            self._start()
            return True
        return self._watch(time.monotonic() + timeout.total_seconds())

    def wake(self) -> None:
        self._woken.set()
        if self._fallback is not None:
            self._fallback.wake()

    def close(self) -> None:
        self._is_closed = True
        self._woken.set()
        if self._fallback is not None:
            self._fallback.close()

    def _start(self) -> None:
        from watchfiles._rust_notify import RustNotify

        try:
            self._notify = RustNotify([str(self._folder)], False, False, 300, False, True)  # noqa: FBT003  # its signature is positional
        except (OSError, RuntimeError):
            # Out of watches, or a file system that reports nothing.
            self._fallback = PollWaker()

    def _watch(self, deadline: float) -> bool:
        while not self._woken.is_set():
            left = int((deadline - time.monotonic()) * 1000)
            if left <= 0:
                return False
            if self._is_news(self._changes(left)):
                return True
        if not self._is_closed:
            self._woken.clear()
        return True

    def _changes(self, milliseconds: int) -> AbstractSet[tuple[int, str]] | str:
        assert self._notify is not None  # noqa: S101  # wait starts it
        return self._notify.watch(STEP_MILLISECONDS, STEP_MILLISECONDS, milliseconds, self._woken)

    def _is_news(self, changes: AbstractSet[tuple[int, str]] | str) -> bool:
        if changes == "signal":
            # It swallows what a signal's handler raised in the main thread.
            raise KeyboardInterrupt
        if isinstance(changes, str):
            return False
        return any(Path(path).name in self._names for _, path in changes)
