"""What browsers are told about every answer."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sentijob.web.guard.asgi import is_request

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not no-referrer: by that a form's Origin would become null.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
FOR_DATA = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
FOR_PAGES = (
    "default-src 'self'; "
    # NiceGUI starts its page by scripts within it, and Vue compiles templates where they are shown.
    "script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
"""All from this server: a page loads nothing from elsewhere and sends nothing there."""


class SecurityHeaders:
    """Adds them where the application says nothing else."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                _add(MutableHeaders(scope=message))
            await send(message)

        await self.app(scope, receive, send_with_headers if is_request(scope) else send)


def _add(headers: MutableHeaders) -> None:
    for name, value in ALWAYS.items():
        headers.setdefault(name, value)
    is_page = headers.get("content-type", "").startswith("text/html")
    headers.setdefault("Content-Security-Policy", FOR_PAGES if is_page else FOR_DATA)
    # Texts and results stay out of a browser's cache.
    headers.setdefault("Cache-Control", "no-store")
