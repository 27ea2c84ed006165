"""What ends a waiting worker's or watcher's sleep when somebody commits."""

from __future__ import annotations

import sys
import threading
from datetime import timedelta
from pathlib import Path
from typing import Protocol


class Waker(Protocol):
    """Waits for a commit. One thread waits; any other may :meth:`wake` it."""

    def wait(self, timeout: timedelta) -> bool:
        """Sleep until the store may have changed: True; or for *timeout*: False.

        A commit since the last wait returned ends the next one at once; so
        look at the store after a wait, never before it alone. A commit may
        wake as it is written, and show only when it is synced: whoever does not wait
        for the writer's lock, as a claim does, looks again. The first
        wait may return at once without a commit.
        """
        ...

    def wake(self) -> None:
        """End a wait that is under way, or else the next."""
        ...

    def close(self) -> None:
        """Stop watching; nobody may be waiting. Calling it twice is harmless."""
        ...


class PollWaker:
    """Sleeps, and so never hears of a commit: for stores that can't be watched."""

    def __init__(self) -> None:
        self._woken = threading.Event()

    def wait(self, timeout: timedelta) -> bool:
        is_woken = self._woken.wait(timeout.total_seconds())
        self._woken.clear()
        return is_woken

    def wake(self) -> None:
        self._woken.set()

    def close(self) -> None:
        pass


class CommitWatcher:
    """Watches the folder of a SQLite store for writes to the database and its write-ahead log.

    It never opens either: closing any handle on the database would drop the
    locks that SQLite holds for this process. Watching begins with the first
    wait. Linux has inotify, other systems watchfiles; where neither can
    watch the folder, it sleeps.
    """

    def __init__(self, db_path: Path) -> None:
        self._folder = db_path.absolute().parent
        self._names = (db_path.name, f"{db_path.name}-wal")
        self._source: Waker | None = None

    def wait(self, timeout: timedelta) -> bool:
        if self._source is None:
            self._source = self._begin()
            return True
        return self._source.wait(timeout)

    def wake(self) -> None:
        if self._source is not None:
            self._source.wake()

    def close(self) -> None:
        if self._source is not None:
            self._source.close()
            self._source = None

    def _begin(self) -> Waker:
        try:
            if sys.platform == "linux":
                from sentijob.worker.inotify import FolderEvents

                return FolderEvents(self._folder, self._names)
            from sentijob.worker.folder_watch import WatchedFolder

            return WatchedFolder(self._folder, self._names)
        except (OSError, RuntimeError):
            return PollWaker()  # no watch to spare, or a file system that tells nothing
