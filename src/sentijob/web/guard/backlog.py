"""A full queue takes no more texts."""

from __future__ import annotations

from http import HTTPStatus

from starlette.types import ASGIApp, Receive, Scope, Send

from sentijob.errors import QueueFullError
from sentijob.web.guard.asgi import refuse
from sentijob.web.room import Room

TAKES_TEXTS = frozenset({"/predict", "/batches"})
RETRY_SECONDS = 10


class Backlog:
    """Answers 429 to new texts while the queue has no room."""

    def __init__(self, app: ASGIApp, *, room: Room) -> None:
        self.app = app
        self._room = room

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "POST" and scope["path"] in TAKES_TEXTS:
            try:
                await self._room.check()
            except QueueFullError as exc:
                headers = {"Retry-After": str(RETRY_SECONDS)}
                status = HTTPStatus.TOO_MANY_REQUESTS
                await refuse(scope, receive, send, status, str(exc), headers=headers)
                return
        await self.app(scope, receive, send)
