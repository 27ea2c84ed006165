"""The main job at size: a file submitted, one worker, and every result back once, in order, under its key.

With ``--kills N`` the worker is killed by SIGKILL N times on the way, at
random moments, and another started each time. Exits with 1 where anything
is missing, doubled, out of order or not completed.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from time import monotonic, perf_counter

from corpus import add_texts_option, take_texts
from harness import (
    SENTIJOB,
    print_table,
    save,
    scratch_store,
    store_of,
    wait_until,
    worker_running,
)

from sentijob.ports import Store

STANDSTILL = 180.0
"""Seconds without any job finished after which the run is given up: a lease and its rescue are shorter."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000, help="texts [100000]")
    parser.add_argument("--model", default="mini", help="mini, vader or another [mini]")
    parser.add_argument("--kills", type=int, default=0, help="how often to kill the worker [0]")
    parser.add_argument("--seed", type=int, default=None, help="of the moments of the kills")
    add_texts_option(parser)
    options = parser.parse_args()
    texts = take_texts(options.texts, options.count)
    with scratch_store() as env, closing(store_of(env)) as store:
        folder = Path(env["SENTIJOB_DB"]).parent
        submitting = submit(env, folder / "texts.csv", options.model, texts)
        scoring = score(env, store, kill_moments(options.kills, options.count, options.seed))
        exporting = export(env, folder / "results.jsonl")
        problems = Counter(check(texts, folder / "results.jsonl"))
        mix = store.counts()
    seconds = {"submit -f": submitting, "score": scoring, "results": exporting}
    report(options, seconds)
    print(f"labels: {mix.negative:,} negative, {mix.neutral:,} neutral, {mix.positive:,} positive")
    save(f"hundred_thousand-{options.model}-{options.kills}", {"texts": options.count, **seconds})
    conclude(problems, options.count)


def submit(env: Mapping[str, str], file: Path, model: str, texts: Sequence[str]) -> float:
    """Submit the texts as one batch; seconds."""
    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(("key", "text"))
        writer.writerows((key_of(place), text) for place, text in enumerate(texts))
    fields = ("--key-field", "key", "--text-field", "text")
    return seconds_of([SENTIJOB, "submit", "--model", model, *fields, "-q", "-f", str(file)], env)


def score(env: Mapping[str, str], store: Store, kill_at: Sequence[int]) -> float:
    """Keep one worker running until all is final, killing it as that many jobs are finished; seconds."""
    started = perf_counter()
    for moment in kill_at:
        with worker_running(env, store) as worker:
            wait_for(store, moment)
            worker.kill()
    with worker_running(env, store):
        wait_for(store, store.counts().total)
    return perf_counter() - started


def wait_for(store: Store, finished: int) -> None:
    """Wait until that many jobs are final.

    Raises:
        TimeoutError: nothing moved for too long.
    """
    seen, moved_at = -1, monotonic()

    def holds() -> bool:
        nonlocal seen, moved_at
        now_finished = store.counts().finished
        if now_finished != seen:
            seen, moved_at = now_finished, monotonic()
        elif monotonic() - moved_at > STANDSTILL:
            raise TimeoutError(f"nothing finished for {STANDSTILL:g} s, at {seen:,} jobs")
        return now_finished >= finished

    wait_until(holds, f"{finished:,} jobs are final", seconds=float("inf"), pause=0.02)


def export(env: Mapping[str, str], file: Path) -> float:
    """Write all results to *file*; seconds."""
    return seconds_of([SENTIJOB, "results", "b1", "-o", str(file)], env)


def check(texts: Sequence[str], file: Path) -> Iterator[str]:
    """Everything that is wrong with the results, a kind at a time."""
    with file.open(encoding="utf-8") as lines:
        jobs = [json.loads(line) for line in lines]
    keys = [job["key"] for job in jobs]
    expected = [key_of(place) for place in range(len(texts))]
    yield from ("a key is missing" for _ in set(expected) - set(keys))
    yield from ("a key came twice" for _ in range(len(keys) - len(set(keys))))
    if keys != expected:
        yield "the order isn't the file's"
    for job, text in zip(jobs, texts, strict=False):
        if job["text"] != text.strip():
            yield "a text isn't the one that was submitted"
        if job["status"] != "completed" or job["error"] is not None:
            yield f"a job is {job['status']}"
        elif abs(sum(job["probabilities"].values()) - 1) > 1e-3:
            yield "probabilities don't sum to 1"


def kill_moments(kills: int, count: int, seed: int | None) -> list[int]:
    """Numbers of finished jobs, ascending, at which to kill."""
    chance = random.Random(seed)
    return sorted(chance.randrange(count * 95 // 100) for _ in range(kills))


def key_of(place: int) -> str:
    return f"k-{place:06d}"


def seconds_of(command: Sequence[str], env: Mapping[str, str]) -> float:
    started = perf_counter()
    subprocess.run(command, env=env, check=True, stdout=subprocess.DEVNULL)
    return perf_counter() - started


def report(options: argparse.Namespace, seconds: Mapping[str, float]) -> None:
    heading = f"{options.count:,} texts, {options.model}, worker killed {options.kills} times"
    print_table(
        (heading, "seconds", "texts/s"),
        [
            (step, f"{taken:.1f}", f"{options.count / taken:,.0f}")
            for step, taken in seconds.items()
        ],
    )


def conclude(problems: Mapping[str, int], count: int) -> None:
    for problem, times in problems.items():
        print(f"WRONG, {times:,} times: {problem}")
    if problems:
        sys.exit(1)
    print(f"every one of {count:,} keys came back once, in order, completed")


if __name__ == "__main__":
    main()
