"""How fast a queue drains when the model costs nothing: what the worker and the store add to a model's time.

Over the same texts, in turns: the real worker, with the model in its own
process, in another and claiming one job at a time; the store's claim and
complete in a bare loop; the driver alone, given the very statements that the store gave it; and, for
orientation, the driver on a table that holds no more than a text, a status and a label.
"""

from __future__ import annotations

import argparse
import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

from corpus import add_texts_option, take_texts
from draining import (
    LEASE,
    VERDICT,
    NullModel,
    drain,
    expect,
    fill,
    filled_store,
    interleaved,
    null_model_installed,
    open_batch,
)
from harness import Goal, Table, publish, scratch_store

from sentijob.jobs import Scored
from sentijob.ports import Store
from sentijob.store.sql_store import SqlStore
from sentijob.store.sqlite import SqliteDatabase
from sentijob.store.sqlite_connecting import connect_stdlib, connected
from sentijob.worker.pace import MOST_CLAIMED

ANCHOR = "the driver, the same statements"
WORKER = "the worker"
LEAST = 50_000
"""Jobs a second that are to be reached."""
LEAST_SHARE = 0.55


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=100_000, help="texts to drain [100000]")
    parser.add_argument("--repeats", type=int, default=5, help="rounds, interleaved [5]")
    add_texts_option(parser)
    options = parser.parse_args()
    texts = take_texts(options.texts, options.jobs)
    with null_model_installed():
        seconds = interleaved(
            {
                "the driver on a bare table": lambda: drain_bare_table(texts),
                ANCHOR: lambda: replay_drain(texts),
                "the store in a loop": lambda: drain_by_store(texts, MOST_CLAIMED),
                "the worker, the model within": lambda: drain(
                    texts, model="null", load=lambda _: NullModel()
                ),
                WORKER: lambda: drain(texts, model="null"),
            },
            options.repeats,
        )
    few = texts[: max(len(texts) // 10, 1)]
    seconds_of_ones = interleaved({"": lambda: drain_by_store(few, 1)}, options.repeats)[""]
    rates = {name: len(texts) / taken for name, taken in seconds.items()}
    rates["the store in a loop, claims of one"] = len(few) / seconds_of_ones
    report(len(texts), rates)


def drain_by_store(texts: Sequence[str], limit: int) -> float:
    with filled_store(texts, model="null") as (store, _):
        worker_id = store.register_worker(host="bench", pid=1).id
        started = perf_counter()
        claim_and_complete(store, worker_id, limit)
        seconds = perf_counter() - started
        expect(store.counts().completed, len(texts))
        return seconds


def claim_and_complete(store: Store, worker_id: int, limit: int) -> None:
    """All that is pending, *limit* at a time."""
    while claims := store.claim(worker_id, limit=limit, lease=LEASE):
        store.complete(worker_id, [Scored(claim, VERDICT, "1") for claim in claims])


class Statement(NamedTuple):
    """What was asked of the driver."""

    sql: str
    parameters: Any
    is_many: bool


class RecordingConnection(sqlite3.Connection):
    """Notes every statement while :attr:`record` is a list."""

    record: list[Statement] | None = None

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:  # noqa: ANN401  # as the driver has it
        if self.record is not None:
            self.record.append(Statement(sql, tuple(parameters), is_many=False))
        return super().execute(sql, parameters)

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> sqlite3.Cursor:
        rows = list(parameters)
        if self.record is not None:
            self.record.append(Statement(sql, rows, is_many=True))
        return super().executemany(sql, rows)


def replay_drain(texts: Sequence[str]) -> float:
    """Record what the store asks of the driver over one drain, and ask the same of a copy of the file."""
    with recorded_drain(texts) as (copy, statements):
        with closing(connected(connect_stdlib, str(copy))) as connection:
            connection.execute("PRAGMA synchronous = NORMAL")
            started = perf_counter()
            for sql, parameters, is_many in statements:
                if is_many:
                    connection.executemany(sql, parameters)
                else:
                    connection.execute(sql, parameters).fetchall()
            seconds = perf_counter() - started
            done = connection.execute("SELECT completed FROM tally WHERE batch_id = 0").fetchone()
        expect(done[0], len(texts))
        return seconds


@contextmanager
def recorded_drain(texts: Sequence[str]) -> Iterator[tuple[Path, Sequence[Statement]]]:
    """A file with all texts pending, and the statements that claim and complete them."""
    with scratch_store() as env:
        path = Path(env["SENTIJOB_DB"])
        copy = path.with_name("copy.db")
        connections: list[RecordingConnection] = []

        def connect(uri: str) -> sqlite3.Connection:
            connections.append(
                sqlite3.connect(
                    uri,
                    isolation_level=None,
                    check_same_thread=False,
                    timeout=0,
                    uri=True,
                    factory=RecordingConnection,
                )
            )
            return connections[-1]

        with closing(SqlStore(SqliteDatabase.open(str(path), connect=connect))) as store:
            fill(store.append, open_batch(store, "null"), texts)
            worker_id = store.register_worker(host="bench", pid=1).id
            writer = connections[0]
            writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            shutil.copy(path, copy)
            statements: list[Statement] = []
            for each in connections:
                each.record = statements
            claim_and_complete(store, worker_id, MOST_CLAIMED)
            expect(store.counts().completed, len(texts))
        yield copy, statements


def drain_bare_table(texts: Sequence[str]) -> float:
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
        (MOST_CLAIMED,),
    ).fetchall()


def complete_bare(connection: sqlite3.Connection, rows: Sequence[tuple[int, str]]) -> None:
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany(
        "UPDATE job SET status = 2, label = 'neutral', score = 0.8 WHERE id = ?",
        [(job_id,) for job_id, _ in rows],
    )
    connection.execute("COMMIT")


def report(jobs: int, rates: dict[str, float]) -> None:
    table = Table(
        (f"drain of {jobs:,} texts, null model", "jobs/s", "of the driver's"),
        [(name, f"{rate:,.0f}", f"{rate / rates[ANCHOR]:.2f}") for name, rate in rates.items()],
    )
    goals = [
        Goal("jobs a second of the worker", rates[WORKER], least=LEAST),
        Goal("of the driver's, given the same", rates[WORKER] / rates[ANCHOR], least=LEAST_SHARE),
    ]
    publish("drain", {"jobs": jobs, "rates": rates}, [table], goals)


if __name__ == "__main__":
    main()
