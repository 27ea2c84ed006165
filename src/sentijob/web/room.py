"""Whether the queue has room: a text that can't be scored for days had better wait at its sender."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Protocol

from starlette.concurrency import run_in_threadpool

from sentijob.errors import QueueFullError
from sentijob.jobs import Counts

LOOK_AGAIN = 0.25
"""Seconds that a count serves: thousands of texts a second don't each ask for it."""


class Counted(Protocol):
    """As much of a store as tells how full it is, without a scan."""

    def counts(self) -> Counts: ...


class Room:
    """Room for *most* jobs that wait; 0 is room for any."""

    def __init__(
        self, store: Counted, most: int, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._store = store
        self._most = most
        self._clock = clock
        self._pending = 0
        self._looked = -LOOK_AGAIN
        self._looking = asyncio.Lock()

    async def check(self) -> None:
        """Return if there is room for a text.

        Raises:
            QueueFullError: there is none.
        """
        if not self._most:
            return
        async with self._looking:
            if self._clock() - self._looked >= LOOK_AGAIN:
                self._pending = (await run_in_threadpool(self._store.counts)).pending
                self._looked = self._clock()
        if self._pending >= self._most:
            raise QueueFullError(
                f"{self._most} jobs wait already; try again when some of them are scored"
            )
