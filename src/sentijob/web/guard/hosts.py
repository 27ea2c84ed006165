"""The ``Host`` header names this server: a name that was pointed here by somebody else is refused.

So a page elsewhere can't reach a server on loopback by having its own name resolve to 127.0.0.1
(DNS rebinding). An address can't be made to mean another machine; one is taken if the connection
came to it.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from http import HTTPStatus

from starlette.types import ASGIApp, Receive, Scope, Send

from sentijob.web.guard.asgi import is_request, refuse

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def is_loopback(host: str) -> bool:
    """Whether what listens at *host* can be reached from this machine alone."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def bare_host(written: str) -> str:
    """A ``Host`` header's name or address, without brackets and port."""
    host = written.strip().lower()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0].removesuffix(".")


class Hosts:
    """Answers 421 to a request that calls the server by another name, and 400 to one that calls it by none."""

    def __init__(self, app: ASGIApp, *, names: Collection[str]) -> None:
        self.app = app
        self._names = LOOPBACK | {name.lower() for name in names}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not is_request(scope):
            await self.app(scope, receive, send)
            return
        written = [value for key, value in scope["headers"] if key == b"host"]
        if len(written) != 1:
            detail = f"a request needs one Host header, and this has {len(written)}"
            await refuse(scope, receive, send, HTTPStatus.BAD_REQUEST, detail)
            return
        host = bare_host(written[0].decode("latin-1"))
        if host in self._names or _came_to(scope, host):
            await self.app(scope, receive, send)
            return
        detail = "this server has another name; if it is yours, allow it by --allow-host"
        await refuse(scope, receive, send, HTTPStatus.MISDIRECTED_REQUEST, detail)


def _came_to(scope: Scope, host: str) -> bool:
    server = scope.get("server")
    if server is None or server[0] != host:
        return False
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
