"""Writes in a folder by watchfiles, for systems without inotify."""

from __future__ import annotations

import threading
import time
from collections.abc import Collection
from datetime import timedelta
from pathlib import Path

STEP_MILLISECONDS = 5
"""Between two looks at what the system has reported: a write is seen after one to two steps."""


class WatchedFolder:
    """As :class:`~sentijob.worker.inotify.FolderEvents`, at a hundredth of a core while it waits.

    Raises:
        OSError, RuntimeError: the folder can't be watched.
    """

    def __init__(self, folder: Path, names: Collection[str]) -> None:
        from watchfiles._rust_notify import RustNotify

        self._names = frozenset(names)
        self._woken = threading.Event()
        self._notify = RustNotify([str(folder)], False, False, 300, False, True)  # noqa: FBT003  # its signature is positional

    def wait(self, timeout: timedelta) -> bool:
        """Whether something was written, or :meth:`wake` was called, before *timeout* had passed."""
        deadline = time.monotonic() + timeout.total_seconds()
        while not self._woken.is_set():
            left = int((deadline - time.monotonic()) * 1000)
            if left <= 0:
                return False
            if self._is_news(left):
                return True
        self._woken.clear()
        return True

    def wake(self) -> None:
        """End a wait that is under way, or else the next."""
        self._woken.set()

    def close(self) -> None:
        """Stop watching; nobody may be waiting."""
        self._notify.close()

    def _is_news(self, milliseconds: int) -> bool:
        step = STEP_MILLISECONDS
        changes = self._notify.watch(step, step, milliseconds, self._woken)
        if changes == "signal":
            # It swallows what a signal's handler raised in the main thread.
            raise KeyboardInterrupt
        return not isinstance(changes, str) and any(
            Path(path).name in self._names for _, path in changes
        )
