"""How long a command takes to start, do its work and end, beside a bare Python and a Typer hello world.

The commands are interleaved and their order drawn anew each round, so that a busy moment of the
machine hits all of them alike. They run as for a user who has set nothing, who has a store with
some jobs, and who, with --installed, has the wheel in an environment of its own.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

from harness import Cost, Goal, Table, publish, sways, timed

ROOT = Path(__file__).resolve().parent.parent
HELLO = """
import typer

app = typer.Typer()


@app.command()
def hello(name: str = "world") -> None:
    print(f"Hello, {name}!")


app()
"""
COMPLETIONS = {
    "bash": {"COMP_WORDS": "sentijob s", "COMP_CWORD": "1"},
    "zsh": {"_TYPER_COMPLETE_ARGS": "sentijob s"},
}


class Bound(NamedTuple):
    """At most so many times what each of the two takes."""

    bare: float
    hello: float | None = None


class Start(NamedTuple):
    """A command to time."""

    command: Sequence[str]
    bound: Bound | None = None
    variables: Mapping[str, str] = {}


PLAIN, TABLE = Bound(7, 1.3), Bound(12)
BARE, TYPER = "python -c pass", "Typer hello world"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=21, help="rounds, at least 15 [21]")
    parser.add_argument("--installed", action="store_true", help="build and install the wheel")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sentijob-bench-") as scratch:
        folder = Path(scratch)
        python = installed(folder) if options.installed else Path(sys.executable)
        env = {name: value for name, value in os.environ.items() if not sways(name)}
        env["HOME"] = scratch
        starts = commands(python, folder)
        for text in ("I love it", "the second text", "The tent stayed dry."):
            timed([*command(python), "submit", "--model", "demo", text], env)
        costs = interleave(starts, env, max(options.repeats, 15))
    report(starts, costs)


def installed(folder: Path) -> Path:
    """The interpreter of a new environment that has this checkout's wheel and what it needs, no more."""
    wheels = os.environ.get("SENTIJOB_WHEELS") or Path.home() / ".cache" / "sentijob" / "wheels"
    build = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation"]
    subprocess.run([*build, "-w", folder, ROOT], check=True)
    subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
    python = folder / "venv" / "bin" / "python"
    offline = ("--no-index", "--find-links", wheels, "--constraint", ROOT / "constraints.txt")
    (wheel,) = folder.glob("sentijob-*.whl")
    subprocess.run([python, "-m", "pip", "install", "-q", *offline, wheel], check=True)
    return python


def command(python: Path) -> list[str]:
    return [str(python.with_name("sentijob"))]


def commands(python: Path, folder: Path) -> dict[str, Start]:
    hello = folder / "hello.py"
    hello.write_text(HELLO)
    sentijob = command(python)
    return {
        BARE: Start([str(python), "-c", "pass"]),
        TYPER: Start([str(python), str(hello)]),
        "sentijob --version": Start([*sentijob, "--version"], PLAIN),
        "sentijob --help": Start([*sentijob, "--help"], PLAIN),
        "sentijob submit --help": Start([*sentijob, "submit", "--help"]),
        **{
            f"completion in {shell}": Start(
                sentijob, PLAIN, {"_SENTIJOB_COMPLETE": f"complete_{shell}", **variables}
            )
            for shell, variables in COMPLETIONS.items()
        },
        'sentijob submit "x"': Start([*sentijob, "submit", "--model", "demo", "x"], PLAIN),
        "sentijob status 1 --json": Start([*sentijob, "status", "1", "--json"], PLAIN),
        "sentijob list --json": Start([*sentijob, "list", "--json"]),
        "sentijob status 1": Start([*sentijob, "status", "1"], TABLE),
        "sentijob list": Start([*sentijob, "list"], TABLE),
    }


def interleave(
    starts: Mapping[str, Start], env: Mapping[str, str], repeats: int
) -> dict[str, list[Cost]]:
    """Measure every command *repeats* times, after one round that only warms the caches."""
    costs: dict[str, list[Cost]] = {name: [] for name in starts}
    for repeat in range(repeats + 1):
        for name in random.sample(list(starts), len(starts)):
            cost = timed(starts[name].command, {**env, **starts[name].variables})
            if repeat:
                costs[name].append(cost)
    return costs


def report(starts: Mapping[str, Start], costs: Mapping[str, Sequence[Cost]]) -> None:
    medians = {
        name: Cost(median(one.wall for one in taken), median(one.cpu for one in taken))
        for name, taken in costs.items()
    }
    bare, hello = medians[BARE].wall, medians[TYPER].wall
    table = Table(
        ("a command, medians", "wall, ms", "CPU, ms", "times bare", "times hello"),
        [
            (
                name,
                *(f"{milliseconds:.0f}" for milliseconds in cost),
                f"{cost.wall / bare:.2f}",
                f"{cost.wall / hello:.2f}",
            )
            for name, cost in medians.items()
        ],
    )
    goals = []
    for name, start in starts.items():
        if start.bound is None:
            continue
        wall, bound = medians[name].wall, start.bound
        goals.append(Goal(f"{name}, times {BARE}", wall / bare, most=bound.bare))
        if bound.hello is not None:
            goals.append(Goal(f"{name}, times a {TYPER}", wall / hello, most=bound.hello))
    figures = {name: cost._asdict() for name, cost in medians.items()}
    publish("startup", figures, [table], goals, packages=("typer", "rich"))


if __name__ == "__main__":
    main()
