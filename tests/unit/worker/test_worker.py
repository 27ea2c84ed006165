"""A whole worker on a real store, with models small enough to follow."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from sentijob.errors import ModelUnavailableError, TextRejectedError
from sentijob.jobs import Counts, Item, Scored, Selector, Sentiment, Status, Terms
from sentijob.ports import SentimentModel
from sentijob.store.sql_store import SqlStore
from sentijob.worker.config import WorkerConfig, WorkerSummary
from sentijob.worker.runner import Worker
from sentijob.worker.wake import PollWaker

DEADLINE = 20.0
DRAIN = WorkerConfig(drain=True, poll=timedelta(milliseconds=20))


@dataclass
class Fake:
    """Scores everything positive, but for texts that tell it to misbehave."""

    name: str = "fake"
    revision: str = "f1"
    calls: list[list[str]] = field(default_factory=list)
    gate: threading.Event | None = None
    running: threading.Event = field(default_factory=threading.Event)

    def predict(self, texts: Sequence[str]) -> Sequence[Sentiment]:
        self.calls.append(list(texts))
        self.running.set()
        if self.gate is not None:
            self.gate.wait(DEADLINE)
        if any("reject" in text for text in texts):
            raise TextRejectedError("nothing to read in it")
        if any("crash" in text for text in texts):
            raise RuntimeError("boom")
        if any("few" in text for text in texts):
            return []
        nan = float("nan")
        return [
            Sentiment.of(nan, nan, nan, tokens=1)
            if "nan" in text
            else Sentiment.of(0.1, 0.2, 0.7, tokens=1)
            for text in texts
        ]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    with SqlStore.open(str(tmp_path / "jobs.db")) as opened:
        yield opened


def submit(store: SqlStore, *texts: str, model: str = "fake", max_attempts: int = 3) -> list[int]:
    terms = Terms(model=model, max_attempts=max_attempts)
    batch_id = store.open_batch(terms, source="-").batch.id
    store.append(batch_id, [Item(text) for text in texts], first_position=0)
    store.seal(batch_id)
    return [job.id for job in store.each_job(Selector(batch_ids=(batch_id,)))]


def at_once(_low: float, _high: float) -> float:
    return 0.0


def worker(
    store: SqlStore,
    model: SentimentModel,
    config: WorkerConfig = DRAIN,
    load: Callable[[str], SentimentModel] | None = None,
) -> Worker:
    return Worker(store, load or (lambda _: model), config, waker=PollWaker(), uniform=at_once)


def eventually(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < end, "the condition never came true"
        time.sleep(0.005)


def test_a_drain_scores_every_job_once_and_ends(store: SqlStore) -> None:
    submit(store, *(f"text {number}" for number in range(500)))
    model = Fake()
    summary = worker(store, model).run()
    assert summary == WorkerSummary(500, 0, 0, 0, 0, 0)
    assert store.counts() == Counts(completed=500, positive=500)
    scored = [text for call in model.calls for text in call]
    assert len(scored) == len(set(scored)) == 500
    assert len(model.calls) < 250, "texts should go to the model many at once"
    assert store.workers() == []


def test_one_rejected_text_fails_alone_and_at_once(store: SqlStore) -> None:
    texts = [f"text {number}" for number in range(64)]
    texts[37] = "reject me"
    job_ids = submit(store, *texts)
    worker(store, Fake()).run()
    bad = store.job(job_ids[37])
    assert bad.status is Status.FAILED
    assert bad.attempt == 1
    assert bad.error is not None
    assert bad.error.code == "text_rejected"
    assert store.counts() == Counts(completed=63, failed=1, positive=63)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("crash", "RuntimeError: boom"),
        ("few", "model fake gave 0 sentiments for 1 texts"),
        ("nan", "model fake gave probabilities that don't sum to 1"),
    ],
)
def test_what_may_pass_is_tried_until_the_attempts_are_spent(
    store: SqlStore, text: str, message: str
) -> None:
    good, bad = submit(store, "fine", text)
    summary = worker(store, Fake()).run()
    job = store.job(bad)
    assert (job.status, job.attempt) == (Status.FAILED, 3)
    assert job.error is not None
    assert (job.error.code, job.error.message) == ("model_error", message)
    assert store.job(good).attempt == 1
    assert (summary.completed, summary.failed, summary.retried) == (1, 1, 2)


def test_a_model_that_cannot_be_loaded_fails_its_own_jobs_alone(store: SqlStore) -> None:
    def load(name: str) -> SentimentModel:
        if name == "gone":
            raise ModelUnavailableError("no such folder")
        return Fake()

    (lost,) = submit(store, "a", model="gone", max_attempts=1)
    (kept,) = submit(store, "b")
    worker(store, Fake(), load=load).run()
    error = store.job(lost).error
    assert error is not None
    assert error.code == "model_unavailable"
    assert store.job(kept).status is Status.COMPLETED


def test_a_stop_finishes_the_chunk_and_releases_the_rest_untried(store: SqlStore) -> None:
    job_ids = submit(store, *(f"text {number}" for number in range(10)))
    model = Fake(gate=threading.Event())
    working = worker(store, model, WorkerConfig())
    thread = threading.Thread(target=working.run)
    thread.start()
    assert model.running.wait(DEADLINE)
    working.request_stop()
    eventually(lambda: store.counts() == Counts(pending=9, processing=1))
    assert model.gate is not None
    model.gate.set()
    thread.join(DEADLINE)
    assert not thread.is_alive()
    assert store.counts() == Counts(pending=9, completed=1, positive=1)
    waiting = [store.job(job_id) for job_id in job_ids]
    assert {job.attempt for job in waiting if job.status is Status.PENDING} == {0}


def test_an_immediate_release_waits_for_no_model(store: SqlStore) -> None:
    submit(store, "slow", "other")
    model = Fake(gate=threading.Event())
    working = worker(store, model, WorkerConfig())
    thread = threading.Thread(target=working.run)
    thread.start()
    assert model.running.wait(DEADLINE)
    working.release_now()
    thread.join(DEADLINE)
    assert not thread.is_alive()
    assert store.counts() == Counts(pending=2)
    assert model.gate is not None
    model.gate.set()


def test_a_result_that_comes_too_late_is_dropped(store: SqlStore) -> None:
    (job_id,) = submit(store, "slow")
    model = Fake(gate=threading.Event())
    summaries: list[WorkerSummary] = []
    working = worker(store, model)
    thread = threading.Thread(target=lambda: summaries.append(working.run()))
    thread.start()
    assert model.running.wait(DEADLINE)
    (stalled,) = store.workers()
    assert store.rescue(dead_workers=[stalled.id]) == 1
    other = store.register_worker(host="elsewhere", pid=1).id
    claims = store.claim(other, limit=1, lease=timedelta(minutes=1))
    store.complete(other, [Scored(claims[0], Sentiment.of(0.8, 0.1, 0.1, tokens=1), "other")])
    assert model.gate is not None
    model.gate.set()
    thread.join(DEADLINE)
    assert summaries[0].refused == 1
    assert store.job(job_id).model_revision == "other"
    assert store.counts() == Counts(completed=1, negative=1)


def test_a_paused_store_is_left_alone_until_it_is_resumed(store: SqlStore) -> None:
    store.set_paused(paused=True)
    submit(store, "a")
    working = worker(store, Fake(), WorkerConfig(poll=timedelta(milliseconds=20)))
    thread = threading.Thread(target=working.run)
    thread.start()
    eventually(lambda: len(store.workers()) == 1)
    assert store.counts() == Counts(pending=1)
    store.set_paused(paused=False)
    eventually(lambda: store.counts().completed == 1)
    working.request_stop()
    thread.join(DEADLINE)
    assert not thread.is_alive()


def test_an_urgent_text_overtakes_a_crowd(store: SqlStore) -> None:
    submit(store, *(f"text {number}" for number in range(2_000)))
    model = Fake(gate=threading.Event())
    working = worker(store, model)
    thread = threading.Thread(target=working.run)
    thread.start()
    assert model.running.wait(DEADLINE)
    store.submit(Item("urgent"), Terms(model="fake", priority=10))
    assert model.gate is not None
    model.gate.set()
    thread.join(60)
    order = [text for call in model.calls for text in call]
    assert len(order) == 2_001
    assert order.index("urgent") < 1_000


def test_two_workers_share_a_store_and_score_everything_once(store: SqlStore) -> None:
    submit(store, *(f"text {number}" for number in range(1_000)))
    models = [Fake(), Fake()]
    threads = [threading.Thread(target=worker(store, model).run) for model in models]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    scored = [text for model in models for call in model.calls for text in call]
    assert len(scored) == len(set(scored)) == 1_000
    assert store.counts() == Counts(completed=1_000, positive=1_000)
    assert store.check() == []
