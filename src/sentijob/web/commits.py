"""Commits on the store, heard once by a thread and passed on to any number of tasks."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

from sentijob.errors import SentijobError
from sentijob.worker.wake import Waker

LOOK_AGAIN = timedelta(seconds=1)
"""The longest that anyone waits for news: what only time changes moves too."""
_SHORTEST_NAP = timedelta(milliseconds=2)
_BETWEEN_NEWS = timedelta(milliseconds=5)
"""On a busy store commits are passed on together, so that nobody looks at each."""
_LAST_WAIT = 5.0
"""Seconds for the thread to end, which may be asking a server that is away."""

_log = logging.getLogger(__name__)


class Commits:
    """Tells tasks of one event loop that the store has changed.

    Whoever notes :attr:`number` before a look, and then asks for news since
    it, misses nothing that was committed during the look.
    *change_token* is :meth:`~sentijob.ports.Reading.change_token`, and is asked by nobody else.
    """

    def __init__(self, waker: Waker, change_token: Callable[[], int]) -> None:
        self._waker = waker
        self._change_token = change_token
        self._is_stopping = False
        self._is_answered = True
        self._next: asyncio.Future[None] | None = None
        self.number = 0
        """How many times there was news."""
        self.has_ended = False
        """Whether there will be no more: whoever waits for something is to leave."""

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
            self.end()
            self._is_stopping = True
            self._waker.wake()
            await asyncio.to_thread(thread.join, _LAST_WAIT)
            if not thread.is_alive():
                self._waker.close()

    async def news(self, within: timedelta = LOOK_AGAIN, *, since: int | None = None) -> None:
        """Return when somebody has committed since :attr:`number` was *since*, else was what it is now.

        At the latest after *within*, and at once when all has ended.
        """
        if self._next is None:
            raise RuntimeError("news is heard within Commits.heard() alone")
        if not self.has_ended and (since is None or since == self.number):
            await asyncio.wait([self._next], timeout=within.total_seconds())

    def tell(self) -> None:
        """Have everyone look once more; from the event loop's own thread."""
        self.number += 1
        if self._next is not None and not self._next.done():
            self._next.set_result(None)
            self._next = self._next.get_loop().create_future()

    def end(self) -> None:
        """Send everyone away who waits: the server stops."""
        self.has_ended = True
        self.tell()

    def _listen(self, loop: asyncio.AbstractEventLoop) -> None:
        seen, nap = None, _SHORTEST_NAP
        while not self._is_stopping:
            # A commit wakes when it is written, and shows when it is synced, which wakes nobody: so
            # whoever was woken looks again after ever longer naps.
            is_woken = self._waker.wait(nap)
            nap = _SHORTEST_NAP if is_woken else min(2 * nap, LOOK_AGAIN)
            token = self._token(otherwise=seen)
            if token != seen:
                seen = token
                loop.call_soon_threadsafe(self.tell)
                time.sleep(_BETWEEN_NEWS.total_seconds())

    def _token(self, *, otherwise: int | None) -> int | None:
        """What the store says; *otherwise* where it doesn't answer."""
        try:
            token = self._change_token()
        except SentijobError as exc:
            if self._is_answered:
                _log.warning("commits can't be heard for now: %s", exc)
            self._is_answered = False
            return otherwise
        self._is_answered = True
        return token
