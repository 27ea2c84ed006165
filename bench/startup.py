"""How long a command takes to start, do its work and end, beside a bare Python and a Typer hello world.

The commands are interleaved and their order drawn anew each round, so that a
busy moment of the machine hits all of them alike.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

from harness import SENTIJOB, Cost, print_table, save, scratch_store, timed

BARE = "python -c pass"
HELLO = """
import typer

app = typer.Typer()


@app.command()
def hello(name: str = "world") -> None:
    print(f"Hello, {name}!")


app()
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=21, help="rounds, at least 15 [21]")
    repeats = max(parser.parse_args().repeats, 15)
    with scratch_store() as env, tempfile.TemporaryDirectory() as folder:
        hello = Path(folder) / "hello.py"
        hello.write_text(HELLO)
        timed([SENTIJOB, "submit", "--model", "demo", "the first text"], env)
        costs = interleave(commands(hello), env, repeats)
    report(costs)


def commands(hello: Path) -> dict[str, list[str]]:
    return {
        BARE: [sys.executable, "-c", "pass"],
        "Typer hello world": [sys.executable, str(hello)],
        "sentijob --version": [SENTIJOB, "--version"],
        "sentijob --help": [SENTIJOB, "--help"],
        'sentijob submit "x"': [SENTIJOB, "submit", "--model", "demo", "x"],
        "sentijob status 1 --json": [SENTIJOB, "status", "1", "--json"],
        "sentijob status 1": [SENTIJOB, "status", "1"],
    }


def interleave(
    named: Mapping[str, Sequence[str]], env: Mapping[str, str], repeats: int
) -> dict[str, list[Cost]]:
    """Measure every command *repeats* times, after one round that only warms the caches."""
    costs: dict[str, list[Cost]] = {name: [] for name in named}
    for repeat in range(repeats + 1):
        for name in random.sample(list(named), len(named)):
            cost = timed(named[name], env)
            if repeat:
                costs[name].append(cost)
    return costs


def report(costs: Mapping[str, Sequence[Cost]]) -> None:
    medians = {
        name: Cost(median(one.wall for one in taken), median(one.cpu for one in taken))
        for name, taken in costs.items()
    }
    bare = medians[BARE].wall
    print_table(
        ("command (medians)", "wall ms", "CPU ms", "times bare"),
        [
            (name, f"{cost.wall:.0f}", f"{cost.cpu:.0f}", f"{cost.wall / bare:.1f}")
            for name, cost in medians.items()
        ],
    )
    save("startup", {name: cost._asdict() for name, cost in medians.items()})


if __name__ == "__main__":
    main()
