"""A request's body has a size and a deadline."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sentijob.web.guard.asgi import header, refuse

LARGEST = 2**20
"""Bytes of a body that isn't an upload; the longest text takes 120 kB, all of it escaped."""
UPLOADS = ("/batches", "/_nicegui/")
"""Beginnings of paths that take files; what comes in there isn't gathered in memory."""
TOO_LARGE = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
LEAST_PACE = 512
"""Bytes a second that extend the deadline, so that a large body over a slow line has its time."""


class Bodies:
    """Answers 413 to a body that is too large, and 408 to one that comes too slowly."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        largest_upload: int,
        timeout: timedelta,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.app = app
        self._largest_upload = largest_upload
        self._timeout = timeout.total_seconds()
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        largest = self._largest_upload if scope["path"].startswith(UPLOADS) else LARGEST
        told = header(scope, b"content-length")
        if told.isdecimal() and int(told[:20]) > largest:
            await refuse(scope, receive, send, TOO_LARGE, _size_told(largest))
            return
        body = _Body(scope, receive, send, largest, self._timeout, self._clock)
        try:
            await self.app(scope, body.receive, body.send)
        except Exception:
            # Whoever read on in vain has nothing to say that matters: the client has its answer.
            if not body.is_refused:
                raise


class _Body:
    """One request's, as it comes in; once it is refused, the application sees its client go."""

    def __init__(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        largest: int,
        timeout: float,
        clock: Callable[[], float],
    ) -> None:
        self._scope, self._receive, self._send = scope, receive, send
        self._largest = largest
        self._timeout = timeout
        self._clock = clock
        self._size = 0
        self._waited = 0.0
        self._is_whole = False
        self._has_answered = False
        self.is_refused = False

    async def receive(self) -> Message:
        if self.is_refused:
            return {"type": "http.disconnect"}
        if self._is_whole:
            return await self._receive()  # for news of a disconnect: that has no deadline
        try:
            message = await self._next()
        except TimeoutError:
            return await self._refuse(HTTPStatus.REQUEST_TIMEOUT, "the body came too slowly")
        if message["type"] == "http.request":
            self._size += len(message.get("body", b""))
            self._is_whole = not message.get("more_body", False)
            if self._size > self._largest:
                return await self._refuse(TOO_LARGE, _size_told(self._largest))
        return message

    async def send(self, message: Message) -> None:
        if not self.is_refused:
            self._has_answered = True
            await self._send(message)

    async def _next(self) -> Message:
        """Only waiting for the client counts, not what is done with its bytes in between."""
        began = self._clock()
        left = self._timeout + self._size / LEAST_PACE - self._waited
        if left <= 0:
            raise TimeoutError
        async with asyncio.timeout(left):
            message = await self._receive()
        self._waited += self._clock() - began
        return message

    async def _refuse(self, status: HTTPStatus, detail: str) -> Message:
        self.is_refused = True
        if not self._has_answered:
            is_slow = status is HTTPStatus.REQUEST_TIMEOUT
            # A large body is read to its end and dropped, so that its sender hears why.
            headers = {"Connection": "close"} if is_slow else None
            await refuse(self._scope, self._receive, self._send, status, detail, headers=headers)
        return {"type": "http.disconnect"}


def _size_told(largest: int) -> str:
    return f"a body may have {largest} bytes here; part what is larger"
