"""Whether several workers on one SQLite file hinder each other: their total rate, and how long a claim takes.

Real workers, each in a process of its own with its model in another, drain one file at a null
model. Each waits until all are ready; the clock runs from there to the last one's end. Counts of
workers are interleaved; rates are medians, and a claim's percentiles are over those of all rounds.
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
from contextlib import ExitStack, closing
from pathlib import Path
from statistics import median
from time import monotonic, perf_counter
from typing import Any, NamedTuple, cast

from corpus import add_texts_option, take_texts
from draining import TERMS, expect, fill, install_null_model
from harness import Goal, Table, percentile, publish, scratch_store, store_of

from sentijob.jobs import ClaimedJob, Terms
from sentijob.models.process import Limits, ProcessModel
from sentijob.ports import Store
from sentijob.settings import load_settings
from sentijob.wiring import make_waker
from sentijob.worker.config import WorkerConfig
from sentijob.worker.runner import Worker

COUNTS = (1, 2, 4)
LEAST_SHARE = 0.85
MOST_MS = 100


class Timed:
    """A store that notes how long each claim took that brought jobs, in milliseconds."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.taken: list[float] = []

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  # whatever the store has
        return getattr(self._store, name)

    def claim(self, worker_id: int, **terms: Any) -> Sequence[ClaimedJob]:  # noqa: ANN401  # as the store's
        started = perf_counter()
        claims = self._store.claim(worker_id, **terms)
        if claims:
            self.taken.append((perf_counter() - started) * 1000)
        return claims


class Drained(NamedTuple):
    """What one round gave."""

    rate: float
    claims: Sequence[float]
    """Milliseconds of each."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=100_000, help="texts to drain [100000]")
    parser.add_argument("--repeats", type=int, default=3, help="rounds, interleaved [3]")
    parser.add_argument(
        "--part", action="store_true", help="be one of the workers, on the store of the environment"
    )
    add_texts_option(parser)
    options = parser.parse_args()
    if options.part:
        take_part()
        return
    report(options.jobs, measured(take_texts(options.texts, options.jobs), options.repeats))


def measured(texts: Sequence[str], repeats: int) -> dict[int, list[Drained]]:
    """The rounds of each count of workers."""
    rounds: dict[int, list[Drained]] = {count: [] for count in COUNTS}
    with tempfile.TemporaryDirectory(prefix="sentijob-bench-") as folder:
        install_null_model(Path(folder))
        for _ in range(repeats):
            for count in random.sample(COUNTS, len(COUNTS)):
                rounds[count].append(drained_by(count, texts))
    return rounds


def drained_by(count: int, texts: Sequence[str]) -> Drained:
    """One round with *count* workers on a file of their own."""
    with scratch_store() as env, closing(store_of(env)) as store:
        batch = store.open_batch(Terms(model="null"), source="bench").batch
        fill(store.append, batch.id, texts)
        store.seal(batch.id)
        given = run_together(count, {**env, "PYTHONPATH": os.environ["PYTHONPATH"]})
        expect(store.counts().completed, len(texts))
    seconds = max(one["ended"] for one in given) - min(one["began"] for one in given)
    return Drained(len(texts) / seconds, [taken for one in given for taken in one["claims"]])


def run_together(count: int, env: Mapping[str, str]) -> Sequence[Mapping[str, Any]]:
    """Start workers, let them begin at once, and hear what each of them says at its end."""
    with ExitStack() as stack:
        workers = [
            stack.enter_context(
                subprocess.Popen(
                    [sys.executable, __file__, "--part"],
                    env=env,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                )
            )
            for _ in range(count)
        ]
        for worker in workers:
            hear(worker)
        for worker in workers:
            tell(worker)
        return [json.loads(hear(worker)) for worker in workers]


def hear(worker: subprocess.Popen[str]) -> str:
    line = worker.stdout.readline() if worker.stdout else ""
    if not line:
        raise SystemExit("A worker ended early: its error stands above.")
    return line


def tell(worker: subprocess.Popen[str]) -> None:
    if worker.stdin:
        worker.stdin.write("go\n")
        worker.stdin.flush()


def take_part() -> None:
    """Be one worker: say that all is loaded, wait for a line, drain, and say how it went."""
    with (
        closing(store_of(os.environ)) as store,
        closing(make_waker(load_settings(environ=os.environ))) as waker,
        closing(ProcessModel("null", TERMS, Limits())) as model,
    ):
        model.await_loaded()
        timed = Timed(store)
        worker = Worker(
            cast("Store", timed),
            lambda _: model,
            WorkerConfig(drain=True, reuse=False),
            waker=waker,
        )
        print("ready", flush=True)
        sys.stdin.readline()
        began = monotonic()
        worker.run()
        print(json.dumps({"began": began, "ended": monotonic(), "claims": timed.taken}), flush=True)


def report(jobs: int, rounds: Mapping[int, Sequence[Drained]]) -> None:
    rates = {count: median(one.rate for one in given) for count, given in rounds.items()}
    claims = {count: [ms for one in given for ms in one.claims] for count, given in rounds.items()}
    figures = {
        count: {
            "rate": rates[count],
            "claim_p50": percentile(claims[count], 0.5),
            "claim_p99": percentile(claims[count], 0.99),
            "claim_worst": max(claims[count]),
        }
        for count in COUNTS
    }
    most = COUNTS[-1]
    table = Table(
        (
            f"workers on one file, {jobs:,} texts, null model",
            "jobs/s in all",
            "of one's",
            "claim p50, ms",
            "p99",
            "worst",
        ),
        [
            (
                str(count),
                f"{one['rate']:,.0f}",
                f"{one['rate'] / rates[1]:.2f}",
                *(f"{one[of]:.1f}" for of in ("claim_p50", "claim_p99", "claim_worst")),
            )
            for count, one in figures.items()
        ],
    )
    publish(
        "workers",
        figures,
        [table],
        [
            Goal(f"{most} workers, of one's rate", rates[most] / rates[1], least=LEAST_SHARE),
            Goal(f"{most} workers, p99 of a claim, ms", figures[most]["claim_p99"], most=MOST_MS),
        ],
    )


if __name__ == "__main__":
    main()
