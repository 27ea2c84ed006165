"""Commits on the store, heard once by a thread and passed on to any number of tasks."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from sentijob.worker.wake import Waker

LOOK_AGAIN = timedelta(seconds=1)
"""The longest that anyone waits for news: what only time changes moves too."""
_SOON = timedelta(milliseconds=20)
"""After a commit: it wakes when it is written, and can be seen when it is synced."""


class Commits:
    """Tells tasks of one event loop that the store may have changed."""

    def __init__(self, waker: Waker) -> None:
        self._waker = waker
        self._is_stopping = False
        self._next: asyncio.Future[None] | None = None

    @asynccontextmanager
    async def heard(self) -> AsyncIterator[None]:
        """Listen for as long as the block runs."""
        loop = asyncio.get_running_loop()
        self._next = loop.create_future()
        thread = threading.Thread(target=self._listen, args=(loop,), name="commits", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._is_stopping = True
            self._waker.wake()
            await asyncio.to_thread(thread.join)
            self._waker.close()

    async def news(self, within: timedelta = LOOK_AGAIN) -> None:
        """Return when somebody may have committed since this was called, at the latest after *within*."""
        if self._next is None:
            raise RuntimeError("commits are heard within Commits.heard() alone")
        await asyncio.wait([self._next], timeout=within.total_seconds())

    def _listen(self, loop: asyncio.AbstractEventLoop) -> None:
        pause = LOOK_AGAIN
        while not self._is_stopping:
            is_news = self._waker.wait(pause)
            # Whoever looked too early looks once more, soon.
            pause = _SOON if is_news else LOOK_AGAIN
            loop.call_soon_threadsafe(self._announce, loop)

    def _announce(self, loop: asyncio.AbstractEventLoop) -> None:
        due, self._next = self._next, loop.create_future()
        if due is not None and not due.done():
            due.set_result(None)
