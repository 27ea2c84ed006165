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
import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from time import monotonic, perf_counter, sleep
from typing import NamedTuple

from draining import null_model_installed
from harness import (
    SENTIJOB,
    Goal,
    Table,
    publish,
    scratch_store,
    store_of,
    wait_until,
    worker_running,
)
from http_clients import HOST, Outcome

from sentijob.jobs import Selector

QUIET = 10.0
"""Seconds in which no job becomes final: then what is open stays open."""
PACKAGES = ("fastapi", "starlette", "uvicorn", "sqlalchemy")
LOOK = 0.5
"""Seconds between two looks at what is open."""
OPEN = ("pending", "processing")


class Site(NamedTuple):
    """A server that can be started, and its database."""

    command: Sequence[str]
    """What ``--port NUMBER`` completes."""
    env: Mapping[str, str]
    count_open: Callable[[], int]
    statuses: Callable[[], Mapping[str, str]]
    """Where every job in the database stands, by UUID."""


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

    @property
    def server_errors(self) -> int:
        return sum(
            number for status, number in self.clients.statuses.items() if status.startswith("5")
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


@contextmanager
def our_site(model: str) -> Iterator[Site]:
    """`sentijob serve` as it comes, with a worker in a process of its own that scores by *model*."""
    installed = null_model_installed() if model == "null" else nullcontext()
    with installed, scratch_store() as scratch, closing(store_of(scratch)) as store:
        env = {**scratch, "SENTIJOB_MODEL": model}
        if model == "null":
            env["PYTHONPATH"] = os.environ["PYTHONPATH"]

        def count_open() -> int:
            counts = store.counts()
            return counts.pending + counts.processing

        def statuses() -> Mapping[str, str]:
            return {str(job.job_uuid): job.status.value for job in store.each_job(Selector())}

        with worker_running(env, store):
            yield Site([SENTIJOB, "serve"], env, count_open, statuses)


@contextmanager
def ancestors_site(**variables: str) -> Iterator[Site]:
    """The ancestor under uvicorn, which is its worker too."""
    with tempfile.TemporaryDirectory(prefix="sentijob-bench-") as folder:
        database = Path(folder) / "ancestor.db"

        def rows(query: str) -> list[tuple[str, str]]:
            with closing(sqlite3.connect(database, timeout=60)) as connection:
                return connection.execute(query).fetchall()

        yield Site(
            [sys.executable, "-m", "uvicorn", "ancestor:app", "--no-access-log"],
            {
                **os.environ,
                "PYTHONPATH": str(Path(__file__).parent),
                "ANCESTOR_DATABASE": f"sqlite:///{database}",
                **variables,
            },
            lambda: len(rows(f"SELECT 1 FROM jobs WHERE status IN {OPEN}")),  # noqa: S608 - our own words
            lambda: dict(rows("SELECT job_uuid, status FROM jobs")),
        )


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


class Server(AbstractContextManager["Server"]):
    """A site's server at a port, as often as it is started."""

    def __init__(self, site: Site, port: int) -> None:
        self._site = site
        self._port = port
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(
            [*self._site.command, "--port", str(self._port)],
            env=self._site.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_until(self._listens, f"port {self._port} is served", seconds=60)

    def restart(self) -> float:
        """Kill it and start it again; the seconds until it is back."""
        began = perf_counter()
        self._kill()
        self.start()
        return perf_counter() - began

    def _listens(self) -> bool:
        if self._process is None or self._process.poll() is not None:
            raise SystemExit(f"{self._site.command} ended: start it by hand to see why.")
        with socket.socket() as probe:
            return probe.connect_ex((HOST, self._port)) == 0

    def _kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def __exit__(self, *_: object) -> None:
        self._kill()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


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
        Goal("sentijob: answers of 5xx", sum(given.server_errors for given in ours), most=0),
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
        (what, "acknowledged/s", "p50, ms", "p99, ms", "worst, ms", "5xx", "connections broken"),
        [
            (
                one.name,
                f"{given.rate:,.0f}",
                *(f"{given.clients.milliseconds[of]:,.0f}" for of in ("p50", "p99", "worst")),
                f"{given.server_errors:,}",
                f"{given.clients.broken:,}",
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
                f"{given.server_errors:,}",
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
