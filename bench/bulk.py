"""Many rows at once: files in and results out, against what the database's driver does with rows made beforehand.

The anchor is the driver's ``executemany`` of the very rows that a submit of the same file leaves in
the store, into an empty store of the same schema, with its indexes, pragmas and chunks. A table
without indexes beside it is for orientation. Everything is done in turns; medians.
"""

from __future__ import annotations

import argparse
import csv
import json
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import timedelta
from functools import partial
from itertools import count
from pathlib import Path
from statistics import median
from time import perf_counter

import pyarrow as pa
import pyarrow.parquet as pq
from corpus import add_texts_option, take_texts
from harness import SENTIJOB, Goal, Peak, Table, peak_of, publish, scratch_store, store_of, timed

from sentijob.cli.intake import queue_file, scanned_file
from sentijob.cli.orders import Order
from sentijob.export.formats import ExportFormat
from sentijob.export.results import write_results
from sentijob.garbage import collected_rarely
from sentijob.ingest.filling import CHUNK_TEXTS
from sentijob.ingest.options import ReadOptions
from sentijob.jobs import Item, Scored, Selector, Sentiment, Status, Terms
from sentijob.ports import Store
from sentijob.store.sqlite_connecting import connect_stdlib, connected

LEASE = timedelta(minutes=10)
LENGTHS = (80, 500, 5000)
"""Characters of short and long texts."""
LONG_JOBS = 5_000
SENTIMENT = Sentiment.of(0.1234567, 0.2345678, 0.6419755, tokens=20)
Rates = Mapping[str, float]
_numbers = count()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000, help="of each file [100000]")
    parser.add_argument("--singles", type=int, default=1_000, help="submits one by one [1000]")
    parser.add_argument("--repeats", type=int, default=5, help="rounds, interleaved [5]")
    add_texts_option(parser)
    options = parser.parse_args()
    texts = take_texts(options.texts, options.rows)
    with tempfile.TemporaryDirectory(prefix="sentijob-bench-") as name:
        folder = Path(name)
        files = written(folder, texts)
        submits = rates_of(
            submit_ways(folder, files, texts[: options.singles]), options.rows, options.repeats
        )
        exports, peaks = measured_exports(folder, files["csv"], options.rows, options.repeats)
        long = {length: long_texts(texts, length, options.repeats) for length in LENGTHS}
    report(submits, exports, peaks, long)


def written(folder: Path, texts: Sequence[str]) -> dict[str, Path]:
    """The same texts as files, all but the first with a key and another column."""
    files = {suffix: folder / f"texts.{suffix}" for suffix in ("txt", "csv", "jsonl", "parquet")}
    rows = [(f"k-{number}", text, str(number % 5)) for number, text in enumerate(texts)]
    files["txt"].write_text("".join(f"{text}\n" for text in texts), encoding="utf-8")
    with files["csv"].open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows([("key", "text", "stars"), *rows])
    with files["jsonl"].open("w", encoding="utf-8") as lines:
        for key, text, stars in rows:
            lines.write(json.dumps({"key": key, "text": text, "stars": stars}) + "\n")
    columns = zip(("key", "text", "stars"), zip(*rows, strict=True), strict=True)
    pq.write_table(pa.table({name: pa.array(values) for name, values in columns}), files["parquet"])
    return files


def submit_ways(
    folder: Path, files: Mapping[str, Path], singles: Sequence[str]
) -> dict[str, Callable[[], float]]:
    """What is compared: each gives the seconds that it took, scaled to all rows where it did fewer."""
    rows = {suffix: rows_left_by(folder, files[suffix]) for suffix in ("txt", "csv")}
    total = len(rows["csv"]["job"][1])
    return {
        "driver, bare table": partial(insert_bare, folder, rows["csv"]),
        "driver, our rows of a csv": partial(insert_ready, folder, rows["csv"]),
        "driver, our rows of a txt": partial(insert_ready, folder, rows["txt"]),
        **{
            f"submit, {suffix}": partial(submit_file, folder, file)
            for suffix, file in files.items()
        },
        "shell, submit -f csv": partial(submit_by_shell, files["csv"]),
        "shell, submit -f jsonl": partial(submit_by_shell, files["jsonl"]),
        "single submits": lambda: submit_singly(folder, singles) * total / len(singles),
    }


Stored = tuple[Sequence[str], Sequence[tuple[object, ...]]]
"""Its columns and its rows."""


def rows_left_by(folder: Path, file: Path) -> dict[str, Stored]:
    """What a submit of *file* leaves in the store."""
    with new_store(folder) as (store, path):
        submit(store, file)
        with closing(sqlite3.connect(path)) as connection:
            return {name: table_of(connection, name) for name in ("job", "job_text")}


def table_of(connection: sqlite3.Connection, name: str) -> Stored:
    """All that a table holds, without the columns in which nothing stands."""
    connection.row_factory = sqlite3.Row
    first = connection.execute(f"SELECT * FROM {name} LIMIT 1").fetchone()  # noqa: S608  # our own name
    columns = [column for column in first.keys() if first[column] is not None]  # noqa: SIM118  # a Row's keys are its columns
    connection.row_factory = None
    sql = f"SELECT {', '.join(columns)} FROM {name} ORDER BY 1"  # noqa: S608  # likewise
    return columns, connection.execute(sql).fetchall()


@contextmanager
def new_store(folder: Path) -> Iterator[tuple[Store, Path]]:
    path = folder / f"{next(_numbers)}.db"
    with store_of({"SENTIJOB_DB": str(path), "SENTIJOB_CONFIG": str(folder / "none")}) as store:
        yield store, path
    for suffix in ("", "-wal", "-shm"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)


def insert_ready(folder: Path, tables: Mapping[str, Stored]) -> float:
    """The driver's ``executemany`` of ready-made rows into an empty store."""
    with (
        new_store(folder) as (_, path),
        closing(connected(connect_stdlib, str(path))) as connection,
    ):
        return insert(connection, tables)


def insert_bare(folder: Path, tables: Mapping[str, Stored]) -> float:
    """The same texts into a table of its own, with no index."""
    path = folder / "bare.db"
    with closing(connected(connect_stdlib, str(path))) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE job_text (job_id INTEGER PRIMARY KEY, text, meta)")
        seconds = insert(connection, {"job_text": tables["job_text"]})
    for suffix in ("", "-wal", "-shm"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)
    return seconds


def insert(connection: sqlite3.Connection, tables: Mapping[str, Stored]) -> float:
    connection.execute("PRAGMA synchronous = FULL")
    total = max(len(rows) for _, rows in tables.values())
    started = perf_counter()
    for first in range(0, total, CHUNK_TEXTS):
        connection.execute("BEGIN IMMEDIATE")
        for name, (columns, rows) in tables.items():
            marks = ", ".join("?" * len(columns))
            connection.executemany(
                f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({marks})",  # noqa: S608  # likewise
                rows[first : first + CHUNK_TEXTS],
            )
        connection.execute("COMMIT")
    return perf_counter() - started


def submit_file(folder: Path, file: Path) -> float:
    with new_store(folder) as (store, _):
        started = perf_counter()
        submit(store, file)
        return perf_counter() - started


def submit(store: Store, file: Path) -> None:
    """What ``submit -f`` does."""
    order = Order(Terms("demo"), ReadOptions(), is_quiet=True)
    with scanned_file(file, order) as scanned:
        queue_file(store, scanned, order)


def submit_by_shell(file: Path) -> float:
    with scratch_store() as env:
        return timed([SENTIJOB, "submit", "-q", "-f", str(file)], env).wall / 1000


def submit_singly(folder: Path, texts: Sequence[str]) -> float:
    with new_store(folder) as (store, _):
        started = perf_counter()
        for number, text in enumerate(texts):
            store.submit(Item(text, f"k-{number}", {"stars": "5"}), Terms("demo"))
        return perf_counter() - started


def rates_of(ways: Mapping[str, Callable[[], float]], rows: int, repeats: int) -> dict[str, float]:
    """Rows a second of each way: the median of rounds, after one that warms up."""
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for repeat in range(repeats + 1):
        for name, run in ways.items():
            seconds = run()
            if repeat:
                taken[name].append(rows / seconds)
    return {name: median(rates) for name, rates in taken.items()}


def measured_exports(
    folder: Path, file: Path, rows: int, repeats: int
) -> tuple[Rates, Mapping[str, Peak]]:
    """Rows a second of each format in this process, and what the command takes in one of its own."""
    with scratch_store() as env:
        with closing(store_of(env)) as store:
            submit(store, file)
            complete_all(store)
            ways = {
                each.value: partial(export, store, folder / f"out.{each}", each)
                for each in ExportFormat
            }
            rates = rates_of(ways, rows, repeats)
        peaks = {
            each.value: peak_of([SENTIJOB, "results", "-o", str(folder / f"out.{each}")], env)
            for each in ExportFormat
        }
    return rates, peaks


def export(store: Store, target: Path, export_format: ExportFormat) -> float:
    started = perf_counter()
    with collected_rarely():
        write_results(store.pages(Selector(statuses=(Status.COMPLETED,))), target, export_format)
    return perf_counter() - started


def complete_all(store: Store) -> None:
    worker_id = store.register_worker(host="bench", pid=1).id
    while claims := store.claim(worker_id, limit=256, lease=LEASE):
        store.complete(worker_id, [Scored(claim, SENTIMENT, "bench") for claim in claims])
    store.retire_worker(worker_id)


def long_texts(texts: Sequence[str], length: int, repeats: int) -> dict[str, float]:
    """Microseconds a job of texts so long: to submit, and to claim and complete."""
    joined = " ".join(texts[: 4 * LONG_JOBS]) * (1 + length * LONG_JOBS // 100_000)
    starts = range(0, LONG_JOBS * 97, 97)
    items = [Item(joined[start : start + length].strip() or "x") for start in starts]
    costs: dict[str, list[float]] = {"submit": [], "claim and complete": []}
    for _ in range(repeats):
        with tempfile.TemporaryDirectory() as folder, new_store(Path(folder)) as (store, _):
            started = perf_counter()
            batch = store.open_batch(Terms("demo"), source="bench").batch
            store.append(batch.id, items, first_position=0)
            submitted = perf_counter()
            complete_all(store)
            costs["submit"].append(submitted - started)
            costs["claim and complete"].append(perf_counter() - submitted)
    return {
        "bytes": sum(len(item.text.encode()) for item in items) / LONG_JOBS,
        **{name: median(seconds) / LONG_JOBS * 1e6 for name, seconds in costs.items()},
    }


def report(
    submits: Rates,
    exports: Rates,
    peaks: Mapping[str, Peak],
    long: Mapping[int, Mapping[str, float]],
) -> None:
    single, short = submits["single submits"], long[LENGTHS[0]]
    rows_in = Table(
        ("rows into the store (medians)", "rows/s", "of the anchor", "of single submits"),
        [
            (name, f"{rate:,.0f}", f"{rate / submits[anchor(name)]:.2f}", f"{rate / single:.1f}")
            for name, rate in submits.items()
        ],
    )
    rows_out = Table(
        ("results out", "rows/s", "by the command, s", "most memory, MB"),
        [
            (name, f"{rate:,.0f}", f"{peaks[name].seconds:.1f}", f"{peaks[name].megabytes:.0f}")
            for name, rate in exports.items()
        ],
    )
    by_length = Table(
        ("characters", *(f"{name}, µs a job (times)" for name in list(short)[1:]), "bytes (times)"),
        [
            (
                f"{length:,}",
                *(f"{cost[name]:.1f} ({cost[name] / short[name]:.1f})" for name in list(short)[1:]),
                f"{cost['bytes']:,.0f} ({cost['bytes'] / short['bytes']:.1f})",
            )
            for length, cost in long.items()
        ],
    )
    publish(
        "bulk",
        {"submits": submits, "exports": exports, "peaks": peaks, "long_texts": long},
        [rows_in, rows_out, by_length],
        [*goals_in(submits), *goals_out(exports, peaks), *goals_of_long_texts(long)],
    )


def goals_in(submits: Rates) -> Iterator[Goal]:
    for suffix in ("csv", "jsonl"):
        name = f"submit, {suffix}"
        ready, single = submits[anchor(name)], submits["single submits"]
        yield Goal(f"{name}, of the driver's rate", submits[name] / ready, least=0.5)
        yield Goal(f"{name}, times single submits", submits[name] / single, least=30)
    slower = min(submits["submit, csv"], submits["submit, jsonl"])
    yield Goal(
        "submit, parquet, of the slower of both", submits["submit, parquet"] / slower, least=1
    )


def goals_out(exports: Rates, peaks: Mapping[str, Peak]) -> Iterator[Goal]:
    yield Goal("results as jsonl, rows a second", exports["jsonl"], least=100_000)
    yield Goal("results, most memory, MB", max(one.megabytes for one in peaks.values()), most=200)


def goals_of_long_texts(long: Mapping[int, Mapping[str, float]]) -> Iterator[Goal]:
    short, longest = long[LENGTHS[0]], long[LENGTHS[-1]]
    for name in list(short)[1:]:
        growth = (longest[name] / short[name]) / (longest["bytes"] / short["bytes"])
        yield Goal(f"long texts, {name}: growth of the cost by that of the bytes", growth, most=1)


def anchor(name: str) -> str:
    return f"driver, our rows of a {'txt' if 'txt' in name else 'csv'}"


if __name__ == "__main__":
    main()
