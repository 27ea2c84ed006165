"""Whether a store of ten million jobs is as quick as one of ten thousand.

Makes both by ``sentijob submit -f`` and the calls of a worker, and then runs the same commands
and the same claims on both in turn. The large store takes about 4 GB and ten minutes to make; with
``--keep FOLDER`` it is made once and used again. In the end all its results are written to a file.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import timedelta
from itertools import cycle
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import NamedTuple

from corpus import add_texts_option, take_texts
from harness import SENTIJOB, Goal, Peak, Table, peak_of, publish, sways, timed

from sentijob.jobs import Failure, Item, Scored, Selector, Sentiment, Status, Terms
from sentijob.ports import Store
from sentijob.settings import load_settings
from sentijob.wiring import open_store

SMALL = 10_000
LEASE = timedelta(minutes=10)
CLAIM = 256
BULK = 10_000
PENDING = 0.01
"""The share that is left waiting."""


class Batch(NamedTuple):
    """One file of a store: its share of the jobs, and how it is submitted."""

    share: float
    model: str
    priority: int


BATCHES = (
    Batch(0.00002, "vader", 0),
    Batch(0.6, "mini", 0),
    Batch(0.2, "vader", 0),
    Batch(0.15, "mini", -5),
    Batch(0.03998, "demo", 5),
    Batch(PENDING, "mini", -10),
)
"""The first is small and old: what is rare is sought from the newest on."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--jobs", type=int, default=10_000_000, help="of the large store [10000000]"
    )
    parser.add_argument("--repeats", type=int, default=7, help="rounds, interleaved [7]")
    parser.add_argument("--keep", type=Path, help="where the stores are, or are to stay")
    add_texts_option(parser)
    options = parser.parse_args()
    with folder_for(options.keep) as folder:
        stores = {
            jobs: made(folder / f"{jobs}", jobs, options.texts) for jobs in (SMALL, options.jobs)
        }
        work = {name: compare(run, stores, 3 * options.repeats) for name, run in WORK.items()}
        looks = {
            " ".join(words): compare(looker(words), stores, options.repeats) for words in COMMANDS
        }
        size = bytes_a_job(stores[options.jobs])
        exported = export_all(stores[options.jobs], options.jobs)
    report(options.jobs, work, looks, size, exported)


@contextmanager
def folder_for(kept: Path | None) -> Iterator[Path]:
    if kept is not None:
        kept.mkdir(parents=True, exist_ok=True)
        yield kept
        return
    with tempfile.TemporaryDirectory(prefix="sentijob-bench-") as folder:
        yield Path(folder)


def made(folder: Path, jobs: int, files: Sequence[Path]) -> dict[str, str]:
    """The environment of a store of so many jobs; filled now where it isn't there."""
    env = {
        **{name: value for name, value in os.environ.items() if not sways(name)},
        "SENTIJOB_DB": str(folder / "jobs.db"),
        "SENTIJOB_CONFIG": str(folder / "config.toml"),
        "SENTIJOB_DEMO_DELAY": "0",
        "NO_COLOR": "1",
    }
    if not (folder / "made").exists():
        folder.mkdir(parents=True, exist_ok=True)
        started = perf_counter()
        fill(env, folder, jobs, files)
        (folder / "made").touch()
        print(f"made a store of {jobs:,} jobs in {perf_counter() - started:,.0f} s", flush=True)
    return env


def fill(env: Mapping[str, str], folder: Path, jobs: int, files: Sequence[Path]) -> None:
    texts = take_texts(files, 50_000)
    for number, batch in enumerate(BATCHES):
        count = max(round(jobs * batch.share), 2)
        submit(env, folder / f"texts-{number}.csv", texts, count, number, batch)
        if batch.share != PENDING:
            with closing(opened(env)) as store:
                settle_all(store, random.Random(number))


def submit(
    env: Mapping[str, str], file: Path, texts: Sequence[str], count: int, number: int, batch: Batch
) -> None:
    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(("key", "text"))
        writer.writerows((f"k{number}-{n}", texts[n % len(texts)]) for n in range(count))
    flags = ("--model", batch.model, "--priority", str(batch.priority), "--name", f"file {number}")
    show("submitted", count, peak_of([SENTIJOB, "submit", "-q", *flags, "-f", str(file)], env))
    file.unlink()


def show(done: str, count: int, peak: Peak) -> None:
    rate = count / peak.seconds
    print(
        f"  {done} {count:,} in {peak.seconds:,.1f} s ({peak.cpu:,.1f} s of a processor),"
        f" {rate:,.0f} a second, in {peak.megabytes:.0f} MB",
        flush=True,
    )


def export_all(env: Mapping[str, str], jobs: int) -> Peak:
    """Write the results of all jobs, whatever they are, as JSON lines."""
    target = Path(env["SENTIJOB_DB"]).with_name("results.jsonl")
    every = [word for status in Status for word in ("--status", status)]
    peak = peak_of([SENTIJOB, "results", *every, "-o", str(target)], env)
    show("exported", jobs, peak)
    target.unlink()
    return peak


def settle_all(store: Store, chance: random.Random) -> None:
    """Bring all that waits to an end as a worker would: most completed, one in 5,000 failed, as many cancelled."""
    worker_id = store.register_worker(host="bench", pid=1).id
    started, settled = perf_counter(), 0
    # In every store some fail with the rarer error, so that looking for it shows as much.
    codes = cycle(("model_error", *["text_rejected"] * 9))
    while claims := store.claim(worker_id, limit=BULK, lease=LEASE):
        failing = {chance.randrange(len(claims)) for _ in range(-(-len(claims) // 5000))}
        store.fail(worker_id, [Failure(claims[place], next(codes), "made up") for place in failing])
        cancelled = {chance.randrange(len(claims)) for _ in range(len(claims) // 5000)} - failing
        if cancelled:
            store.cancel(Selector(job_ids=tuple(claims[place].job_id for place in cancelled)))
        gone = failing | cancelled
        store.complete(
            worker_id,
            [
                Scored(claim, verdict(chance), "bench")
                for place, claim in enumerate(claims)
                if place not in gone
            ],
        )
        settled += len(claims)
    store.retire_worker(worker_id)
    print(f"  settled {settled:,} in {perf_counter() - started:,.1f} s", flush=True)


def verdict(chance: random.Random) -> Sentiment:
    """Three probabilities with the surer ones commoner, as models give them."""
    sure = chance.random() ** 0.3
    rest = (1 - sure) / 2
    shares = [sure, rest * 0.9, rest * 1.1]
    turn = chance.choices((0, 1, 2), (30, 45, 25))[0]
    return Sentiment.of(*(shares[(place - turn) % 3] for place in range(3)), tokens=20)


def opened(env: Mapping[str, str]) -> Store:
    return open_store(load_settings(environ=env))


COMMANDS = tuple(
    line.split()
    for line in """
--help
status @last
status b2
list
list --status pending
list --status processing
list --status completed
list --status failed
list --status cancelled
list --batch b2
list --label negative
list --model vader
list --model vader --label positive
list --key k1-5
list --error model_error
list --since 1h
list --older-than 1d
list --sort oldest
list --sort priority
list --sort score
list --sort finished
list --batch b2 --label negative --sort score
list --batches
results b1
stats
worker status
cancel @last --dry-run
prune --status failed --dry-run
prune --older-than 1d --dry-run
retry --error model_error --dry-run
""".strip().splitlines()
)


def looker(words: Sequence[str]) -> Callable[[Mapping[str, str]], float]:
    """Runs one command; milliseconds."""
    return lambda env: timed([SENTIJOB, *words], env).wall


def claim_and_settle(env: Mapping[str, str]) -> float:
    """Claim some and give them back, claim and complete others; microseconds a job, both ways together."""
    with closing(opened(env)) as store:
        batch = store.open_batch(Terms("bench", priority=20), source="bench").batch
        items = [Item(f"a text to be claimed, the {n}th") for n in range(ROUNDS * CLAIM)]
        store.append(batch.id, items, first_position=0)
        store.seal(batch.id)
        worker_id = store.register_worker(host="bench", pid=1).id
        chance = random.Random(0)
        started = perf_counter()
        for _ in range(ROUNDS):
            claims = store.claim(worker_id, limit=CLAIM, lease=LEASE, models={"bench"})
            store.complete(worker_id, [Scored(one, verdict(chance), "bench") for one in claims])
        seconds = perf_counter() - started
        store.retire_worker(worker_id)
        store.prune(Selector(batch_ids=(batch.id,)))
        return seconds / (ROUNDS * CLAIM) * 1e6


def submit_one(env: Mapping[str, str]) -> float:
    """Put one text in, cancel it, retry it, cancel it again and prune it; milliseconds."""
    with closing(opened(env)) as store:
        started = perf_counter()
        one = Selector(job_ids=(store.submit(Item("a text"), Terms("bench")).job_id,))
        done = [act(one) for act in (store.cancel, store.retry, store.cancel, store.prune)]
        seconds = perf_counter() - started
    if done != [1, 1, 1, 1]:
        raise SystemExit(f"not one job was changed each time: {done}")
    return seconds * 1e3


ROUNDS = 20
WORK: Mapping[str, Callable[[Mapping[str, str]], float]] = {
    "claim and complete, µs a job": claim_and_settle,
    "submit, cancel, retry, prune one, ms": submit_one,
}


def compare(
    run: Callable[[Mapping[str, str]], float], stores: Mapping[int, Mapping[str, str]], repeats: int
) -> dict[int, float]:
    """The median of *run* on each store, taken in turns after a turn that warms up."""
    taken: dict[int, list[float]] = {jobs: [] for jobs in stores}
    for repeat in range(repeats + 1):
        for jobs, env in stores.items():
            cost = run(env)
            if repeat:
                taken[jobs].append(cost)
    return {jobs: median(costs) for jobs, costs in taken.items()}


def bytes_a_job(env: Mapping[str, str]) -> float:
    """What the store's file takes for each job beside its text."""
    with closing(sqlite3.connect(env["SENTIJOB_DB"])) as connection:
        pages, page, free = (
            connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("page_count", "page_size", "freelist_count")
        )
        jobs, characters = connection.execute(
            "SELECT count(*), SUM(LENGTH(CAST(text AS BLOB))) FROM job_text"
        ).fetchone()
    return float(((pages - free) * page - characters) / jobs)


def report(
    jobs: int,
    work: Mapping[str, Mapping[int, float]],
    looks: Mapping[str, Mapping[int, float]],
    size: float,
    exported: Peak,
) -> None:
    headings = (f"{SMALL:,} jobs", f"{jobs:,} jobs")
    done = Table(
        ("work (medians)", *headings, "times"),
        [
            (name, f"{cost[SMALL]:.1f}", f"{cost[jobs]:.1f}", f"{cost[jobs] / cost[SMALL]:.2f}")
            for name, cost in work.items()
        ],
    )
    seen = Table(
        ("command (medians, ms)", *headings, "more"),
        [
            (name, f"{cost[SMALL]:.0f}", f"{cost[jobs]:.0f}", f"{cost[jobs] - cost[SMALL]:+.0f}")
            for name, cost in looks.items()
        ],
    )
    slowest = max(looks, key=lambda name: looks[name][jobs] - looks[name][SMALL])
    goals = [
        *(
            Goal(f"{name}, times", cost[jobs] / cost[SMALL], most=1.2)
            for name, cost in work.items()
        ),
        Goal(f"`{slowest}`, ms more", looks[slowest][jobs] - looks[slowest][SMALL], most=30),
        Goal("bytes a job beside its text", size, most=300),
        Goal("exported, rows a second by the command", jobs / exported.seconds, least=100_000),
        Goal("exported, most memory, MB", exported.megabytes, most=200),
    ]
    figures = {"work": work, "commands": looks, "bytes_a_job": size, "export": exported}
    publish(f"ten_million-{jobs}", figures, [done, seen], goals)


if __name__ == "__main__":
    main()
