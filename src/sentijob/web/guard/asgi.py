"""What every defence does with a request: read its headers, and turn it away."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from sentijob.web.problems import problem

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
"""They change nothing. Source: RFC 9110, section 9.2.1."""


def header(scope: Scope, name: bytes) -> str:
    """A request's header, its values joined by commas; empty where it has none."""
    values: list[bytes] = [value for key, value in scope["headers"] if key == name]
    return b",".join(values).decode("latin-1").strip()


def is_request(scope: Scope) -> bool:
    """Whether this is one of a client's, and not the server's own start and end."""
    return scope["type"] in ("http", "websocket")


def may_change(scope: Scope) -> bool:
    """Whether a request may change something: a websocket can do whatever its page can."""
    return scope["type"] == "websocket" or scope["method"] not in SAFE_METHODS


async def refuse(
    scope: Scope,
    receive: Receive,
    send: Send,
    status: HTTPStatus,
    detail: str,
    *,
    headers: Mapping[str, str] | None = None,
) -> None:
    """Answer with a problem; a websocket is turned away before it is opened."""
    await answer(problem(status, detail, headers=headers), scope, receive, send)


async def answer(response: Response, scope: Scope, receive: Receive, send: Send) -> None:
    """Send *response* in the place of what was asked for."""
    if scope["type"] != "websocket" or "websocket.http.response" in scope.get("extensions", {}):
        await response(scope, receive, send)
        return
    await receive()
    await send({"type": "websocket.close", "code": 1008})
