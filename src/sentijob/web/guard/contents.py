"""``POST /predict`` takes JSON that says so: a form of another page can't, without asking first."""

from __future__ import annotations

from http import HTTPStatus

from starlette.types import ASGIApp, Receive, Scope, Send

from sentijob.web.guard.asgi import header, refuse

JSON_ALONE = frozenset({"/predict"})


class Contents:
    """Answers 415 where JSON is expected and something else, or nothing, is declared."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if (
            scope["type"] == "http"
            and scope["method"] == "POST"
            and scope["path"] in JSON_ALONE
            and not _is_json(header(scope, b"content-type"))
        ):
            detail = "send JSON, with Content-Type: application/json"
            await refuse(scope, receive, send, HTTPStatus.UNSUPPORTED_MEDIA_TYPE, detail)
            return
        await self.app(scope, receive, send)


def _is_json(content_type: str) -> bool:
    media_type = content_type.partition(";")[0].strip().lower()
    main, _, sub = media_type.partition("/")
    return main == "application" and (sub == "json" or sub.endswith("+json"))
