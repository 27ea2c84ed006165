"""How long anything stood still, watched from outside while it happened."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection
from types import TracebackType
from typing import Self

from sentijob.errors import StoreError
from sentijob.ports import Store

_LOOK_EVERY = 0.02


class Standstill:
    """The longest time in which jobs were due or held, a worker was alive, and none became final.

    Looks at the store's counters fifty times a second from a thread and a
    connection of its own. *has_worker* says whether anybody could work.
    """

    def __init__(self, store: Store, has_worker: Callable[[], bool]) -> None:
        self._store = store
        self._has_worker = has_worker
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="standstill", daemon=True)
        self.longest = 0.0
        """In seconds."""

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._ending.set()
        self._thread.join()

    def _watch(self) -> None:
        since, finished = time.monotonic(), -1
        while not self._ending.wait(_LOOK_EVERY):
            try:
                counts = self._store.counts()
            except StoreError:
                continue  # a server that is being restarted; the clock runs on
            if counts.is_final or counts.finished != finished or not self._has_worker():
                since, finished = time.monotonic(), counts.finished
            self.longest = max(self.longest, time.monotonic() - since)


def held_by(store: Store, pids: Collection[int]) -> int:
    """How many jobs the workers of these processes hold."""
    return sum(worker.holding for worker in store.workers() if worker.pid in pids)
