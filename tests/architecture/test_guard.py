"""Every defence of the web is in place, in its order, and named where SECURITY.md says what it guards from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from starlette.types import ASGIApp

from sentijob.jobs import Counts
from sentijob.settings import load_settings
from sentijob.web.guard import gate
from sentijob.web.guard.gate import guarded

GUARD = Path(gate.__file__).parent
NO_DEFENCES = {"__init__", "asgi", "gate", "login", "sessions"}
"""What defences are made of."""
OUTSIDE = {"connections"}
"""A defence of the server's, before there is a request."""
ORDER = [
    "access",
    "headers",
    "shield",
    "heads",
    "hosts",
    "origins",
    "sharing",
    "rates",
    "bodies",
    "tokens",
    "contents",
    "backlog",
]


class FullStore:
    """As much of a store as the defences ask."""

    def counts(self) -> Counts:
        return Counts()

    def authenticate(self, secret: str) -> None:
        assert secret

    def has_tokens(self) -> bool:
        return True


async def application(*_: object) -> None:
    """Never called."""


def layers(app: ASGIApp) -> Iterator[str]:
    while app is not application:
        module = type(app).__module__
        yield "sharing" if module == "starlette.middleware.cors" else module.rpartition(".")[2]
        app = getattr(app, "app")  # noqa: B009  # NiceGUI follows the same name


def order(host: str, **settings: str) -> list[str]:
    chosen = load_settings({"db": "jobs.db", **settings}, environ={})
    return list(layers(guarded(application, FullStore(), chosen, host=host)))


def test_every_defence_is_in_place_from_the_cheapest_to_the_dearest() -> None:
    assert order("192.0.2.7", allow_origin="https://friend.example") == ORDER


def test_no_defence_is_left_out() -> None:
    modules = {path.stem for path in GUARD.glob("*.py")}
    assert modules == {*ORDER, *NO_DEFENCES, *OUTSIDE}


def test_on_loopback_nothing_but_tokens_and_sharing_is_left_out() -> None:
    usual = [each for each in ORDER if each not in ("tokens", "sharing")]
    for host in ("127.0.0.1", "localhost", "::1"):
        assert order(host) == usual
    assert "tokens" in order("127.0.0.1", require_token="yes")  # noqa: S106  # no password


def test_a_setting_of_nothing_takes_a_bound_away() -> None:
    without = order("127.0.0.1", max_pending="0", rate_limit="0")
    assert not {"backlog", "rates"} & set(without)
