from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from sentijob.worker.sd_notify import READY, notify, watchdog_interval
from sentijob.worker.signals import STOPPING, stopped_by_signals


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[tuple[socket.socket, str]]:
    """A service manager's socket, and its address."""
    address = str(tmp_path / "notify")
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as receiver:
        receiver.bind(address)
        receiver.settimeout(5)
        yield receiver, address


def test_a_state_reaches_the_service_manager(manager: tuple[socket.socket, str]) -> None:
    receiver, address = manager
    notify(READY, {"NOTIFY_SOCKET": address})
    assert receiver.recv(100) == b"READY=1"


def test_without_a_manager_nothing_is_sent_and_a_missing_one_is_passed_over(
    tmp_path: Path,
) -> None:
    notify(READY, {})
    notify(READY, {"NOTIFY_SOCKET": str(tmp_path / "nobody")})


@pytest.mark.parametrize(
    ("environ", "interval"),
    [
        ({}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "30000000"}, timedelta(seconds=15)),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": str(os.getpid())}, timedelta(seconds=15)),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"}, None),
    ],
)
def test_the_watchdog_is_fed_twice_as_often_as_it_asks(
    environ: dict[str, str], interval: timedelta | None
) -> None:
    assert watchdog_interval(environ) == interval


class Obedient:
    def __init__(self) -> None:
        self.orders: list[str] = []

    def request_stop(self) -> None:
        self.orders.append("stop")

    def release_now(self) -> None:
        self.orders.append("release")


@pytest.mark.parametrize("first", STOPPING)
def test_the_first_signal_asks_and_the_second_insists(first: signal.Signals) -> None:
    worker = Obedient()
    before = [signal.getsignal(number) for number in STOPPING]
    with stopped_by_signals(worker):
        signal.raise_signal(first)
        assert worker.orders == ["stop"]
        signal.raise_signal(signal.SIGTERM)
        assert worker.orders == ["stop", "release"]
    assert [signal.getsignal(number) for number in STOPPING] == before
