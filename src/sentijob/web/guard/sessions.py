"""What a browser's cookie stands for: a token that was given once, kept in this process alone."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import timedelta
from http.cookies import CookieError, SimpleCookie
from typing import NamedTuple

from starlette.types import Scope

from sentijob.web.guard.asgi import header

COOKIE = "sentijob_session"
LIFETIME = timedelta(hours=12)
MOST = 1_000


class _Session(NamedTuple):
    secret: str
    ends: float


class Sessions:
    """The server's own; all end when it does. The token itself never leaves for a browser's disk."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._open: OrderedDict[bytes, _Session] = OrderedDict()

    def start(self, secret: str) -> str:
        """A new session's id, for a cookie; the oldest ends where there are too many."""
        session_id = secrets.token_urlsafe(32)
        self._open[_digest(session_id)] = _Session(secret, self._clock() + LIFETIME.total_seconds())
        if len(self._open) > MOST:
            self._open.popitem(last=False)
        return session_id

    def secret(self, session_id: str) -> str:
        """The token that the session was started with; empty where there is none, or no longer."""
        session = self._open.get(_digest(session_id))
        if session is None:
            return ""
        if session.ends <= self._clock():
            self.end(session_id)
            return ""
        return session.secret

    def end(self, session_id: str) -> None:
        """Whether there is one or not."""
        self._open.pop(_digest(session_id), None)


def _digest(session_id: str) -> bytes:
    """What is looked up, so that the time of a look tells nothing of an id."""
    return hashlib.sha256(session_id.encode(errors="replace")).digest()


def session_of(scope: Scope) -> str:
    """The id that a request's cookie holds, empty where it has none."""
    try:
        found = SimpleCookie(header(scope, b"cookie")).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""
