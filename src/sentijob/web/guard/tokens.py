"""Who asks has a token, and it allows what is asked.

Programs send it with every request, as ``Authorization: Bearer``; a browser shows the cookie that
:mod:`~sentijob.web.guard.login` gave it for one. ``/health`` alone is open.

Source: RFC 6750, The OAuth 2.0 Authorization Framework: Bearer Token Usage, sections 2.1 and 3.
"""

from __future__ import annotations

from collections.abc import Collection
from http import HTTPStatus
from typing import Protocol

from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from sentijob.tokens import Scope as TokenScope
from sentijob.web.guard.asgi import answer, header, is_request, may_change, refuse
from sentijob.web.guard.login import LOGIN, Login
from sentijob.web.guard.origins import is_same_origin
from sentijob.web.guard.sessions import Sessions, session_of

OPEN = frozenset({"/health"})
LONGEST_SECRET = 256


class Tokens(Protocol):
    """As much of a store as knows its tokens; it compares hashes, in constant time."""

    def authenticate(self, secret: str) -> Collection[TokenScope] | None:
        """The scopes of a token that is valid now, None where there is no such token."""
        ...


class TokensRequired:
    """Answers 401 to whoever has no valid token, and 403 where it allows less than is asked."""

    def __init__(self, app: ASGIApp, *, tokens: Tokens) -> None:
        self.app = app
        self._tokens = tokens
        self._sessions = Sessions()
        self._login = Login(self._scopes, self._sessions)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not is_request(scope) or scope["path"] in OPEN:
            await self.app(scope, receive, send)
        elif scope["type"] == "http" and self._login.answers(scope["path"]):
            await self._login(scope, receive, send)
        else:
            await self._check(scope, receive, send)

    async def _check(self, scope: Scope, receive: Receive, send: Send) -> None:
        secret = _bearer(scope)
        if not secret:
            secret = self._sessions.secret(session_of(scope))
            if secret and may_change(scope) and not is_same_origin(scope):
                detail = "a browser must say that its request comes from this server's own page"
                await refuse(scope, receive, send, HTTPStatus.FORBIDDEN, detail)
                return
        scopes = await self._scopes(secret)
        if scopes is None:
            await _ask_for_token(scope, receive, send, was_given=bool(secret))
            return
        needed = TokenScope.WRITE if may_change(scope) else TokenScope.READ
        if needed not in scopes:
            headers = {"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{needed}"'}
            detail = f"this token may not {needed}"
            await refuse(scope, receive, send, HTTPStatus.FORBIDDEN, detail, headers=headers)
            return
        await self.app(scope, receive, send)

    async def _scopes(self, secret: str) -> Collection[TokenScope] | None:
        """Asked anew each time, so that a token that is revoked ends at once, its sessions too."""
        if not secret or len(secret) > LONGEST_SECRET or not secret.isascii():
            return None
        return await run_in_threadpool(self._tokens.authenticate, secret)


def _bearer(scope: Scope) -> str:
    kind, _, secret = header(scope, b"authorization").partition(" ")
    return secret.strip() if kind.lower() == "bearer" else ""


async def _ask_for_token(scope: Scope, receive: Receive, send: Send, *, was_given: bool) -> None:
    if scope["type"] == "http" and scope["method"] == "GET" and _is_browser(scope):
        await answer(RedirectResponse(LOGIN, HTTPStatus.SEE_OTHER), scope, receive, send)
        return
    error = ' error="invalid_token"' if was_given else ""
    headers = {"WWW-Authenticate": f"Bearer{error}"}
    detail = "send a token: Authorization: Bearer …; `sentijob token create NAME` makes one"
    await refuse(scope, receive, send, HTTPStatus.UNAUTHORIZED, detail, headers=headers)


def _is_browser(scope: Scope) -> bool:
    """Whether a person is likely to look at the answer, so that a form serves them better."""
    return "text/html" in header(scope, b"accept").lower()
