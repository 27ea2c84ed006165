"""How long until one text has its result: with a worker that idles, and with one that is busy with a batch.

Each sample is the time from handing the text in to seeing its job completed.
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

from corpus import add_texts_option, take_texts
from harness import (
    SENTIJOB,
    percentile,
    print_table,
    save,
    scratch_store,
    store_of,
    wait_until,
    worker_running,
)

from sentijob.jobs import INTERACTIVE_PRIORITY, Item, Status, Terms
from sentijob.ports import Store

TEXT = "The tent stayed dry through two nights of rain."
LOOK = 0.0005
"""Seconds between two looks at a job: the grain of every figure."""
PATIENCE = 60.0
Samples = dict[str, list[float]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=200, help="by the library, idle [200]")
    parser.add_argument("--busy-samples", type=int, default=60, help="while busy [60]")
    parser.add_argument("--batch", type=int, default=100_000, help="texts of the batch [100000]")
    parser.add_argument("--model", default="mini", help="what the batch is scored by [mini]")
    add_texts_option(parser)
    options = parser.parse_args()
    samples = idle(options.samples, options.model)
    texts = take_texts(options.texts, options.batch)
    samples |= busy(options.busy_samples, options.model, texts)
    report(samples)


def idle(count: int, model: str) -> Samples:
    with scratch_store() as env, closing(store_of(env)) as store, worker_running(env, store):
        by_library = sampler(store, "demo")
        by_model = sampler(store, model)
        by_shell = shell_sampler(store, env)
        for warm_up in (by_library, by_model, by_shell):
            warm_up()
        return {
            "idle worker, demo, by the library": repeat(by_library, count, 0.03),
            f"idle worker, {model}, by the library": repeat(by_model, count // 2, 0.03),
            "idle worker, demo, by the shell": repeat(by_shell, count // 5, 0.03),
        }


def busy(count: int, model: str, texts: list[str]) -> Samples:
    with scratch_store() as env, closing(store_of(env)) as store:
        submit_file(env, model, texts)
        with worker_running(env, store):
            wait_until(lambda: store.counts().completed > 0, "the batch begins", seconds=PATIENCE)
            taken = repeat(sampler(store, model), count, 0.3)
            left = store.counts().pending
    if not left:
        raise SystemExit(f"The batch was done before {count} samples were: take more with --batch.")
    return {f"worker busy with {len(texts):,} texts, {model}, by the library": taken}


def submit_file(env: Mapping[str, str], model: str, texts: list[str]) -> None:
    file = Path(env["SENTIJOB_DB"]).parent / "batch.csv"
    with file.open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows([["text"], *([text] for text in texts)])
    command = [SENTIJOB, "submit", "--model", model, "--text-field", "text", "-q", "-f", str(file)]
    subprocess.run(command, env=env, check=True, stdout=subprocess.DEVNULL)


def sampler(store: Store, model: str) -> Callable[[], float]:
    """Submits one text through an open store and waits; milliseconds."""
    terms = Terms(model=model, priority=INTERACTIVE_PRIORITY)

    def sample() -> float:
        started = perf_counter()
        receipt = store.submit(Item(TEXT), terms)
        wait_for_job(store, receipt.job_id)
        return (perf_counter() - started) * 1000

    return sample


def shell_sampler(store: Store, env: Mapping[str, str]) -> Callable[[], float]:
    """Runs ``sentijob submit``, from starting the process to its result; milliseconds."""
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


def report(samples: Samples) -> None:
    figures = {
        name: {
            "samples": len(taken),
            "p50": percentile(taken, 0.5),
            "p99": percentile(taken, 0.99),
            "worst": max(taken),
        }
        for name, taken in samples.items()
    }
    print_table(
        ("submit to completed, milliseconds", "samples", "p50", "p99", "worst"),
        [
            (name, str(one["samples"]), *(f"{one[of]:.1f}" for of in ("p50", "p99", "worst")))
            for name, one in figures.items()
        ],
    )
    save("latency", figures)


if __name__ == "__main__":
    main()
