"""One line a request, by its route and never by its address: no text, query or token turns up in a log."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sentijob.web.guard.asgi import is_request
from sentijob.web.templates import route_template

_log = logging.getLogger(__name__)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"})
UNANSWERED = 499
"""For a request whose client went before it was answered."""


class AccessLog:
    """Logs method, route, status and milliseconds once an answer is complete."""

    def __init__(self, app: ASGIApp, *, clock: Callable[[], float] = time.perf_counter) -> None:
        self.app = app
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not is_request(scope):
            await self.app(scope, receive, send)
            return
        status = UNANSWERED
        began = self._clock()

        async def noted(message: Message) -> None:
            nonlocal status
            status = _status(message) or status
            await send(message)

        try:
            await self.app(scope, receive, noted)
        finally:
            took = (self._clock() - began) * 1000
            _log.info("%s %s %d %.1f ms", _method(scope), route_template(scope), status, took)


def _method(scope: Scope) -> str:
    """What isn't a method was written by the client, and might be anything."""
    if scope["type"] == "websocket":
        return "WEBSOCKET"
    return scope["method"] if scope["method"] in METHODS else "?"


def _status(message: Message) -> int | None:
    kind = message["type"]
    if kind in ("http.response.start", "websocket.http.response.start"):
        return int(message["status"])
    if kind == "websocket.accept":
        return 101
    return None
