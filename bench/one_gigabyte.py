"""A file of a gigabyte in, its results out, and the most memory that each step took.

Each format is submitted to a store of its own, whose jobs are then completed by the calls of a
worker; one of the stores is exported in every format.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple, TextIO

from corpus import add_texts_option, take_texts
from harness import SENTIJOB, peak_of, print_table, save, scratch_store, store_of

from sentijob.jobs import Scored, Sentiment
from sentijob.ports import Store

LIMIT_MB = 200
CLAIM = 10_000
LEASE = timedelta(minutes=10)


class Step(NamedTuple):
    """What one command took."""

    name: str
    rows: int
    seconds: float
    cpu: float
    """Those of them on a processor; the rest was waiting, for a disk or for others."""
    megabytes: float
    """The most memory that it held at once."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=1000, help="of each file [1000]")
    parser.add_argument(
        "--formats", nargs="+", choices=WRITERS, default=list(WRITERS), help="of files [all]"
    )
    add_texts_option(parser)
    options = parser.parse_args()
    texts = take_texts(options.texts, 50_000)
    steps: list[Step] = []
    for suffix in options.formats:
        write = WRITERS[suffix]
        with scratch_store() as env:
            folder = Path(env["SENTIJOB_DB"]).parent
            folder.mkdir(parents=True)
            file = folder / f"texts.{suffix}"
            rows = written(file, write, texts, options.megabytes * 1_000_000)
            command = ["submit", "--model", "demo", "-q", "-f", str(file)]
            steps.append(measured(f"submit -f, {suffix}", rows, command, env))
            file.unlink()
            if suffix == "csv":
                with closing(store_of(env)) as store:
                    complete_all(store)
                for target in ("jsonl", "csv", "parquet"):
                    out = folder / f"out.{target}"
                    command = ["results", "-o", str(out)]
                    steps.append(measured(f"results -o, {target}", rows, command, env))
                    out.unlink()
    report(options.megabytes, steps)


def written(
    file: Path, write: Callable[[TextIO, int, str], None], texts: Sequence[str], size: int
) -> int:
    """Write rows until the file is as large as it should be; how many."""
    rows = 0
    with file.open("w", newline="", encoding="utf-8") as out:
        if file.suffix == ".csv":
            out.write("key,text,stars\n")
        while out.tell() < size:
            for _ in range(10_000):
                write(out, rows, texts[rows % len(texts)])
                rows += 1
    return rows


def write_csv(out: TextIO, row: int, text: str) -> None:
    csv.writer(out).writerow((f"k-{row}", text, row % 5))


def write_jsonl(out: TextIO, row: int, text: str) -> None:
    out.write(json.dumps({"key": f"k-{row}", "text": text, "stars": row % 5}) + "\n")


def write_txt(out: TextIO, _row: int, text: str) -> None:
    out.write(f"{text}\n")


WRITERS: Mapping[str, Callable[[TextIO, int, str], None]] = {
    "csv": write_csv,
    "jsonl": write_jsonl,
    "txt": write_txt,
}


def measured(name: str, rows: int, arguments: Sequence[str], env: Mapping[str, str]) -> Step:
    """Run a command to its end."""
    step = Step(name, rows, *peak_of([SENTIJOB, *arguments], env))
    print(f"{step.name}: {step.seconds:.0f} s, {step.megabytes:.0f} MB", flush=True)
    return step


def complete_all(store: Store) -> None:
    """Complete all that waits."""
    chance = random.Random(0)
    worker_id = store.register_worker(host="bench", pid=1).id
    while claims := store.claim(worker_id, limit=CLAIM, lease=LEASE):
        shares = [chance.random() for _ in range(3)]
        sentiment = Sentiment.of(*(share / sum(shares) for share in shares), tokens=20)
        store.complete(worker_id, [Scored(claim, sentiment, "bench") for claim in claims])
    store.retire_worker(worker_id)


def report(megabytes: int, steps: Sequence[Step]) -> None:
    print_table(
        (
            f"files of {megabytes:,} MB",
            "rows",
            "seconds",
            "on a processor",
            "rows/s",
            "most memory, MB",
        ),
        [
            (
                step.name,
                f"{step.rows:,}",
                f"{step.seconds:.0f}",
                f"{step.cpu:.0f}",
                f"{step.rows / step.seconds:,.0f}",
                f"{step.megabytes:.0f}",
            )
            for step in steps
        ],
    )
    save(f"one_gigabyte-{megabytes}", [step._asdict() for step in steps])
    if any(step.megabytes > LIMIT_MB for step in steps):
        sys.exit(f"a step took more than {LIMIT_MB} MB")


if __name__ == "__main__":
    main()
