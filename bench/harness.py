"""What every benchmark here needs: a store of its own, timed commands, percentiles, a table, a record.

Figures of one machine and one hour: read ratios taken in one run, not milliseconds of two.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, perf_counter, sleep
from typing import NamedTuple

from sentijob.ports import Store
from sentijob.settings import load_settings
from sentijob.wiring import open_store

RESULTS = Path(__file__).parent / "results"
SENTIJOB = str(Path(sys.executable).with_name("sentijob"))


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
    """What one run of a command took: seconds, and the most memory that it held at once, in MB."""

    seconds: float
    megabytes: float


MEASURE = """
import os, subprocess, sys
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
_, status, usage = os.wait4(process.pid, 0)
print(usage.ru_maxrss)
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
    return Peak(perf_counter() - started, int(done.stdout) * unit / 1e6)


def store_of(env: Mapping[str, str]) -> Store:
    """The store that a command in this environment uses."""
    return open_store(load_settings(environ=env))


@contextlib.contextmanager
def worker_running(env: Mapping[str, str], store: Store) -> Iterator[subprocess.Popen[bytes]]:
    """A worker in a process of its own, registered; told to stop in the end, if it still lives."""
    known = {worker.id for worker in store.workers()}
    worker = subprocess.Popen([SENTIJOB, "worker"], env=env, stderr=subprocess.DEVNULL)
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


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least *share* of the *values* don't exceed (nearest rank)."""
    ordered = sorted(values)
    rank = -(-len(ordered) * share // 1)
    return ordered[max(int(rank), 1) - 1]


def print_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Write a table: the first column to the left, figures to the right."""
    widths = [max(map(len, column)) for column in zip(headings, *rows, strict=True)]
    for row in (headings, ["-" * width for width in widths], *rows):
        first, *others = (
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        print("  ".join((first, *others)), flush=True)


def save(name: str, figures: object) -> None:
    """Keep *figures* as ``results/NAME.json``, with the machine they were taken on."""
    RESULTS.mkdir(exist_ok=True)
    record = {
        "taken_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": platform.machine(),
        "system": platform.system(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "figures": figures,
    }
    (RESULTS / f"{name}.json").write_text(json.dumps(record, indent=2) + "\n")
