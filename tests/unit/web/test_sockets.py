from __future__ import annotations

import socket
import subprocess
import sys
from contextlib import closing

import pytest

from sentijob.errors import ConflictError, UsageError
from sentijob.web.sockets import bound, url_of


def test_a_free_port_is_found_and_its_address_told() -> None:
    with closing(bound("127.0.0.1", 0)) as listening:
        url = url_of(listening)
        port = int(url.removeprefix("http://127.0.0.1:"))
        with closing(socket.create_connection(("127.0.0.1", port), timeout=10)):
            pass


def test_a_port_that_is_taken_is_a_conflict_that_says_so() -> None:
    with closing(bound("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        with pytest.raises(ConflictError, match=f"port {port} at 127.0.0.1 is taken"):
            bound("127.0.0.1", port)


def test_a_name_stands_for_its_address() -> None:
    with closing(bound("localhost", 0)) as listening:
        assert url_of(listening).startswith("http://127.0.0.1:")


def test_an_address_of_ipv6_stands_in_brackets() -> None:
    if not socket.has_ipv6:
        pytest.skip("this machine has no IPv6")
    try:
        listening = bound("::1", 0)
    except UsageError:
        pytest.skip("this machine has no IPv6")
    with closing(listening):
        assert url_of(listening).startswith("http://[::1]:")


@pytest.mark.parametrize("host", ["192.0.2.1", "no.such.host.invalid", "a..b", "x" * 70, "\0"])
def test_an_address_that_isnt_this_machines_is_refused_in_a_line(host: str) -> None:
    with pytest.raises(UsageError) as refused:
        bound(host, 0)
    assert "\n" not in str(refused.value)


def test_as_many_files_may_be_open_as_the_system_allows() -> None:
    program = (
        "import resource; from sentijob.web.sockets import allow_many_files;"
        "_, hard = resource.getrlimit(resource.RLIMIT_NOFILE);"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard)); allow_many_files();"
        "print(resource.getrlimit(resource.RLIMIT_NOFILE)[0], hard)"
    )
    told = subprocess.run(  # noqa: S603  # a limit can't be tried on the tests themselves
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    soft, hard = map(int, told.stdout.split())
    assert soft == (65_536 if hard < 0 else min(hard, 65_536))
