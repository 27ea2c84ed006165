from __future__ import annotations

import pytest

from sentijob.errors import UsageError
from sentijob.jobs import Counts
from sentijob.settings import load_settings
from sentijob.web.guard.gate import check_exposure, needs_token

EVERYWHERE = "0.0.0.0"  # noqa: S104  # nothing listens there


class FakeStore:
    """A store that has a token, or none."""

    def __init__(self, *, has_token: bool) -> None:
        self._has_token = has_token

    def has_tokens(self) -> bool:
        return self._has_token

    def authenticate(self, secret: str) -> None:
        assert secret

    def counts(self) -> Counts:
        return Counts()


@pytest.mark.parametrize("host", [EVERYWHERE, "::", "192.0.2.7", "jobs.example"])
def test_where_others_can_reach_it_no_server_starts_without_a_token(host: str) -> None:
    settings = load_settings({"db": "jobs.db"}, environ={})
    with pytest.raises(UsageError, match="sentijob token create"):
        check_exposure(FakeStore(has_token=False), settings, host)
    check_exposure(FakeStore(has_token=True), settings, host)
    assert needs_token(settings, host)


def test_on_this_machine_none_is_needed_unless_it_is_required() -> None:
    settings = load_settings({"db": "jobs.db"}, environ={})
    check_exposure(FakeStore(has_token=False), settings, "127.0.0.1")
    assert not needs_token(settings, "localhost")
    required = load_settings({"db": "jobs.db", "require_token": "yes"}, environ={})
    assert needs_token(required, "127.0.0.1")
    with pytest.raises(UsageError, match="a token is required"):
        check_exposure(FakeStore(has_token=False), required, "127.0.0.1")
