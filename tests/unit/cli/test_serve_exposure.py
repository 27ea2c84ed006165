from __future__ import annotations

from datetime import timedelta

import pytest

from sentijob.cli.exposure import Exposure
from sentijob.errors import SettingsError


def test_by_default_nobody_is_named_and_everything_has_its_bound() -> None:
    settings = Exposure().settings("jobs.db")
    assert (settings.allow_host, settings.allow_origin) == ((), ())
    assert settings.require_token is False
    assert settings.max_body == 100 * 2**20
    assert settings.max_pending == 1_000_000
    assert settings.rate_limit == 100
    assert settings.client_timeout == timedelta(seconds=20)
    assert settings.max_connections == 4096


def test_flags_become_settings() -> None:
    exposure = Exposure(
        allow_host=["Jobs.Example", "192.0.2.7", "[2001:db8::1]"],
        allow_origin=["https://friend.example", "http://localhost:3000"],
        require_token=True,
        max_body="1G",
        max_pending="0",
        rate_limit="5",
        client_timeout="1m",
        max_connections="10",
    )
    settings = exposure.settings("jobs.db")
    assert settings.allow_host == ("jobs.example", "192.0.2.7", "2001:db8::1")
    assert settings.allow_origin == ("https://friend.example", "http://localhost:3000")
    assert settings.require_token is True
    assert (settings.max_body, settings.max_pending, settings.rate_limit) == (2**30, 0, 5)
    assert (settings.client_timeout, settings.max_connections) == (timedelta(minutes=1), 10)
    assert settings.origins["allow_host"] == "--allow-host"


@pytest.mark.parametrize(
    "host", ["*", "*.example", "https://jobs.example", "jobs.example:80", "a b", "user@host"]
)
def test_what_is_no_host_is_refused(host: str) -> None:
    with pytest.raises(SettingsError, match=r"--allow-host.*no host"):
        Exposure(allow_host=[host]).settings("jobs.db")


@pytest.mark.parametrize(
    "origin",
    ["*", "null", "https://*", "https://*.example", "friend.example", "https://", "https://x/path",
     "ftp://x", "https://me@x"],
)  # fmt: skip
def test_an_origin_is_named_and_never_a_wildcard(origin: str) -> None:
    with pytest.raises(SettingsError, match=r"--allow-origin.*no origin"):
        Exposure(allow_origin=[origin]).settings("jobs.db")


@pytest.mark.parametrize(
    "given", [{"max_body": "10"}, {"max_pending": "-1"}, {"client_timeout": "0"}], ids=str
)
def test_a_bound_that_lets_nobody_in_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match=next(iter(given)).replace("_", "-")):
        Exposure(**given).settings("jobs.db")  # type: ignore[arg-type]  # each is a text
