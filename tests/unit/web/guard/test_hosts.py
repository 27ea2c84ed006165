from __future__ import annotations

import pytest
from asgi import Behind, client

from sentijob.web.guard.hosts import Hosts, is_loopback

EVERYWHERE = "0.0.0.0"  # noqa: S104  # nothing listens there


@pytest.mark.parametrize(
    "host",
    ["localhost", "LOCALHOST:8000", "localhost.", "127.0.0.1:80", "[::1]:8000", "jobs.example:1"],
)
def test_names_of_this_machine_and_those_that_were_allowed_reach_the_server(host: str) -> None:
    app = Hosts(Behind(), names={"jobs.example"})
    assert client(app).get("/jobs", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "evil.example:8000",
        "",
        "@",
    ],
)
def test_a_name_that_somebody_else_pointed_here_doesnt(host: str) -> None:
    behind = Behind()
    answer = client(Hosts(behind, names={"127.0.0.1"})).get("/jobs", headers={"Host": host})
    assert (answer.status_code, behind.reached) == (421, [])
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_address_that_a_connection_came_to_is_a_name_but_no_other_address_is() -> None:
    there = client(Hosts(Behind(), names={EVERYWHERE}), base="http://192.0.2.7:8000")
    assert there.get("/").status_code == 200
    assert there.get("/", headers={"Host": "192.0.2.8:8000"}).status_code == 421


def test_a_name_that_the_server_was_reached_by_isnt_trusted_for_that() -> None:
    there = client(Hosts(Behind(), names=()), base="http://evil.example")
    assert there.get("/").status_code == 421


def test_two_hosts_are_none() -> None:
    headers = [("Host", "localhost"), ("Host", "evil.example")]
    assert client(Hosts(Behind(), names=())).get("/", headers=headers).status_code == 400


@pytest.mark.parametrize(
    ("host", "is_own"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("localhost", True),
        (EVERYWHERE, False),
        ("::", False),
        ("192.0.2.7", False),
        ("jobs.example", False),
    ],
)
def test_only_loopback_is_this_machines_alone(host: str, is_own: bool) -> None:  # noqa: FBT001
    assert is_loopback(host) is is_own
