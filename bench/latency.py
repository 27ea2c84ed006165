"""How long until one text has its result and a change is shown, with a worker that idles or is busy.

All times are in milliseconds, on this machine, with everything else that it did meanwhile.
"""

from __future__ import annotations

import argparse
import csv
import random
import subprocess
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from time import perf_counter, sleep
from typing import NamedTuple

from corpus import add_texts_option, take_texts
from harness import (
    SENTIJOB,
    Goal,
    Table,
    cpu_seconds,
    percentile,
    publish,
    scratch_store,
    store_of,
    wait_until,
    worker_running,
)
from terminal import at_terminal

from sentijob.cli.progress import Silent
from sentijob.cli.waiting import wait_until_final
from sentijob.jobs import INTERACTIVE_PRIORITY, Item, JobReference, Selector, Status, Terms
from sentijob.ports import Store
from sentijob.settings import load_settings

TEXT = "The tent stayed dry through two nights of rain."
LOOK = 0.0005
"""Seconds between two looks at a job: the grain of every figure but those of wait and of watch."""
PATIENCE = 60.0
REST = 0.03
IDLE_GOAL = 1.0
"""Percent of a core."""


class Bound(NamedTuple):
    """What the percentiles are to stay under."""

    p99: float
    p50: float | None = None


class Taken(NamedTuple):
    """Samples of one kind."""

    samples: list[float]
    bound: Bound | None = None


Figures = dict[str, Taken]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=200, help="by the library, idle [200]")
    parser.add_argument("--busy-samples", type=int, default=60, help="while busy [60]")
    parser.add_argument(
        "--pending", type=int, default=100_000, help="texts that wait meanwhile [100000]"
    )
    parser.add_argument("--model", default="mini", help="what the batch is scored by [mini]")
    parser.add_argument("--idle", type=int, default=20, help="seconds to watch it idle [20]")
    add_texts_option(parser)
    options = parser.parse_args()
    figures, idle_cost = idle(options.samples, options.model, options.idle)
    figures |= watched(options.samples // 4)
    figures |= busy(options.busy_samples, options.model, take_texts(options.texts, options.pending))
    report(figures, idle_cost)


def idle(count: int, model: str, seconds: int) -> tuple[Figures, float]:
    """Times with a worker that has nothing else to do, and the share of a core that it takes while it has nothing."""
    with scratch_store() as env, closing(store_of(env)) as store, worker_running(env, store) as at:
        by_wait = wait_sampler(store, env)
        by_library = sampler(store, "demo")
        by_model = sampler(store, model)
        by_shell = shell_sampler(store, env)
        for warm_up in (by_wait, by_library, by_model, by_shell):
            warm_up()
        figures = {
            "idle worker, null model: commit to seen by wait": Taken(
                repeat(by_wait, count, REST), Bound(40, p50=10)
            ),
            "idle worker, null model: submit to completed": Taken(repeat(by_library, count, REST)),
            f"idle worker, {model}: submit to completed": Taken(repeat(by_model, count // 2, REST)),
            "idle worker, null model: shell command to completed": Taken(
                repeat(by_shell, count // 5, REST)
            ),
        }
        before = cpu_seconds(at.pid)
        sleep(seconds)
        return figures, 100 * (cpu_seconds(at.pid) - before) / seconds


def watched(count: int) -> Figures:
    """From the commit of a change until a watch shows it."""
    with scratch_store() as env, closing(store_of(env)) as store:
        texts = [TEXT] * (count + 2)
        command = [SENTIJOB, "submit", "--model", "demo", "-q", *texts]
        subprocess.run(command, env=env, check=True, stdout=subprocess.DEVNULL)
        with at_terminal([SENTIJOB, "status", "b1", "--watch"], env) as terminal:
            terminal.wait_for("pending")
            cancelled = iter(range(1, count + 2))

            def sample() -> float:
                number = next(cancelled)
                store.cancel(Selector(job_ids=(number,)))
                started = perf_counter()
                terminal.wait_for(f"cancelled {number} ")
                return (perf_counter() - started) * 1000

            sample()
            return {
                "status --watch: commit to shown": Taken(repeat(sample, count, REST), Bound(100))
            }


def busy(count: int, model: str, texts: list[str]) -> Figures:
    """Times with a worker that has all *texts* to score."""
    name = f"beside {len(texts):,} pending, {model}"
    with scratch_store() as env, closing(store_of(env)) as store:
        submit_file(env, model, texts)
        with worker_running(env, store):
            wait_until(lambda: store.counts().completed > 0, "the batch begins", seconds=PATIENCE)
            commits: list[float] = []
            results = repeat(sampler(store, model, commits), count, 0.3)
            left = store.counts().pending
    if not left:
        raise SystemExit(f"All was done before {count} samples were: take more with --pending.")
    return {
        f"{name}: its own commit": Taken(commits, Bound(50)),
        f"{name}: submit to completed": Taken(results, Bound(700)),
    }


def submit_file(env: Mapping[str, str], model: str, texts: list[str]) -> None:
    file = Path(env["SENTIJOB_DB"]).parent / "batch.csv"
    with file.open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows([["text"], *([text] for text in texts)])
    command = [SENTIJOB, "submit", "--model", model, "--text-field", "text", "-q", "-f", str(file)]
    subprocess.run(command, env=env, check=True, stdout=subprocess.DEVNULL)


def sampler(store: Store, model: str, commits: list[float] | None = None) -> Callable[[], float]:
    """Submits one text through an open store and waits for its result; *commits* gets how long the submit took."""
    terms = Terms(model=model, priority=INTERACTIVE_PRIORITY)

    def sample() -> float:
        started = perf_counter()
        receipt = store.submit(Item(TEXT), terms)
        if commits is not None:
            commits.append((perf_counter() - started) * 1000)
        wait_for_job(store, receipt.job_id)
        return (perf_counter() - started) * 1000

    return sample


def wait_sampler(store: Store, env: Mapping[str, str]) -> Callable[[], float]:
    """Submits one text and, from its commit on, waits as the command does."""
    terms = Terms(model="demo", priority=INTERACTIVE_PRIORITY)
    settings = load_settings(environ=env)

    def sample() -> float:
        reference = JobReference(store.submit(Item(TEXT), terms).job_id)
        started = perf_counter()
        wait_until_final(store, settings, [reference], meter=Silent())
        return (perf_counter() - started) * 1000

    return sample


def shell_sampler(store: Store, env: Mapping[str, str]) -> Callable[[], float]:
    """Runs ``sentijob submit``, from starting the process to its result."""
    command = [SENTIJOB, "submit", "--model", "demo", "-q", TEXT]

    def sample() -> float:
        started = perf_counter()
        done = subprocess.run(command, env=env, check=True, capture_output=True, text=True)
        wait_for_job(store, int(done.stdout))
        return (perf_counter() - started) * 1000

    return sample


def wait_for_job(store: Store, job_id: int) -> None:
    wait_until(
        lambda: store.job(job_id).status is Status.COMPLETED,
        f"job {job_id} completes",
        seconds=PATIENCE,
        pause=LOOK,
    )


def repeat(sample: Callable[[], float], count: int, rest: float) -> list[float]:
    """Samples with a random pause of *rest* to twice *rest* seconds before each."""
    taken = []
    for _ in range(count):
        sleep(random.uniform(rest, 2 * rest))
        taken.append(sample())
    return taken


def report(figures: Figures, idle_cost: float) -> None:
    percentiles = {
        name: {
            "samples": len(taken.samples),
            "p50": percentile(taken.samples, 0.5),
            "p99": percentile(taken.samples, 0.99),
            "worst": max(taken.samples),
        }
        for name, taken in figures.items()
    }
    table = Table(
        ("milliseconds", "samples", "p50", "p99", "worst"),
        [
            (name, str(one["samples"]), *(f"{one[of]:.1f}" for of in ("p50", "p99", "worst")))
            for name, one in percentiles.items()
        ],
    )
    goals = []
    for name, taken in figures.items():
        for of, most in taken.bound._asdict().items() if taken.bound else ():
            if most is not None:
                goals.append(Goal(f"{name}, {of}, ms", percentiles[name][of], most=most))
    goals.append(Goal("idle worker, percent of a core", idle_cost, most=IDLE_GOAL))
    publish("latency", {**percentiles, "idle cost in percent of a core": idle_cost}, [table], goals)


if __name__ == "__main__":
    main()
