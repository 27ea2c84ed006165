"""Repeats are free: a text that has its result isn't given to the same model again."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentijob.errors import TextRejectedError
from sentijob.jobs import ClaimedJob, Item, Job, Scored, Selector, Sentiment, Status, Terms
from sentijob.ports import SentimentModel
from sentijob.store.sql_store import SqlStore
from sentijob.worker.chunks import Chunk
from sentijob.worker.config import WorkerConfig, WorkerSummary
from sentijob.worker.pace import Pace
from sentijob.worker.reuse import Reuse
from sentijob.worker.runner import Worker
from sentijob.worker.wake import PollWaker

DRAIN = WorkerConfig(drain=True, poll=timedelta(milliseconds=20))
SLOW = 0.001
"""Seconds a text: enough for the store to be asked."""
QUICK = 0.00005
"""Enough to be kept in memory."""


@dataclass
class Fake:
    """Says of each text something of its own, and counts how often it is asked."""

    revision: str = "f1"
    pause: float = QUICK
    failures: int = 0
    """How often each text with a *!* fails before it is scored."""
    name: str = "fake"
    asked: Counter[str] = field(default_factory=Counter)

    def predict(self, texts: Sequence[str]) -> Sequence[Sentiment]:
        self.asked.update(texts)
        time.sleep(self.pause * len(texts))
        if any("reject" in text for text in texts):
            raise TextRejectedError("nothing to read in it")
        if any("!" in text and self.asked[text] <= self.failures for text in texts):
            raise RuntimeError("boom")
        return [self.verdict(text) for text in texts]

    def verdict(self, text: str) -> Sentiment:
        digest = hashlib.sha256(f"{self.revision} {text}".encode()).digest()
        total = sum(digest[:3]) or 1
        return Sentiment.of(*(byte / total for byte in digest[:3]), tokens=digest[3], windows=2)


@pytest.fixture
def store() -> Iterator[SqlStore]:
    with SqlStore.open(":memory:") as opened:
        yield opened


def submit(store: SqlStore, texts: Sequence[str], *, store_text: bool = True) -> int:
    terms = Terms("fake", store_text=store_text)
    batch_id = store.open_batch(terms, source="-").batch.id
    store.append(batch_id, [Item(text) for text in texts], first_position=0)
    store.seal(batch_id)
    return batch_id


def jobs(store: SqlStore, batch_id: int) -> list[Job]:
    return list(store.each_job(Selector(batch_ids=(batch_id,))))


def at_once(_low: float, _high: float) -> float:
    return 0.0


def drain(store: SqlStore, model: Fake, config: WorkerConfig = DRAIN) -> WorkerSummary:
    def load(_name: str) -> SentimentModel:
        return model

    return Worker(store, load, config, waker=PollWaker(), uniform=at_once).run()


def drained_after(
    store: SqlStore, model: Fake, change: Callable[[], object], texts: Sequence[str]
) -> None:
    """One worker scores *texts*, lives through a change, and scores them again."""
    submit(store, texts)
    steps: list[Callable[[], object]] = [change, lambda: submit(store, texts)]

    def is_over() -> bool:
        if not store.counts().is_final:
            return False
        if not steps:
            return True
        steps.pop(0)()
        return False

    drain(store, model, WorkerConfig(stop_when=is_over, poll=timedelta(milliseconds=20)))


@pytest.mark.parametrize("pause", [QUICK, SLOW], ids=["quick", "slow"])
@pytest.mark.parametrize("store_text", [True, False], ids=["kept", "dropped"])
def test_each_text_of_a_batch_is_scored_once_and_every_job_gets_what_the_model_says(
    store: SqlStore, pause: float, *, store_text: bool
) -> None:
    texts = [f"text {number % 40}" for number in range(400)]
    batch_id = submit(store, texts, store_text=store_text)
    model = Fake(pause=pause)
    summary = drain(store, model)
    assert model.asked == Counter(set(texts))
    assert (summary.completed, summary.reused) == (400, 360)
    for job, text in zip(jobs(store, batch_id), texts, strict=True):
        assert (job.sentiment, job.model_revision) == (model.verdict(text), "f1")
        assert (job.status, job.attempt) == (Status.COMPLETED, 1)
        assert job.text == (text if store_text else None)


def test_without_reuse_each_job_is_scored_by_itself(store: SqlStore) -> None:
    submit(store, ["a", "b", "a"])
    model = Fake(pause=SLOW)
    assert drain(store, model, replace(DRAIN, reuse=False)).reused == 0
    submit(store, ["a"])
    drain(store, model, replace(DRAIN, reuse=False))
    assert model.asked == {"a": 3, "b": 1}


def test_a_worker_that_starts_anew_reuses_what_a_slow_model_said_before(store: SqlStore) -> None:
    texts = [f"text {number}" for number in range(50)]
    submit(store, texts)
    drain(store, Fake(pause=SLOW))
    again = submit(store, [*texts, "new"])
    model = Fake(pause=SLOW)
    summary = drain(store, model)
    assert model.asked == {"new": 1}
    assert summary.reused == 50
    assert [job.sentiment for job in jobs(store, again)] == [
        model.verdict(text) for text in [*texts, "new"]
    ]


@pytest.mark.parametrize(("milliseconds", "is_known"), [(3, False), (5, True)])
def test_only_what_a_slow_model_said_is_remembered_by_the_store(
    store: SqlStore, claim: Callable[..., ClaimedJob], milliseconds: int, *, is_known: bool
) -> None:
    claims = [claim(f"text {number}") for number in range(10)]
    pace = Pace()
    pace.observe(Chunk("fake", 0, claims), timedelta(milliseconds=milliseconds))
    scored = [Scored(one, Fake().verdict(one.text), "f1") for one in claims]
    remembered = Reuse(store, pace).worth_remembering(scored)
    assert list(remembered) == (scored if is_known else [])


def test_another_revision_scores_everything_anew(store: SqlStore) -> None:
    submit(store, ["a", "b"])
    drain(store, Fake(pause=SLOW))
    again = submit(store, ["a", "b"])
    model = Fake(revision="f2", pause=SLOW)
    assert drain(store, model).reused == 0
    assert model.asked == {"a": 1, "b": 1}
    assert {job.model_revision for job in jobs(store, again)} == {"f2"}


def test_a_revision_that_changes_under_a_worker_is_not_reused(store: SqlStore) -> None:
    model = Fake()
    submit(store, ["a"])
    seen: list[int] = []

    def is_over() -> bool:
        if not store.counts().is_final:
            return False
        seen.append(1)
        if len(seen) == 1:
            model.revision = "f2"
            submit(store, ["b"])  # the model says so with its next answer
        elif len(seen) == 2:
            submit(store, ["a"])
        return len(seen) == 3

    drain(store, model, WorkerConfig(stop_when=is_over, poll=timedelta(milliseconds=20)))
    assert model.asked["a"] == 2
    assert store.job(3).sentiment == model.verdict("a")


@pytest.mark.parametrize("pause", [QUICK, SLOW], ids=["quick", "slow"])
def test_a_pruned_result_is_not_reused(store: SqlStore, pause: float) -> None:
    model = Fake(pause=pause)
    drained_after(store, model, lambda: store.prune(Selector(job_ids=(1,))), ["gone", "kept"])
    assert model.asked == {"gone": 2, "kept": 1}


def test_a_worker_reuses_its_own_results_of_earlier_batches(store: SqlStore) -> None:
    model = Fake()
    drained_after(store, model, lambda: None, ["a", "b"])
    assert model.asked == {"a": 1, "b": 1}


def test_a_failure_is_not_reused_and_takes_no_repeat_with_it(store: SqlStore) -> None:
    batch_id = submit(store, ["reject me"] * 3 + ["fine"] * 3)
    model = Fake(pause=SLOW)
    summary = drain(store, model)
    assert (summary.completed, summary.failed) == (3, 3)
    assert model.asked["fine"] == 1
    assert [job.status for job in jobs(store, batch_id)] == [Status.FAILED] * 3 + [
        Status.COMPLETED
    ] * 3
    assert model.asked["reject me"] == 3


@settings(max_examples=15, deadline=None)
@given(
    texts=st.lists(st.sampled_from(["a", "b", "c", "d!", "e!", "reject"]), max_size=60),
    rounds=st.integers(1, 3),
    dropped=st.booleans(),
    pause=st.sampled_from([0.0, 0.0005]),
)
def test_whatever_repeats_every_job_gets_what_the_model_says(
    *, texts: list[str], rounds: int, dropped: bool, pause: float
) -> None:
    with SqlStore.open(":memory:") as store:
        for number in range(rounds):
            batch_id = submit(store, texts, store_text=not (dropped and number == 0))
            model = Fake(pause=pause, failures=1)
            drain(store, model)
            for job, text in zip(jobs(store, batch_id), texts, strict=True):
                if text == "reject":
                    assert job.status is Status.FAILED
                else:
                    assert job.sentiment == model.verdict(text)
        assert store.check() == []
