"""How the page is put beside the API, without taking any of its paths."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import FastAPI
from nicegui import app as pages
from nicegui import core, ui
from starlette.datastructures import Headers, MutableHeaders
from starlette.routing import Match, Mount
from starlette.types import Message, Receive, Scope, Send

from sentijob.web.page.layout import show
from sentijob.web.page.live import Live
from sentijob.web.page.theme import FAVICON
from sentijob.web.services import Services

_ASSETS = ("/_nicegui/", "/_nicegui_ws/")


def mount(app: FastAPI, services: Services) -> None:
    """Have *app* give the page to browsers; once in a process, as NiceGUI has one application for all."""
    live = Live(services)

    @ui.page("/", title="sentijob", language="en-US")
    def page() -> None:
        show(services, live)

    # NiceGUI lets any site talk to a page through its visitor's browser.
    core.sio.eio.cors_allowed_origins = _is_own
    ui.run_with(
        app,
        title="sentijob",
        favicon=FAVICON,
        dark=None,
        language="en-US",
        tailwind=False,
        show_welcome_message=False,
        binding_refresh_interval=None,
        message_history_length=100,
    )
    app.router.routes.pop()  # NiceGUI would answer for every path that the API doesn't have
    app.router.routes.insert(0, _PageMount("", pages))


def _is_own(origin: str | None, environ: Mapping[str, str]) -> bool:
    """Whether a page of this very host asks; the scheme isn't compared, as TLS may end at a proxy."""
    return (origin or "").partition("://")[2].lower() == environ.get("HTTP_HOST", "").lower()


class _PageMount(Mount):
    """The page's own paths, and ``/`` for whoever asks for HTML."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        return super().matches(scope) if _is_for_page(scope) else (Match.NONE, {})

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_varying(message: Message) -> None:
            if message["type"] == "http.response.start" and scope["path"] == "/":
                MutableHeaders(scope=message).append("Vary", "Accept")
            await send(message)

        await super().handle(scope, receive, send_varying)


def _is_for_page(scope: Scope) -> bool:
    if scope["type"] not in {"http", "websocket"}:
        return False
    if scope["path"].startswith(_ASSETS):
        return True
    is_visit = scope["path"] == "/" and scope["type"] == "http" and scope["method"] == "GET"
    return is_visit and "text/html" in Headers(scope=scope).get("accept", "")
