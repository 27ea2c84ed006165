"""The defences in their order, around an application."""

from __future__ import annotations

from typing import Protocol

from starlette.types import ASGIApp

from sentijob.errors import UsageError
from sentijob.settings import Settings
from sentijob.web.guard.access import AccessLog
from sentijob.web.guard.backlog import Backlog
from sentijob.web.guard.bodies import Bodies
from sentijob.web.guard.contents import Contents
from sentijob.web.guard.headers import SecurityHeaders
from sentijob.web.guard.heads import Heads
from sentijob.web.guard.hosts import Hosts, is_loopback
from sentijob.web.guard.origins import Origins
from sentijob.web.guard.rates import Rates
from sentijob.web.guard.sharing import shared
from sentijob.web.guard.shield import Shield
from sentijob.web.guard.tokens import Tokens, TokensRequired
from sentijob.web.room import Counted, Room


class Guarding(Counted, Tokens, Protocol):
    """As much of a store as the defences need."""

    def has_tokens(self) -> bool:
        """Whether any token of the store is valid now."""
        ...


def needs_token(settings: Settings, host: str) -> bool:
    """Whether whoever asks a server that listens at *host* must have a token."""
    return settings.require_token or not is_loopback(host)


def check_exposure(store: Guarding, settings: Settings, host: str) -> None:
    """Refuse to listen where nobody could be let in.

    Raises:
        UsageError: tokens are needed, and the store has none.
    """
    if needs_token(settings, host) and not store.has_tokens():
        why = (
            "a token is required" if is_loopback(host) else f"{host} can be reached from elsewhere"
        )
        raise UsageError(
            f"{why}, and this store has no token that is valid; `sentijob token create NAME` makes "
            "one, and --host 127.0.0.1 serves this machine alone"
        )


def guarded(app: ASGIApp, store: Guarding, settings: Settings, *, host: str) -> ASGIApp:
    """*app*, to be served at *host*: what comes in is checked from the cheapest defence to the dearest."""
    app = Backlog(app, room=Room(store, settings.max_pending)) if settings.max_pending else app
    app = Contents(app)
    app = TokensRequired(app, tokens=store) if needs_token(settings, host) else app
    app = Bodies(app, largest_upload=settings.max_body, timeout=settings.client_timeout)
    app = Rates(app, rate=settings.rate_limit) if settings.rate_limit else app
    app = shared(app, origins=settings.allow_origin)
    app = Origins(app, allowed=settings.allow_origin)
    app = Hosts(app, names={host, *settings.allow_host})
    app = Heads(app)
    app = Shield(app)
    app = SecurityHeaders(app)
    return AccessLog(app)
