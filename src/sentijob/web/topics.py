"""What many listen to: looked at by one task for all of them, and only while anybody listens.

Listeners are told how things stand, not what has happened. Whoever is slow, or was away, misses
states in between and never the last one.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import NamedTuple

from starlette.concurrency import run_in_threadpool

from sentijob.errors import StoreError
from sentijob.web.commits import Commits

HEARTBEAT = timedelta(seconds=15)
"""Some proxies cut a connection on which nothing passes for longer."""
BETWEEN_LOOKS = timedelta(milliseconds=250)
"""However much happens, it is told of no more often."""
BEAT = b":\n\n"
GREETING = b"retry: 2000\n\n"
"""After a connection is lost, a client comes again so many milliseconds later."""

_log = logging.getLogger(__name__)


class State(NamedTuple):
    """How a topic stands, as it goes over the wire."""

    id: str
    """The same for the same state, whoever looks and whenever."""
    frame: bytes
    """Empty where there is nothing to tell but the end."""
    ending: bytes = b""
    """What follows where it is the last state."""


class Topic:
    """Frames for any number of listeners. *look* tells, in a thread, how things stand."""

    def __init__(
        self,
        look: Callable[[], State],
        commits: Commits,
        *,
        pause: timedelta = BETWEEN_LOOKS,
        heartbeat: timedelta = HEARTBEAT,
    ) -> None:
        self._look = look
        self._commits = commits
        self._pause = pause.total_seconds()
        self._heartbeat = heartbeat.total_seconds()
        self._state: State | None = None
        self._beats = 0
        self._listeners = 0
        self._watching: asyncio.Task[None] | None = None
        self._moved: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def frames(self, last_id: str | None = None) -> AsyncIterator[bytes]:
        """The state, unless it is *last_id*'s; then each new one, and beats between them.

        Ends after a last state, and when the server stops.
        """
        self._listeners += 1
        try:
            watching = self._watched()
            seen, beaten = last_id, self._beats
            yield GREETING
            while not watching.done():
                state = self._state
                if state is not None and state.frame and state.id != seen:
                    seen, beaten = state.id, self._beats
                    yield state.frame
                elif state is not None and state.ending:
                    yield state.ending
                    return
                elif beaten != self._beats:
                    beaten = self._beats
                    yield BEAT
                else:
                    await asyncio.wait([self._moved])
        finally:
            self._listeners -= 1

    def _watched(self) -> asyncio.Task[None]:
        if self._watching is None or self._watching.done():
            self._watching = asyncio.create_task(self._watch())
        return self._watching

    async def _watch(self) -> None:
        try:
            beat_at = time.monotonic() + self._heartbeat
            while self._listeners and not self._commits.has_ended:
                seen = self._commits.number
                await self._look_once()
                if time.monotonic() >= beat_at:
                    beat_at += self._heartbeat
                    self._beats += 1
                    self._move()
                await asyncio.sleep(self._pause)
                await self._commits.news(since=seen)
        except Exception:  # noqa: BLE001 - a bug must not leave those who listen waiting for ever
            _log.exception("events can't be told; who listens is to come again")
        finally:
            self._state = None  # by the time somebody listens again it is old
            self._move()

    async def _look_once(self) -> None:
        try:
            state = await run_in_threadpool(self._look)
        except StoreError:
            return  # it may pass; whoever hears of commits tells of it
        if self._state is None or state.id != self._state.id:
            self._state = state
            self._move()

    def _move(self) -> None:
        """Wake all listeners."""
        moved, self._moved = self._moved, asyncio.get_running_loop().create_future()
        moved.set_result(None)
