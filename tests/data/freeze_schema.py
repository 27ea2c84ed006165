"""Make the frozen database of this schema, once, when it is released: every later version must open it.

Run as ``python tests/data/freeze_schema.py``; refuses to replace one that exists.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from sentijob.jobs import Failure, Item, Scored, Selector, Sentiment, Terms
from sentijob.store.database import SCHEMA_VERSION
from sentijob.store.sql_store import SqlStore
from sentijob.tokens import Scope

TARGET = Path(__file__).parent / "schemas" / f"{SCHEMA_VERSION:04}.db"


def freeze(target: Path) -> None:
    """Fill a new store with a job in every status and save it as one file."""
    with SqlStore.open(":memory:") as store:
        batch = store.open_batch(Terms(), source="frozen.csv", name="frozen").batch
        items = [
            Item("I love it", "a", {"stars": "5"}),
            Item("I hate it", "b"),
            Item("ünïcode \N{THUMBS UP SIGN}", "c"),
        ]
        store.append(batch.id, items, first_position=0)
        store.seal(batch.id)
        worker = store.register_worker(host="frozen", pid=1).id
        love, hate, odd = store.claim(worker, limit=3, lease=timedelta(seconds=60))
        done = [
            Scored(love, Sentiment.of(0.01, 0.02, 0.97, tokens=3), "frozen"),
            Scored(hate, Sentiment.of(0.9, 0.05, 0.05, tokens=3), "frozen"),
        ]
        store.complete(worker, done, remembered=done)
        store.fail(worker, [Failure(odd, "text_rejected", "frozen")])
        store.submit(Item("waiting"), Terms(model="vader", priority=5), once="frozen")
        cancelled = store.submit(Item("cancelled"), Terms()).job_id
        store.cancel(Selector(job_ids=(cancelled,)))
        dropped = store.submit(Item("dropped"), Terms(store_text=False, priority=9)).job_id
        (claimed,) = store.claim(worker, limit=1, lease=timedelta(seconds=60))
        assert claimed.job_id == dropped
        store.complete(worker, [Scored(claimed, Sentiment.of(0.1, 0.8, 0.1, tokens=1), "frozen")])
        store.create_token("frozen", [Scope.READ])
        store.backup(target)
    with closing(sqlite3.connect(target)) as connection:
        connection.execute("VACUUM")


if __name__ == "__main__":
    freeze(TARGET)
