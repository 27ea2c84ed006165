from __future__ import annotations

import pytest
from asgi import Behind, Clock, client

from sentijob.web.guard.rates import BURST, MOST_KNOWN, Rates

RATE = 5
THERE = "192.0.2.1"


def statuses(app: Rates, address: str, times: int) -> list[int]:
    asking = client(app, address=address)
    return [asking.get("/jobs").status_code for _ in range(times)]


def test_a_burst_is_served_then_what_comes_too_often_is_told_when_to_come_back() -> None:
    app = Rates(Behind(), rate=RATE, clock=Clock())
    assert statuses(app, THERE, RATE * BURST) == [200] * RATE * BURST
    answer = client(app, address=THERE).get("/jobs")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")


def test_whoever_keeps_the_pace_is_served_for_ever() -> None:
    clock = Clock()
    app = Rates(Behind(), rate=RATE, clock=clock)
    for _ in range(100):
        clock.now += 1 / RATE
        assert statuses(app, THERE, 1) == [200]


def test_silence_saves_no_more_than_a_burst() -> None:
    clock = Clock()
    app = Rates(Behind(), rate=RATE, clock=clock)
    statuses(app, THERE, 1)
    clock.now += 10_000
    assert statuses(app, THERE, RATE * BURST + 1)[-1] == 429


def test_others_arent_held_back() -> None:
    app = Rates(Behind(), rate=RATE, clock=Clock())
    assert statuses(app, THERE, RATE * BURST + 1)[-1] == 429
    assert statuses(app, "192.0.2.2", 1) == [200]


@pytest.mark.parametrize("here", ["127.0.0.1", "::1"])
def test_this_machine_isnt_counted(here: str) -> None:
    app = Rates(Behind(), rate=RATE, clock=Clock())
    assert statuses(app, here, 50) == [200] * 50


def test_addresses_of_one_household_count_as_one() -> None:
    app = Rates(Behind(), rate=RATE, clock=Clock())
    got = [statuses(app, f"2001:db8::{number:x}", 1)[0] for number in range(1, 12)]
    assert got == [200] * RATE * BURST + [429]
    assert statuses(app, "2001:db8:0:1::1", 1) == [200]


def test_what_is_remembered_of_addresses_is_bounded() -> None:
    app = Rates(Behind(), rate=RATE, clock=Clock())
    for number in range(MOST_KNOWN + 50):
        app._wait(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")  # noqa: SLF001
    assert len(app._buckets) == MOST_KNOWN  # noqa: SLF001


def test_what_a_client_says_of_its_address_is_worth_nothing() -> None:
    app = Rates(Behind(), rate=RATE, clock=Clock())
    asking = client(app, address=THERE)
    got = [
        asking.get("/", headers={"X-Forwarded-For": f"10.0.0.{number}"}).status_code
        for number in range(RATE * BURST + 1)
    ]
    assert got[-1] == 429
