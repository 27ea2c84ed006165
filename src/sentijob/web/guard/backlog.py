"""A full queue takes no more: a text that can't be scored for days had better wait at its sender."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Protocol

from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Receive, Scope, Send

from sentijob.jobs import Counts
from sentijob.web.guard.asgi import refuse

TAKES_TEXTS = frozenset({"/predict", "/batches"})
LOOK_AGAIN = 0.25
"""Seconds that a count serves: thousands of texts a second don't each ask for it."""
RETRY_SECONDS = 10


class Counted(Protocol):
    """As much of a store as tells how full it is, without a scan."""

    def counts(self) -> Counts: ...


class Backlog:
    """Answers 429 to new texts while *most* jobs wait already."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        store: Counted,
        most: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.app = app
        self._store = store
        self._most = most
        self._clock = clock
        self._pending = 0
        self._looked = -LOOK_AGAIN
        self._looking = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_text = (
            scope["type"] == "http" and scope["method"] == "POST" and scope["path"] in TAKES_TEXTS
        )
        if is_text and await self._is_full():
            detail = f"{self._most} jobs wait already; try again when some of them are scored"
            headers = {"Retry-After": str(RETRY_SECONDS)}
            status = HTTPStatus.TOO_MANY_REQUESTS
            await refuse(scope, receive, send, status, detail, headers=headers)
            return
        await self.app(scope, receive, send)

    async def _is_full(self) -> bool:
        async with self._looking:
            if self._clock() - self._looked >= LOOK_AGAIN:
                self._pending = (await run_in_threadpool(self._store.counts)).pending
                self._looked = self._clock()
        return self._pending >= self._most
