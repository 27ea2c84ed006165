"""A page of another site can't use the server through the browser of somebody who can.

Browsers say by ``Origin`` and ``Sec-Fetch-Site`` which page a request comes from; programs send
neither. What a foreign page sends is refused, reading too, but for following a link.

Source: Fetch Metadata Request Headers, W3C; the resource isolation policy of web.dev/fetch-metadata.
"""

from __future__ import annotations

from collections.abc import Collection
from http import HTTPStatus

from starlette.types import ASGIApp, Receive, Scope, Send

from sentijob.web.guard.asgi import header, is_request, may_change, refuse

_OWN = frozenset({"same-origin", "none"})
"""``none``: a bookmark, or an address typed by hand."""


def is_same_origin(scope: Scope) -> bool:
    """Whether a browser says that the request comes from a page of this server.

    The scheme isn't compared: TLS may end at a proxy. The host is one that
    :class:`~sentijob.web.guard.hosts.Hosts` let in.
    """
    scheme, _, host = header(scope, b"origin").lower().partition("://")
    return scheme in ("http", "https") and host == header(scope, b"host").lower()


class Origins:
    """Answers 403 to what a page of an origin sends that is neither this server's own nor *allowed*."""

    def __init__(self, app: ASGIApp, *, allowed: Collection[str]) -> None:
        self.app = app
        self._allowed = frozenset(allowed)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if is_request(scope) and self._is_foreign(scope):
            detail = "a page of another site may not use this server; --allow-origin lets one"
            await refuse(scope, receive, send, HTTPStatus.FORBIDDEN, detail)
            return
        await self.app(scope, receive, send)

    def _is_foreign(self, scope: Scope) -> bool:
        origin = header(scope, b"origin").lower()
        if origin:
            return not is_same_origin(scope) and origin not in self._allowed
        site = header(scope, b"sec-fetch-site").lower()
        if not site or site in _OWN:
            return False
        return may_change(scope) or header(scope, b"sec-fetch-mode").lower() != "navigate"
