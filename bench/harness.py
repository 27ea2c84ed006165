"""What every benchmark here needs: a store of its own, timed commands, percentiles, tables, goals, a record.

Figures of one machine and one hour: read ratios taken in one run, not milliseconds of two.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import re
import shlex
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from time import monotonic, perf_counter, sleep
from typing import NamedTuple

from sentijob.ports import Store
from sentijob.settings import load_settings
from sentijob.wiring import open_store

RESULTS = Path(__file__).parent / "results"
LOAD_BEFORE = round(os.getloadavg()[0], 1)
"""Processes that ran or wanted to on this machine while we hadn't begun: above 0.5, read ratios alone."""
SENTIJOB = str(Path(sys.executable).with_name("sentijob"))


class Table(NamedTuple):
    """What is printed and, by ``report.py``, put into the documents."""

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]


class Goal(NamedTuple):
    """A figure that a run took, and how large or small it is meant to be."""

    what: str
    measured: float
    least: float | None = None
    most: float | None = None

    @property
    def is_met(self) -> bool:
        return (self.least is None or self.measured >= self.least) and (
            self.most is None or self.measured <= self.most
        )

    @property
    def bound(self) -> str:
        """The goal in words."""
        bounds = (("at least", self.least), ("at most", self.most))
        return ", ".join(f"{word} {value:,g}" for word, value in bounds if value is not None)


class Cost(NamedTuple):
    """What one run of a command took, in milliseconds; *cpu* is its own and its children's."""

    wall: float
    cpu: float


@contextlib.contextmanager
def scratch_store() -> Iterator[dict[str, str]]:
    """An environment whose store, settings and caches are a folder that is deleted in the end."""
    with tempfile.TemporaryDirectory(prefix="sentijob-bench-") as folder:
        yield {
            **{name: value for name, value in os.environ.items() if not sways(name)},
            "SENTIJOB_DB": str(Path(folder) / "store" / "bench.db"),
            "SENTIJOB_CONFIG": str(Path(folder) / "config.toml"),
            "SENTIJOB_DEMO_DELAY": "0",
            "NO_COLOR": "1",
        }


def sways(variable: str) -> bool:
    """Whether an environment variable may change what is measured.

    A Python that may not write bytecode, for one, compiles our modules anew
    at every start and not those of installed packages.
    """
    return variable.startswith(("SENTIJOB_", "PYTHON"))


def timed(command: Sequence[str], env: Mapping[str, str]) -> Cost:
    """Run a command to its end, silently, and measure it.

    Raises:
        CalledProcessError: it failed.
    """
    started = perf_counter()
    process = subprocess.Popen(
        command,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, wait_status, usage = os.wait4(process.pid, 0)
    wall = perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(wait_status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Cost(wall * 1000, (usage.ru_utime + usage.ru_stime) * 1000)


class Peak(NamedTuple):
    """What one run of a command took: seconds, those of them on a processor, and its most memory at once, in MB."""

    seconds: float
    cpu: float
    megabytes: float


MEASURE = """
import os, subprocess, sys
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
_, status, usage = os.wait4(process.pid, 0)
print(usage.ru_utime + usage.ru_stime, usage.ru_maxrss)
sys.exit(os.waitstatus_to_exitcode(status))
"""
"""A process of its own measures: what is started begins with the size of who starts it."""


def peak_of(command: Sequence[str], env: Mapping[str, str]) -> Peak:
    """Run a command to its end, its output thrown away.

    Raises:
        CalledProcessError: it failed.
    """
    started = perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, *command],
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        check=True,
    )
    unit = 1 if sys.platform == "darwin" else 1024
    cpu, kept = done.stdout.split()
    return Peak(perf_counter() - started, float(cpu), int(kept) * unit / 1e6)


def store_of(env: Mapping[str, str]) -> Store:
    """The store that a command in this environment uses."""
    return open_store(load_settings(environ=env))


@contextlib.contextmanager
def worker_running(
    env: Mapping[str, str], store: Store, *, reuse: bool = False
) -> Iterator[subprocess.Popen[bytes]]:
    """A worker in a process of its own, registered; told to stop in the end, if it still lives.

    It scores every text anew, unless it may *reuse* what it knows.
    """
    known = {worker.id for worker in store.workers()}
    command = [SENTIJOB, "worker", "--reuse" if reuse else "--no-reuse"]
    worker = subprocess.Popen(command, env=env, stderr=subprocess.DEVNULL)
    try:
        wait_until(
            lambda: any(one.id not in known for one in store.workers()),
            "a worker registers",
            seconds=30,
        )
        yield worker
    finally:
        if worker.poll() is None:
            worker.send_signal(signal.SIGTERM)
        worker.wait(timeout=60)


def wait_until(
    holds: Callable[[], bool], what: str, *, seconds: float, pause: float = 0.01
) -> None:
    """Look every *pause* seconds until it holds.

    Raises:
        TimeoutError: it didn't within *seconds*.
    """
    deadline = monotonic() + seconds
    while not holds():
        if monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {seconds:g} s")
        sleep(pause)


def cpu_seconds(pid: int) -> float:
    """What a process and those that it has started have taken so far; Linux only."""
    ticks = [int(one.fields[11]) + int(one.fields[12]) for one in family(pid)]
    return sum(ticks) / os.sysconf("SC_CLK_TCK")


def resident_megabytes(pid: int) -> float:
    """What a process and those that it has started hold in memory, what they share counted for each; Linux only."""
    return sum(int(one.fields[21]) for one in family(pid)) * os.sysconf("SC_PAGE_SIZE") / 1e6


class Process(NamedTuple):
    """A process as ``/proc/PID/stat`` tells of it: its *fields* are those after its name."""

    pid: int
    fields: Sequence[str]


def family(pid: int) -> list[Process]:
    """A process and those that it has started, and they."""
    running = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it has just ended
            fields = stat.read_text().rpartition(")")[2].split()
            running.append(Process(int(stat.parent.name), fields))
    members = {pid}
    while more := {one.pid for one in running if int(one.fields[1]) in members} - members:
        members |= more
    return [one for one in running if one.pid in members]


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least *share* of the *values* don't exceed (nearest rank)."""
    ordered = sorted(values)
    rank = -(-len(ordered) * share // 1)
    return ordered[max(int(rank), 1) - 1]


def print_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Write a table: words to the left, figures to the right."""
    columns = list(zip(headings, *rows, strict=True))
    widths = [max(map(len, column)) for column in columns]
    to_right = [are_figures(column[1:]) for column in columns]
    for row in (headings, ["-" * width for width in widths], *rows):
        cells = [
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(row, widths, to_right, strict=True)
        ]
        print("  ".join(cells).rstrip(), flush=True)


def are_figures(cells: Sequence[str]) -> bool:
    """Whether a column holds numbers, or nothing in their place."""
    return all(re.fullmatch(r"[-+]?[\d,.]*", cell) for cell in cells)


def figure(value: float) -> str:
    """A number with three digits that say something, or all of a large or a whole one's."""
    if isinstance(value, int) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:#.3g}".removesuffix(".")


def goals_table(goals: Sequence[Goal]) -> Table:
    rows = [
        (goal.what, goal.bound, figure(goal.measured), "yes" if goal.is_met else "no")
        for goal in goals
    ]
    return Table(("goal", "is", "measured", "met"), rows)


def publish(
    name: str,
    figures: object,
    tables: Sequence[Table],
    goals: Sequence[Goal] = (),
    *,
    short: Table | None = None,
    packages: Sequence[str] = (),
) -> None:
    """Print the tables and the goals, and keep all of it, with the versions of *packages*.

    *short* is the table for the README.
    """
    shown = [*tables, *([goals_table(goals)] if goals else [])]
    for table in shown:
        print_table(*table)
        print(flush=True)
    save(name, figures, tables=tables, goals=goals, short=short, packages=packages)


def save(
    name: str,
    figures: object,
    *,
    tables: Sequence[Table] = (),
    goals: Sequence[Goal] = (),
    short: Table | None = None,
    packages: Sequence[str] = (),
) -> None:
    """Keep *figures* as ``results/NAME.json``, with the machine they were taken on."""
    RESULTS.mkdir(exist_ok=True)
    record = {
        "taken_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": command(),
        **machine(),
        "load_before": LOAD_BEFORE,
        "sqlite": sqlite3.sqlite_version,
        "packages": {package: version(package) for package in ("sentijob", *packages)},
        "figures": figures,
        "tables": [table._asdict() for table in tables],
        "goals": [{**goal._asdict(), "bound": goal.bound, "is_met": goal.is_met} for goal in goals],
    }
    if short is not None:
        record["short"] = short._asdict()
    (RESULTS / f"{name}.json").write_text(json.dumps(record, indent=2) + "\n")


def command() -> str:
    """What was typed, with no machine's folders in it."""
    words = [Path(word).name if Path(word).is_absolute() else word for word in sys.argv[1:]]
    return shlex.join(["python", f"bench/{Path(sys.argv[0]).name}", *words])


def machine() -> dict[str, object]:
    return {
        "machine": platform.machine(),
        "processor": processor(),
        "system": platform.system(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
    }


def processor() -> str:
    """The processor's name, as far as the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor())
