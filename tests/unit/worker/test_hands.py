"""Hands that run models, in whole workers: several at once, models that are lost, hands that fail."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

import pytest

from sentijob.errors import ModelCrashError, ModelTimeoutError
from sentijob.jobs import Counts, Item, Sentiment, Status, Terms
from sentijob.ports import SentimentModel
from sentijob.store.sql_store import SqlStore
from sentijob.worker.config import WorkerConfig, WorkerSummary
from sentijob.worker.runner import Worker
from sentijob.worker.wake import PollWaker

DEADLINE = 20.0


class Frail:
    """A model whose process is lost over a text with ``hang`` or ``crash`` in it."""

    name = "frail"
    revision = "f1"

    def __init__(self) -> None:
        self.is_alive = True
        self.calls: list[Sequence[str]] = []

    def await_loaded(self) -> None:
        assert self.is_alive

    def predict(self, texts: Sequence[str]) -> Sequence[Sentiment]:
        assert self.is_alive, "a lost model is called no more"
        self.calls.append(texts)
        for word, error in (("hang", ModelTimeoutError), ("crash", ModelCrashError)):
            if any(word in text for text in texts):
                self.is_alive = False
                raise error(f"over a {word}")
        return [Sentiment.of(0, 1, 0, tokens=1) for _ in texts]

    def close(self) -> None:
        self.is_alive = False


@pytest.fixture
def store() -> Iterator[SqlStore]:
    with SqlStore.open(":memory:") as opened:
        yield opened


def worker(store: SqlStore, load: Callable[[str], SentimentModel], processes: int = 1) -> Worker:
    config = WorkerConfig(drain=True, poll=timedelta(milliseconds=20), processes=processes)
    return Worker(store, load, config, waker=PollWaker(), uniform=lambda _low, _high: 0.0)


def submit(store: SqlStore, *texts: str) -> None:
    for text in texts:
        store.submit(Item(text), Terms(model="frail"))


@pytest.mark.parametrize(("word", "code"), [("hang", "timed_out"), ("crash", "model_crashed")])
def test_a_text_that_costs_the_model_fails_alone_within_its_attempts(
    store: SqlStore, word: str, code: str
) -> None:
    loaded: list[Frail] = []

    def load(_name: str) -> Frail:
        loaded.append(Frail())
        return loaded[-1]

    submit(store, *(word if number == 20 else f"text {number}" for number in range(30)))
    summary = worker(store, load).run()
    assert store.counts() == Counts(completed=29, failed=1, neutral=29)
    (job,) = [job for job in map(store.job, range(1, 31)) if job.status is Status.FAILED]
    assert (job.text, job.attempt, job.rescues) == (word, 3, 0)
    assert job.error is not None
    assert (job.error.code, job.error.message) == (code, f"over a {word}")
    assert (summary.completed, summary.failed, summary.retried) == (29, 1, 2)
    in_company = [
        call for model in loaded for call in model.calls if word in call and len(call) > 1
    ]
    assert len(in_company) <= 1, "its company is set apart, not halved"
    assert not any(model.is_alive for model in loaded)


def test_as_many_chunks_run_at_once_as_there_are_processes(store: SqlStore) -> None:
    together = threading.Barrier(2)

    class Sociable(Frail):
        def predict(self, texts: Sequence[str]) -> Sequence[Sentiment]:
            together.wait(DEADLINE)  # for a call of the other, and it breaks where none comes
            return super().predict(texts)

    submit(store, "a", "b")
    assert worker(store, lambda _: Sociable(), processes=2).run().completed == 2


def test_every_hand_has_a_model_of_its_own(store: SqlStore) -> None:
    loaded: list[Frail] = []
    threads: dict[Frail, set[str | int]] = {}
    together = threading.Barrier(2)

    class Jealous(Frail):
        def predict(self, texts: Sequence[str]) -> Sequence[Sentiment]:
            if not self.calls:
                together.wait(DEADLINE)
            threads.setdefault(self, set()).add(threading.get_ident())
            return super().predict(texts)

    def load(_name: str) -> Frail:
        loaded.append(Jealous())
        return loaded[-1]

    submit(store, *map(str, range(200)))
    assert worker(store, load, processes=2).run().completed == 200
    assert [len(threads[model]) for model in loaded] == [1, 1]
    assert store.check() == []


def test_a_hand_that_fails_ends_the_worker_and_gives_its_jobs_back(store: SqlStore) -> None:
    def load(_name: str) -> Frail:
        raise SystemExit("no error of a model's")

    submit(store, "a", "b")
    ended: list[WorkerSummary | BaseException] = []

    def run() -> None:
        try:
            ended.append(worker(store, load).run())
        except SystemExit as exc:
            ended.append(exc)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(DEADLINE)
    assert [str(one) for one in ended] == ["no error of a model's"]
    assert store.counts() == Counts(pending=2)
