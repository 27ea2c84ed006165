"""This queue, measured as the others are: its own command works, on a SQLite file.

``ones`` is the same worker before a store that gives out one job a claim, whatever it asks for: there
is no setting for that. ``loop-ones`` is the store alone, one claim and one settle for each job.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, cast

from draining import LEASE, TERMS, VERDICT, fill, install_null_model
from harness import SENTIJOB, store_of, wait_until
from peers_kit import FOLDER, Queue, answer

from sentijob.jobs import INTERACTIVE_PRIORITY, ClaimedJob, Item, Scored, Status, Terms
from sentijob.models.process import Limits, ProcessModel
from sentijob.ports import Store
from sentijob.settings import load_settings
from sentijob.wiring import make_waker
from sentijob.worker.config import WorkerConfig
from sentijob.worker.runner import Worker

LOOK = 0.0005


class OneByOne:
    """A store that gives out one job a claim."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  # whatever the store has
        return getattr(self._store, name)

    def claim(self, worker_id: int, **terms: Any) -> Sequence[ClaimedJob]:  # noqa: ANN401  # as the store's
        return self._store.claim(worker_id, **{**terms, "limit": 1})


def queue(title: str, setting: str, *command: str) -> Queue:
    folder = Path(os.environ[FOLDER]) / "sentijob"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "null").mkdir(parents=True)
    install_null_model(folder / "null")
    os.environ["SENTIJOB_DB"] = str(folder / "jobs.db")
    os.environ["SENTIJOB_CONFIG"] = str(folder / "none.toml")
    store = store_of(os.environ)

    def enqueue(texts: Sequence[str]) -> None:
        batch = store.open_batch(Terms(model="null"), source="bench").batch
        fill(store.append, batch.id, texts)
        store.seal(batch.id)

    def ask(text: str) -> str:
        job_id = store.submit(Item(text), Terms("null", priority=INTERACTIVE_PRIORITY)).job_id
        wait_until(
            lambda: store.job(job_id).status is Status.COMPLETED,
            f"job {job_id} completes",
            seconds=30,
            pause=LOOK,
        )
        sentiment = store.job(job_id).sentiment
        return "" if sentiment is None else str(sentiment.label)

    return Queue(
        title,
        setting,
        command,
        clear=lambda: None,
        enqueue=enqueue,
        finished=lambda: store.counts().finished,
        ask=ask,
    )


def work_by_ones() -> None:
    with (
        closing(store_of(os.environ)) as store,
        closing(make_waker(load_settings(environ=os.environ))) as waker,
    ):
        Worker(
            cast("Store", OneByOne(store)),
            lambda name: ProcessModel(name, TERMS, Limits()),
            WorkerConfig(reuse=False),
            waker=waker,
        ).run()


def loop_by_ones() -> None:
    with closing(store_of(os.environ)) as store:
        worker_id = store.register_worker(host="bench", pid=os.getpid()).id
        while claims := store.claim(worker_id, limit=1, lease=LEASE):
            store.complete(worker_id, [Scored(claim, VERDICT, "1") for claim in claims])


def itself(part: str) -> Sequence[str]:
    return (sys.executable, __file__, part)


PARTS: dict[str, Callable[[], None]] = {"work-by-ones": work_by_ones, "loop-by-ones": loop_by_ones}
QUEUES = {
    "worker": lambda: queue(
        "sentijob", "as it comes; its model in its own process", SENTIJOB, "worker"
    ),
    "ones": lambda: queue(
        "sentijob, claims of one", "the worker, each claim cut to one job", *itself("work-by-ones")
    ),
    "loop-ones": lambda: queue(
        "sentijob's store, claims of one", "claim and complete in a loop", *itself("loop-by-ones")
    ),
}

if __name__ == "__main__":
    if sys.argv[1:] and sys.argv[1] in PARTS:
        PARTS[sys.argv[1]]()
    else:
        answer(QUEUES)
