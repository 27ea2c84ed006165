"""What goes wrong within becomes an answer, and a line in the log that quotes no text.

A bug's traceback is shown without its message, which might quote what was being worked on.
"""

from __future__ import annotations

import logging
import traceback

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sentijob.errors import SentijobError
from sentijob.web.guard.asgi import answer, is_request
from sentijob.web.problems import problem_of
from sentijob.web.templates import route_template

_log = logging.getLogger(__name__)


class Shield:
    """Answers what nobody within has answered: 503 where the store fails, 500 where we do."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not is_request(scope):
            await self.app(scope, receive, send)
            return
        has_answered = False

        async def noted(message: Message) -> None:
            nonlocal has_answered
            has_answered = True
            await send(message)

        try:
            await self.app(scope, receive, noted)
        except Exception as exc:  # noqa: BLE001 - whatever it is, it ends here
            _tell(scope, exc)
            if not has_answered:
                await answer(problem_of(exc), scope, receive, send)


def _tell(scope: Scope, exc: Exception) -> None:
    route = route_template(scope)
    if isinstance(exc, SentijobError):
        _log.warning("%s: %s", route, exc)
        return
    where = "".join(traceback.format_tb(exc.__traceback__))
    _log.error("%s: %s, a bug\n%s", route, type(exc).__name__, where)
