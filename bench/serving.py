"""How many texts a server takes from many clients at once, and what it still knows of them: `sentijob serve` and its ancestor.

All clients post at once, each its own texts, one after the other; one process makes them
(``http_clients.py``), another serves, and a worker drains meanwhile. Each is measured undisturbed,
and with its server killed (SIGKILL) and started again at half-time. When nothing moves any more, each
acknowledged job is looked up: *open for ever* says that it got no result though the server had come
back, *gone* that it isn't in the database. Figures of one run, one server after the other.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from time import monotonic, sleep
from typing import NamedTuple

from harness import Goal, Table, publish
from http_clients import Outcome
from sites import OPEN, Server, Site, ancestors_site, free_port, our_site

QUIET = 10.0
"""Seconds in which no job becomes final: then what is open stays open."""
PACKAGES = ("fastapi", "starlette", "uvicorn", "sqlalchemy")
LOOK = 0.5
"""Seconds between two looks at what is open."""


class Contender(NamedTuple):
    """What is measured, by its name."""

    name: str
    is_ours: bool
    opened: Callable[[], AbstractContextManager[Site]]


class Measured(NamedTuple):
    """What one run gave."""

    clients: Outcome
    down: float
    """Seconds from the kill to the first connection that was accepted again."""
    drained: float
    """Seconds from the last answer until nothing moved any more."""
    ends: Mapping[str, int]
    """Of the acknowledged jobs: how many stand where; ``gone`` where there is no such job."""

    @property
    def rate(self) -> float:
        return len(self.clients.acknowledged) / self.clients.seconds

    def answers(self, kind: str) -> int:
        """How many answers had a status that begins with *kind*."""
        return sum(
            number for status, number in self.clients.statuses.items() if status.startswith(kind)
        )

    @property
    def open_for_ever(self) -> int:
        return sum(self.ends.get(status, 0) for status in OPEN)

    @property
    def lost(self) -> int:
        """Acknowledged, and never to have an end."""
        return self.open_for_ever + self.ends.get("gone", 0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="how long clients post [60]")
    parser.add_argument("--clients", type=int, default=200, help="at once [200]")
    parser.add_argument(
        "--models", nargs="+", default=["null", "mini"], help="what our worker runs [null mini]"
    )
    options = parser.parse_args()
    ours = [
        Contender(f"sentijob, {model}", is_ours=True, opened=partial(our_site, model))
        for model in options.models
    ]
    theirs = [
        Contender("the ancestor", is_ours=False, opened=ancestors_site),
        Contender(
            "the ancestor, tuned", is_ours=False, opened=partial(ancestors_site, ANCESTOR_TUNED="1")
        ),
    ]
    measure = partial(measured, clients=options.clients, seconds=options.seconds)
    steady = {one: told(one, measure(one, is_killed=False)) for one in (*ours, *theirs)}
    killed = {one: told(one, measure(one, is_killed=True)) for one in (*ours, *theirs)}
    report(f"{options.clients} clients, {options.seconds:g} s", steady, killed)


def told(one: Contender, given: Measured) -> Measured:
    print(f"{one.name}: {given.rate:,.0f}/s, {dict(given.ends)}", file=sys.stderr, flush=True)
    return given


def measured(one: Contender, *, clients: int, seconds: float, is_killed: bool) -> Measured:
    """One run, on a database of its own."""
    port = free_port()
    with one.opened() as site, Server(site, port) as server:
        server.start()
        load = [Path(__file__).with_name("http_clients.py"), port]
        options = [f"--clients={clients}", f"--seconds={seconds}"]
        with subprocess.Popen(
            [sys.executable, *map(str, load), *options], stdout=subprocess.PIPE, text=True
        ) as posting:
            assert posting.stdout is not None  # noqa: S101 - it is piped
            posting.stdout.readline()
            down = 0.0
            if is_killed:
                sleep(seconds / 2)
                down = server.restart()
            outcome = Outcome(**json.loads(posting.stdout.read()))
        drained = rest(site.count_open)
        found = site.statuses()
    ends = Counter(found.get(job_uuid, "gone") for job_uuid in outcome.acknowledged)
    return Measured(outcome, down, drained, ends)


def rest(count_open: Callable[[], int]) -> float:
    """Wait until no job is open, or none has moved for a while; the seconds until the last one did."""
    began = moved = monotonic()
    before = -1
    while (left := count_open()) and monotonic() - moved < QUIET:
        if left != before:
            before, moved = left, monotonic()
        sleep(LOOK)
    return (monotonic() if not left else moved) - began


Runs = Mapping[Contender, Measured]


def report(what: str, steady: Runs, killed: Runs) -> None:
    best = max(given.rate for one, given in steady.items() if not one.is_ours)
    ours = [given for runs in (steady, killed) for one, given in runs.items() if one.is_ours]
    goals = [
        Goal(
            f"{one.name}: times the ancestor's acknowledged/s, at its best",
            given.rate / best,
            least=1,
        )
        for one, given in steady.items()
        if one.is_ours
    ]
    goals += [
        Goal("sentijob: answers of 5xx", sum(given.answers("5") for given in ours), most=0),
        Goal("sentijob: acknowledged and lost", sum(given.lost for given in ours), most=0),
    ]
    publish(
        "serving",
        {
            name: {one.name: figures(given) for one, given in runs.items()}
            for name, runs in (("steady", steady), ("killed", killed))
        },
        [
            speeds(what, steady),
            fates(what, steady),
            fates(f"{what}, killed at half-time", killed),
        ],
        goals,
        packages=PACKAGES,
    )


def figures(given: Measured) -> Mapping[str, object]:
    """All but the UUIDs."""
    clients = given.clients._asdict() | {"acknowledged": len(given.clients.acknowledged)}
    return {**given._asdict(), "clients": clients, "rate": given.rate}


def speeds(what: str, runs: Runs) -> Table:
    return Table(
        (what, "acknowledged/s", "p50, ms", "p99, ms", "worst, ms", "refused"),
        [
            (
                one.name,
                f"{given.rate:,.0f}",
                *(f"{given.clients.milliseconds[of]:,.0f}" for of in ("p50", "p99", "worst")),
                f"{given.answers('4'):,}",
            )
            for one, given in runs.items()
        ],
    )


def fates(what: str, runs: Runs) -> Table:
    """What became of the acknowledged jobs."""
    return Table(
        (
            what,
            "down, s",
            "5xx",
            "broken",
            "acknowledged",
            "completed",
            "failed",
            "open for ever",
            "gone",
        ),
        [
            (
                one.name,
                f"{given.down:.1f}" if given.down else "-",
                f"{given.answers('5'):,}",
                f"{given.clients.broken:,}",
                f"{len(given.clients.acknowledged):,}",
                *(f"{given.ends.get(of, 0):,}" for of in ("completed", "failed")),
                f"{given.open_for_ever:,}",
                f"{given.ends.get('gone', 0):,}",
            )
            for one, given in runs.items()
        ],
    )


if __name__ == "__main__":
    main()
