"""A connection has deadlines: for a request's head, and for taking what it asked for.

uvicorn has neither; the application isn't called before a head is whole. What is refused here gets
no answer: a client that dawdles for this long doesn't wait for one.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from sentijob.settings import Settings
from sentijob.web.guard.heads import LARGEST_HEAD

UNREAD = timedelta(minutes=5)
"""How long an answer may wait to be taken before its connection is cut."""
_MOST_UNPARSED = 2 * LARGEST_HEAD
"""Bytes of a head that isn't whole yet; up to here it is answered, with 431."""

LARGEST_MESSAGE = 2**20
"""Bytes of one that comes by a page's websocket."""


class PatientProtocol(HttpToolsProtocol):
    """HTTP/1.1 whose patience has an end; make one for a server by :func:`patient`."""

    head_timeout = timedelta(seconds=20)

    def __init__(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 - whatever uvicorn gives
        super().__init__(*args, **options)
        self._head_deadline: asyncio.TimerHandle | None = None
        self._read_deadline: asyncio.TimerHandle | None = None
        self._is_in_head = False
        self._unparsed = 0
        """Bytes since the last that led to anything: a head, or trailers, that don't end."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._await_head()

    def data_received(self, data: bytes) -> None:
        self._unparsed += len(data)
        super().data_received(data)
        if self.transport.get_protocol() is not self:
            return  # a websocket's now, which has no more heads
        if self._unparsed > _MOST_UNPARSED:
            self._cut()
        elif self._is_head_due():
            self._await_head()
        else:
            self._stop_awaiting_head()

    def on_message_begin(self) -> None:
        self._is_in_head = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._is_in_head = False
        self._unparsed = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._unparsed = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._unparsed = 0
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        self._stop_awaiting_head()
        super().handle_websocket_upgrade()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_awaiting_head()
        self._stop_awaiting_reader()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stop_awaiting_reader()
        self._read_deadline = self.loop.call_later(UNREAD.total_seconds(), self._cut)

    def resume_writing(self) -> None:
        self._stop_awaiting_reader()
        super().resume_writing()

    def _is_head_due(self) -> bool:
        """Whether a request is to come, has begun, or was answered before its body ended."""
        return self._is_in_head or self.cycle is None or self.cycle.response_complete

    def _await_head(self) -> None:
        """From its first byte, or the connection's start; later bytes win no time."""
        if self._head_deadline is None:
            seconds = self.head_timeout.total_seconds()
            self._head_deadline = self.loop.call_later(seconds, self._cut)

    def _stop_awaiting_head(self) -> None:
        if self._head_deadline is not None:
            self._head_deadline.cancel()
            self._head_deadline = None

    def _stop_awaiting_reader(self) -> None:
        if self._read_deadline is not None:
            self._read_deadline.cancel()
            self._read_deadline = None

    def _cut(self) -> None:
        self.transport.abort()


def patient(timeout: timedelta) -> type[PatientProtocol]:
    """The protocol of a server that waits so long for a request's head."""

    class ServersProtocol(PatientProtocol):
        head_timeout = timeout

    return ServersProtocol


def server_config(app: ASGIApp, settings: Settings, *, host: str, port: int) -> uvicorn.Config:
    """How uvicorn is to serve *app*, which is guarded: patiently, quietly, and believing no proxy."""
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        http=patient(settings.client_timeout),
        limit_concurrency=settings.max_connections,
        proxy_headers=False,  # anybody could write them
        ws_max_size=LARGEST_MESSAGE,
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=5,
    )
