"""A request's head has a size, so that it can't be used to fill the memory."""

from __future__ import annotations

from http import HTTPStatus

from starlette.types import ASGIApp, Receive, Scope, Send

from sentijob.web.guard.asgi import is_request, refuse

LARGEST_HEAD = 32 * 2**10
MOST_HEADERS = 100


class Heads:
    """Answers 431 to too many or too large headers, and 414 to too long an address."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if is_request(scope):
            size = sum(len(name) + len(value) for name, value in scope["headers"])
            if size > LARGEST_HEAD or len(scope["headers"]) > MOST_HEADERS:
                detail = f"headers may be {MOST_HEADERS}, and {LARGEST_HEAD} bytes together"
                status = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
                await refuse(scope, receive, send, status, detail)
                return
            if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > LARGEST_HEAD // 2:
                detail = f"an address may have {LARGEST_HEAD // 2} bytes"
                await refuse(scope, receive, send, HTTPStatus.REQUEST_URI_TOO_LONG, detail)
                return
        await self.app(scope, receive, send)
