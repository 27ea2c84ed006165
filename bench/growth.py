"""What grows with the store, with the workers and with what is taken at once; the data of the plots.

Stores of 1,000 to ``--largest`` jobs, ten times more each, are made as ``ten_million.py`` makes
its own (one of ten million takes 4 GB and twenty minutes; ``--keep FOLDER`` makes it once), and get
the same work in turns: one text submitted, claims of 256, a drain of 20,000 texts by a real worker
at a null model, and two commands from their start to their end. What the work adds is pruned. Then a
store drains with one, two and four workers, and with claims of 1 to 1024; and ``mini`` scores texts,
sorted by length, in chunks of 1 to 256. ``plots.py`` draws it.
"""

from __future__ import annotations

import argparse
import os
import random
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TypeVar

import workers
from corpus import add_texts_option, take_texts
from draining import LEASE, TERMS, VERDICT, expect, fill, install_null_model
from harness import SENTIJOB, Table, figure, publish, scratch_store, store_of, timed
from ten_million import folder_for, made

from sentijob.jobs import Item, Scored, Selector, Terms
from sentijob.models.process import Limits, ProcessModel
from sentijob.ports import Store
from sentijob.settings import load_settings
from sentijob.wiring import load_model, make_waker
from sentijob.worker.config import WorkerConfig
from sentijob.worker.runner import Worker

SMALLEST = 1_000
CLAIM = 256
URGENT = 20
"""Above all that the stores hold, so that the work's own jobs are claimed."""
CLAIM_SIZES = (1, 4, 16, 64, 256, 1024)
CHUNK_SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256)
Env = Mapping[str, str]
Curve = Mapping[int, float]
Given = TypeVar("Given")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--largest", type=int, default=100_000, help="jobs of the largest store [100000]"
    )
    parser.add_argument("--repeats", type=int, default=3, help="rounds, interleaved [3]")
    parser.add_argument("--keep", type=Path, help="where the stores are, or are to stay")
    add_texts_option(parser)
    options = parser.parse_args()
    with folder_for(options.keep) as folder, tempfile.TemporaryDirectory() as about:
        install_null_model(Path(about))
        stores = {
            jobs: made(folder / f"{jobs}", jobs, options.texts)
            for jobs in sizes_up_to(options.largest)
        }
        by_size = {name: turns(work, stores, options.repeats) for name, work in WORK.items()}
        by_workers = by_count(options.texts, options.repeats)
        by_claim = turns(drain_by_claims, {size: size for size in CLAIM_SIZES}, options.repeats)
    by_chunk = chunks_of_mini(options.texts, options.repeats)
    report(by_size, by_workers, by_claim, by_chunk)


def sizes_up_to(largest: int) -> list[int]:
    """A thousand and ten times more each, the largest among them whatever it is."""
    sizes = [SMALLEST]
    while sizes[-1] * 10 <= largest:
        sizes.append(sizes[-1] * 10)
    return sizes


def turns(work: Callable[[Given], float], given: Mapping[int, Given], repeats: int) -> Curve:
    """The median of *work* on each, taken in turns after a turn that warms up."""
    taken: dict[int, list[float]] = {size: [] for size in given}
    for repeat in range(repeats + 1):
        for size in random.sample(list(given), len(given)):
            cost = work(given[size])
            if repeat:
                taken[size].append(cost)
    return {size: median(costs) for size, costs in taken.items()}


def submit_one(env: Env) -> float:
    """Milliseconds to put one text in by the library; the median of 50."""
    with closing(store_of(env)) as store:
        taken = []
        ids = []
        for _ in range(50):
            started = perf_counter()
            ids.append(store.submit(Item("a text"), Terms("bench")).job_id)
            taken.append((perf_counter() - started) * 1000)
        one = Selector(job_ids=tuple(ids))
        store.cancel(one)
        store.prune(one)
    return median(taken)


def claim_some(env: Env) -> float:
    """Milliseconds of a claim of 256; the median of 20."""
    with closing(store_of(env)) as store:
        batch_id = add_batch(store, "bench", [f"a text, the {n}th" for n in range(20 * CLAIM)])
        worker_id = store.register_worker(host="bench", pid=1).id
        taken = []
        for _ in range(20):
            started = perf_counter()
            claims = store.claim(worker_id, limit=CLAIM, lease=LEASE, models={"bench"})
            taken.append((perf_counter() - started) * 1000)
            store.complete(worker_id, [Scored(claim, VERDICT, "1") for claim in claims])
        store.retire_worker(worker_id)
        store.prune(Selector(batch_ids=(batch_id,)))
    return median(taken)


def drain(env: Env) -> float:
    """Jobs a second of a real worker at a null model."""
    texts = take_texts([], 20_000)
    with closing(store_of(env)) as store:
        batch_id = add_batch(store, "null", texts)
        with closing(make_waker(load_settings(environ=env))) as waker:
            worker = Worker(
                store,
                lambda name: ProcessModel(name, TERMS, Limits()),
                WorkerConfig(drain=True, models=("null",), reuse=False),
                waker=waker,
            )
            started = perf_counter()
            summary = worker.run()
            seconds = perf_counter() - started
        expect(summary.completed, len(texts))
        store.prune(Selector(batch_ids=(batch_id,)))
    return len(texts) / seconds


def start_up(*words: str) -> Callable[[Env], float]:
    """Milliseconds of a command, from its start to its end; the median of 5."""
    return lambda env: median(timed([SENTIJOB, *words], env).wall for _ in range(5))


WORK: Mapping[str, Callable[[Env], float]] = {
    "submit one, ms": submit_one,
    "claim 256, ms": claim_some,
    "drain, jobs/s": drain,
    "sentijob status 1 --json, ms": start_up("status", "1", "--json"),
    "sentijob list, ms": start_up("list"),
}


def add_batch(store: Store, model: str, texts: Sequence[str]) -> int:
    """A batch that is claimed before all that waits."""
    batch = store.open_batch(Terms(model, priority=URGENT), source="bench").batch
    fill(store.append, batch.id, texts)
    store.seal(batch.id)
    return batch.id


def by_count(files: Sequence[Path], repeats: int) -> Curve:
    """Jobs a second in all, by the number of workers."""
    rounds = workers.measured(take_texts(files, 50_000), repeats)
    return {count: median(one.rate for one in given) for count, given in rounds.items()}


def drain_by_claims(limit: int) -> float:
    """Jobs a second of the store's claim and complete in a loop, *limit* jobs a claim."""
    texts = take_texts([], min(max(limit * 200, 2_000), 50_000))
    with scratch_store() as env, closing(store_of(env)) as store:
        add_batch(store, "null", texts)
        worker_id = store.register_worker(host="bench", pid=os.getpid()).id
        started = perf_counter()
        while claims := store.claim(worker_id, limit=limit, lease=LEASE):
            store.complete(worker_id, [Scored(claim, VERDICT, "1") for claim in claims])
        seconds = perf_counter() - started
        expect(store.counts().completed, len(texts))
    return len(texts) / seconds


def chunks_of_mini(files: Sequence[Path], repeats: int) -> Curve:
    """Texts a second of ``mini`` in this process, by the chunk's size; sorted by length."""
    texts = sorted(take_texts(files, 512), key=len)
    model = load_model("mini", load_settings(environ={}))

    def score(size: int) -> float:
        started = perf_counter()
        for first in range(0, len(texts), size):
            model.predict(texts[first : first + size])
        return len(texts) / (perf_counter() - started)

    return turns(score, {size: size for size in CHUNK_SIZES}, repeats)


def report(
    by_size: Mapping[str, Curve], by_workers: Curve, by_claim: Curve, by_chunk: Curve
) -> None:
    sizes = list(by_size["drain, jobs/s"])
    growth = Table(
        ("jobs in the store", *(f"{size:,}" for size in sizes), "last of first"),
        [
            (
                name,
                *(figure(curve[size]) for size in sizes),
                f"{curve[sizes[-1]] / curve[sizes[0]]:.2f}",
            )
            for name, curve in by_size.items()
        ],
    )
    curves = {
        "workers on one file, jobs/s": by_workers,
        "jobs a claim, the store in a loop, jobs/s": by_claim,
        "texts a chunk, mini, texts/s": by_chunk,
    }
    publish(
        "growth",
        {"by_size": by_size, **dict(zip(CURVES, curves.values(), strict=True))},
        [growth, *(curve_table(heading, curve) for heading, curve in curves.items())],
    )


CURVES = ("by_workers", "by_claim", "by_chunk")


def curve_table(heading: str, curve: Curve) -> Table:
    subject, unit = heading.rsplit(", ", 1)
    return Table(
        (subject, *(f"{size:,}" for size in curve)), [(unit, *map(figure, curve.values()))]
    )


if __name__ == "__main__":
    main()
