"""A model that hangs, in a whole worker: the text it hangs on fails alone."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from datetime import timedelta

import pytest

from sentijob.errors import ModelError
from sentijob.jobs import Counts, Item, Sentiment, Status, Terms
from sentijob.store.sql_store import SqlStore
from sentijob.worker.config import WorkerConfig
from sentijob.worker.hands import MOST_HUNG
from sentijob.worker.runner import Worker
from sentijob.worker.wake import PollWaker

CONFIG = WorkerConfig(
    drain=True, poll=timedelta(milliseconds=20), chunk_deadline=timedelta(milliseconds=150)
)


class Hanging:
    """Never answers to a text with ``hang`` in it, until the test is over."""

    name = "hanging"
    revision = "h1"

    def __init__(self) -> None:
        self.over = threading.Event()

    def predict(self, texts: Sequence[str]) -> Sequence[Sentiment]:
        if any("hang" in text for text in texts):
            self.over.wait()
        return [Sentiment.of(0, 1, 0, tokens=1) for _ in texts]


@pytest.fixture
def model() -> Iterator[Hanging]:
    hanging = Hanging()
    yield hanging
    hanging.over.set()


@pytest.fixture
def store() -> Iterator[SqlStore]:
    with SqlStore.open(":memory:") as opened:
        yield opened


def worker(store: SqlStore, model: Hanging) -> Worker:
    return Worker(
        store, lambda _: model, CONFIG, waker=PollWaker(), uniform=lambda _low, _high: 0.0
    )


def test_a_text_that_hangs_the_model_fails_alone_and_the_worker_lives_on(
    store: SqlStore, model: Hanging
) -> None:
    for number in range(30):
        store.submit(Item("hang" if number == 20 else f"text {number}"), Terms(model="hanging"))
    summary = worker(store, model).run()
    assert store.counts() == Counts(completed=29, failed=1, neutral=29)
    (job,) = [job for job in (store.job(n) for n in range(1, 31)) if job.status is Status.FAILED]
    assert job.text == "hang"
    assert job.attempt == 3
    assert job.error is not None
    assert job.error.code == "timed_out"
    assert (summary.completed, summary.failed, summary.retried) == (29, 1, 2)


def test_a_worker_whose_every_call_hangs_gives_up_and_gives_its_jobs_back(
    store: SqlStore, model: Hanging
) -> None:
    for _ in range(2 * MOST_HUNG):
        store.submit(Item("hang"), Terms(model="hanging"))
    with pytest.raises(ModelError, match="model calls hang"):
        worker(store, model).run()
    assert store.counts().processing == 0
    assert store.workers() == []
