"""A form that takes a token once and gives a browser a cookie for it.

The token never stands in an address, which would end up in histories and logs.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from html import escape
from http import HTTPStatus
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from sentijob.tokens import Scope as TokenScope
from sentijob.web.guard.asgi import header
from sentijob.web.guard.origins import is_same_origin
from sentijob.web.guard.sessions import COOKIE, LIFETIME, Sessions, session_of
from sentijob.web.problems import problem

LOGIN, LOGOUT = "/login", "/logout"
LARGEST_FORM = 4096
PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>sentijob</title>
<style>
  body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 28rem; margin: 15vh auto; padding: 0 1rem }}
  input, button {{ font: inherit; padding: .4rem .6rem; width: 100%; box-sizing: border-box; margin: .4rem 0 }}
  [role=alert] {{ color: #b00020 }}
</style>
<h1>sentijob</h1>
<form method="post" action="/login">
<p role="alert">{complaint}</p>
<label for="token">A token that may write; <code>sentijob token create NAME --scope write</code> makes one.</label>
<input id="token" name="token" type="password" autocomplete="current-password" required autofocus>
<button>Log in</button>
</form>
<p>Logged in already? Go to <a href="/">the page</a>.</p>
</html>
"""


class Login:
    """Answers ``/login`` and ``/logout``."""

    def __init__(
        self, scopes: Callable[[str], Awaitable[Collection[TokenScope] | None]], sessions: Sessions
    ) -> None:
        self._scopes = scopes
        self._sessions = sessions

    def answers(self, path: str) -> bool:
        return path in (LOGIN, LOGOUT)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._response(Request(scope, receive))
        await response(scope, receive, send)

    async def _response(self, request: Request) -> Response:
        if request.method == "POST":
            if not is_same_origin(request.scope):
                return problem(HTTPStatus.FORBIDDEN, "log in by this server's own page")
            return await self._log_in(request) if request.url.path == LOGIN else self._out(request)
        if request.method == "GET" and request.url.path == LOGIN:
            return _page()
        return problem(HTTPStatus.METHOD_NOT_ALLOWED, "see /login", headers={"Allow": "POST"})

    async def _log_in(self, request: Request) -> Response:
        secret = _token_in(await _form(request))
        scopes = await self._scopes(secret)
        if scopes is None:
            return _page("There is no such token, or no longer.", HTTPStatus.UNAUTHORIZED)
        if TokenScope.WRITE not in scopes:
            return _page("This token may read only.", HTTPStatus.FORBIDDEN)
        self._sessions.end(session_of(request.scope))
        response = RedirectResponse("/", HTTPStatus.SEE_OTHER)
        response.set_cookie(
            COOKIE,
            self._sessions.start(secret),
            max_age=int(LIFETIME.total_seconds()),
            httponly=True,
            samesite="strict",
            secure=header(request.scope, b"origin").lower().startswith("https:"),
        )
        return response

    def _out(self, request: Request) -> Response:
        self._sessions.end(session_of(request.scope))
        response = RedirectResponse(LOGIN, HTTPStatus.SEE_OTHER)
        response.delete_cookie(COOKIE, httponly=True, samesite="strict")
        return response


async def _form(request: Request) -> bytes:
    """What was filled in; nothing of it where it is larger than the form can be."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST_FORM:
            return b""
    return body


def _token_in(form: bytes) -> str:
    return parse_qs(form.decode("latin-1")).get("token", [""])[0].strip()


def _page(complaint: str = "", status: HTTPStatus = HTTPStatus.OK) -> Response:
    return HTMLResponse(PAGE.format(complaint=escape(complaint)), status)
