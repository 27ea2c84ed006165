"""How fast a queue drains when the model costs nothing: what the worker and the store add to a model's time.

Four ways over the same texts: the real worker, with the model in its own
process and, as it is, in another; the store's claim and complete in a bare
loop; and the driver alone, on a table that holds no more than a text, a
status and a label.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from statistics import median
from time import perf_counter

from corpus import add_texts_option, take_texts
from harness import print_table, save, scratch_store, store_of

from sentijob.jobs import Item, Scored, Sentiment, Terms
from sentijob.models.process import Limits, ProcessModel
from sentijob.ports import SentimentModel
from sentijob.settings import load_settings
from sentijob.wiring import make_waker
from sentijob.worker.config import WorkerConfig
from sentijob.worker.runner import Worker

CLAIM = 256
LEASE = timedelta(minutes=1)
TERMS = {"threads": 1, "demo_delay": 0.0}
VERDICT = Sentiment.of(0.1, 0.8, 0.1, tokens=1)


class NullModel:
    """Scores every text alike, at no cost."""

    name = "null"
    revision = "1"

    def predict(self, texts: Sequence[str]) -> Sequence[Sentiment]:
        return [VERDICT] * len(texts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=50_000, help="texts to drain [50000]")
    parser.add_argument("--repeats", type=int, default=3, help="rounds, interleaved [3]")
    add_texts_option(parser)
    options = parser.parse_args()
    texts = take_texts(options.texts, options.jobs)
    ways = {
        "the driver on a bare table": drain_by_driver,
        "the store in a loop": drain_by_store,
        "the worker, the model within": drain_by_thread,
        "the worker": drain_by_worker,
    }
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(options.repeats):
        for name, drain in ways.items():
            seconds[name].append(drain(texts))
    report(len(texts), {name: median(taken) for name, taken in seconds.items()})


def drain_by_worker(texts: Sequence[str]) -> float:
    with tempfile.TemporaryDirectory(prefix="sentijob-bench-") as folder:
        install_null_model(Path(folder))
        return drain_with(lambda name: ProcessModel(name, TERMS, Limits()), texts)


def drain_by_thread(texts: Sequence[str]) -> float:
    return drain_with(lambda _: NullModel(), texts)


def drain_with(load: Callable[[str], SentimentModel], texts: Sequence[str]) -> float:
    with scratch_store() as env, closing(store_of(env)) as store:
        fill(store.append, store.open_batch(Terms(model="null"), source="bench").batch.id, texts)
        waker = make_waker(load_settings(environ=env))
        worker = Worker(store, load, WorkerConfig(drain=True), waker=waker)
        started = perf_counter()
        summary = worker.run()
        seconds = perf_counter() - started
        waker.close()
        expect(summary.completed, len(texts))
        return seconds


def drain_by_store(texts: Sequence[str]) -> float:
    with scratch_store() as env, closing(store_of(env)) as store:
        fill(store.append, store.open_batch(Terms(model="null"), source="bench").batch.id, texts)
        worker_id = store.register_worker(host="bench", pid=1).id
        started = perf_counter()
        while claims := store.claim(worker_id, limit=CLAIM, lease=LEASE):
            store.complete(worker_id, [Scored(claim, VERDICT, "1") for claim in claims])
        seconds = perf_counter() - started
        expect(store.counts().completed, len(texts))
        return seconds


def drain_by_driver(texts: Sequence[str]) -> float:
    with scratch_store() as env:
        path = Path(env["SENTIJOB_DB"])
        path.parent.mkdir(parents=True)
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            lay_bare_table(connection, texts)
            started = perf_counter()
            while rows := claim_bare(connection):
                complete_bare(connection, rows)
            seconds = perf_counter() - started
            done = connection.execute("SELECT count(*) FROM job WHERE status = 2").fetchone()
            expect(done[0], len(texts))
            return seconds


def lay_bare_table(connection: sqlite3.Connection, texts: Sequence[str]) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("CREATE TABLE job (id INTEGER PRIMARY KEY, text, status, label, score)")
    connection.execute("CREATE INDEX pending ON job (id) WHERE status = 0")
    connection.execute("BEGIN")
    connection.executemany(
        "INSERT INTO job (text, status) VALUES (?, 0)", [(text,) for text in texts]
    )
    connection.execute("COMMIT")


def claim_bare(connection: sqlite3.Connection) -> list[tuple[int, str]]:
    return connection.execute(
        "UPDATE job SET status = 1 WHERE id IN"
        " (SELECT id FROM job WHERE status = 0 ORDER BY id LIMIT ?) RETURNING id, text",
        (CLAIM,),
    ).fetchall()


def complete_bare(connection: sqlite3.Connection, rows: Sequence[tuple[int, str]]) -> None:
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany(
        "UPDATE job SET status = 2, label = 'neutral', score = 0.8 WHERE id = ?",
        [(job_id,) for job_id, _ in rows],
    )
    connection.execute("COMMIT")


def install_null_model(folder: Path) -> None:
    """Make this file's model one of another package's, which a model's process finds."""
    about = folder / "sentijob_null-1.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: sentijob-null\nVersion: 1\n")
    (about / "entry_points.txt").write_text("[sentijob.models]\nnull = drain:load_null\n")
    os.environ["PYTHONPATH"] = f"{folder}{os.pathsep}{Path(__file__).parent}"


def load_null(_name: str) -> SentimentModel:
    return NullModel()


def fill(append: Callable[..., int], batch_id: int, texts: Sequence[str]) -> None:
    """Put all texts into a batch, 10,000 a transaction."""
    for first in range(0, len(texts), 10_000):
        items = [Item(text) for text in texts[first : first + 10_000]]
        append(batch_id, items, first_position=first)


def expect(done: int, asked: int) -> None:
    if done != asked:
        raise SystemExit(f"{done:,} of {asked:,} jobs were completed: the figures mean nothing.")


def report(jobs: int, seconds: dict[str, float]) -> None:
    rates = {name: jobs / taken for name, taken in seconds.items()}
    fastest = max(rates.values())
    print_table(
        (f"drain of {jobs:,} texts, null model", "jobs/s", "share"),
        [(name, f"{rate:,.0f}", f"{rate / fastest:.2f}") for name, rate in rates.items()],
    )
    save("drain", rates)


if __name__ == "__main__":
    main()
