"""Any calls in any order: after each, the store stands exactly as the model of its contract says.

``make test`` runs the same few dozen examples every time;
``HYPOTHESIS_PROFILE=thorough .venv/bin/pytest tests/contract/test_store_machine.py --timeout 0``
runs 2,000 new ones.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from movable_clock import MovableClock
from psycopg.sql import SQL
from store_model import ModelBatch, StoreModel, ms

from sentijob.errors import ConflictError
from sentijob.jobs import (
    ClaimedJob,
    Failure,
    Item,
    Job,
    Scored,
    Selector,
    Sentiment,
    Sort,
    Status,
    Submission,
    Submitted,
    Terms,
)
from sentijob.ports import Store
from sentijob.store.clock import ms_to_instant
from sentijob.store.holds import Hold
from sentijob.store.postgres.connections import connect
from sentijob.store.postgres.url import parse_postgres_url
from sentijob.store.sql_store import SqlStore
from sentijob.store.tables import JobRow

SENTIMENTS = (
    Sentiment.of(0.8, 0.1, 0.1, tokens=1),
    Sentiment.of(0.1, 0.8, 0.1, tokens=1),
    Sentiment.of(0.1, 0.1, 0.8, tokens=1),
)
SPANS = st.sampled_from([timedelta(0), timedelta(seconds=1), timedelta(seconds=61)])
LEASES = st.sampled_from([timedelta(seconds=30), timedelta(seconds=60), timedelta(hours=12)])
MODELS = st.sampled_from(["mini", "vader"])
TERMS = st.builds(
    lambda **terms: Terms(**terms),  # noqa: PLW0108  # of the class, all other parts would be drawn too
    model=MODELS,
    priority=st.sampled_from([-1, 0, 5]),
    delay=SPANS,
    max_attempts=st.integers(1, 3),
)
KEYS = st.sampled_from([None, None, "one", "two"])
SOME = st.lists(st.integers(0, 100), max_size=4)


class Home(Protocol):
    """Where the store of one example lives."""

    outlives_closing: bool

    def open(self) -> Store:
        """Open one and the same store: empty at first, later as it was left."""
        ...

    def remove(self) -> None:
        """Leave nothing behind; the store is closed."""
        ...


class MemoryHome:
    outlives_closing = False

    def __init__(self, clock: MovableClock) -> None:
        self._clock = clock

    def open(self) -> Store:
        return SqlStore.open(":memory:", clock=self._clock)

    def remove(self) -> None:
        """It went when it was closed."""


class FileHome:
    outlives_closing = True

    def __init__(self, clock: MovableClock) -> None:
        self._clock = clock
        self._folder = Path(tempfile.mkdtemp())

    def open(self) -> Store:
        return SqlStore.open(str(self._folder / "jobs.db"), clock=self._clock)

    def remove(self) -> None:
        shutil.rmtree(self._folder)


class PostgresHome:
    """In one schema for all examples, emptied after each."""

    outlives_closing = True

    def __init__(self, clock: MovableClock, url: str) -> None:
        self.clock, self.url = clock, url

    def open(self) -> Store:
        return SqlStore.open(self.url, clock=self.clock)

    def remove(self) -> None:
        names = ", ".join(table.name for table in JobRow.metadata.sorted_tables)
        with closing(connect(parse_postgres_url(self.url), patience=timedelta(0))) as driver:
            driver.execute(SQL(f"TRUNCATE {names} RESTART IDENTITY"))


EXAMPLES_SHARE = {"memory": 1.0, "file": 0.25, "postgresql": 0.25}
"""What part of a profile's examples each kind of store gets, by what opening it costs."""


class StoreMachine(RuleBasedStateMachine):
    """Every call of the contract, on a store and on its model."""

    def __init__(self, make_home: Callable[[MovableClock], Home]) -> None:
        super().__init__()
        self.clock = MovableClock()
        self.home = make_home(self.clock)
        self.store = self.home.open()
        self.model = StoreModel(self.clock)
        self.claims: list[tuple[int, ClaimedJob]] = []
        """Every claim that was ever made and its worker: most of them are stale."""

    def teardown(self) -> None:
        sound = list(self.store.check())
        self.store.close()
        self.home.remove()
        assert sound == []

    @initialize(several=st.lists(TERMS, min_size=2, max_size=5))
    def begin(self, several: list[Terms]) -> None:
        """Jobs and workers, or most rules would have nothing to do."""
        for terms in several:
            self.submit(terms, None)
        self.register()
        self.register()

    # Submitting

    @rule(terms=TERMS, once=KEYS)
    def submit(self, terms: Terms, once: str | None) -> None:
        if once in self.model.once_batches:
            with pytest.raises(ConflictError):
                self.store.submit(Item("a text"), terms, once=once)
            return
        self.note(terms, once, self.store.submit(Item("a text"), terms, once=once))

    @rule(several=st.lists(st.tuples(TERMS, KEYS), max_size=4))
    def submit_each(self, several: list[tuple[Terms, str | None]]) -> None:
        submissions = [Submission(Item("a text"), terms, once) for terms, once in several]
        answers = self.store.submit_each(submissions)
        for (terms, once), answer in zip(several, answers, strict=True):
            assert isinstance(answer, ConflictError) == (once in self.model.once_batches)
            if isinstance(answer, Submitted):
                self.note(terms, once, answer)

    def note(self, terms: Terms, once: str | None, receipt: Submitted) -> None:
        """Have the model do what the store said that it did."""
        earlier = self.model.once_jobs.get(once or "")
        assert receipt.is_new == (earlier is None)
        if earlier is not None:
            assert receipt.job_id == earlier
            return
        assert receipt.job_id not in self.model.jobs
        self.model.add(receipt.job_id, terms)
        if once is not None:
            self.model.once_jobs[once] = receipt.job_id

    @rule(terms=TERMS, once=KEYS, fingerprint=KEYS, name=KEYS)
    def open_batch(
        self, terms: Terms, once: str | None, fingerprint: str | None, name: str | None
    ) -> None:
        def call() -> Any:
            return self.store.open_batch(
                terms, source="-", name=name, fingerprint=fingerprint, once=once
            )

        known = self.model.once_batches.get(once or "") or self.model.interrupted(fingerprint)
        is_taken = name in {batch.name for batch in self.model.batches.values()} - {None}
        if once in self.model.once_jobs or (known is None and is_taken):
            with pytest.raises(ConflictError):
                call()
            return
        opened = call()
        assert opened.is_new == (known is None)
        if known is None:
            assert opened.batch.id not in self.model.batches
            due = self.clock.wall_ms + ms(terms.delay)
            batch = ModelBatch(opened.batch.id, terms, due, fingerprint, name)
            self.model.batches[batch.id] = batch
        else:
            assert opened.batch.id == known
        assert opened.present == max(self.model.in_batch(opened.batch.id), default=-1) + 1
        if once is not None:
            self.model.once_batches[once] = opened.batch.id

    @precondition(lambda self: self.model.batches)
    @rule(batch=st.integers(0, 100), count=st.integers(1, 3), back=st.integers(0, 2))
    def append(self, batch: int, count: int, back: int) -> None:
        chosen = pick(list(self.model.batches.values()), batch)
        present = self.model.in_batch(chosen.id)
        first = max(max(present, default=-1) + 1 - back, 0)
        new = [place for place in range(first, first + count) if place not in present]
        items = [Item("a text")] * count
        if new and chosen.is_sealed:
            with pytest.raises(ConflictError):
                self.store.append(chosen.id, items, first_position=first)
            return
        assert self.store.append(chosen.id, items, first_position=first) == len(new)
        job_ids = sorted({job.id for job in self.all_jobs()} - set(self.model.jobs))
        self.model.append(chosen.id, new, job_ids)

    @precondition(lambda self: self.model.batches)
    @rule(batch=st.integers(0, 100))
    def seal(self, batch: int) -> None:
        chosen = pick(list(self.model.batches.values()), batch)
        assert self.store.seal(chosen.id).sealed_at is not None
        chosen.is_sealed = True

    # Working

    @precondition(lambda self: len(self.model.workers) < 3)
    @rule()
    def register(self) -> None:
        worker = self.store.register_worker(host="here", pid=1)
        assert worker.id not in self.model.workers
        assert all(worker.id != worker_id for worker_id, _ in self.claims)
        self.model.workers.add(worker.id)

    @precondition(lambda self: self.model.workers)
    @rule(
        worker=st.integers(0, 100),
        limit=st.integers(1, 4),
        lease=LEASES,
        models=st.sampled_from([None, ("mini",), ("mini", "vader"), ()]),
        exclude=st.sampled_from([(), ("vader",)]),
        min_priority=st.sampled_from([None, None, 0]),
    )
    def claim(
        self,
        worker: int,
        limit: int,
        lease: timedelta,
        models: tuple[str, ...] | None,
        exclude: tuple[str, ...],
        min_priority: int | None,
    ) -> None:
        worker_id = pick(sorted(self.model.workers), worker)
        expected = self.model.next_claims(
            limit, models=models, exclude_models=exclude, min_priority=min_priority
        )
        claimed = self.store.claim(
            worker_id,
            limit=limit,
            lease=lease,
            models=models,
            exclude_models=exclude,
            min_priority=min_priority,
        )
        assert [one.job_id for one in claimed] == expected
        self.model.claim(worker_id, expected, lease)
        for one in claimed:
            job = self.model.jobs[one.job_id]
            assert (one.fence, one.attempt) == (job.fence, job.attempt)
            self.claims.append((worker_id, one))

    @precondition(lambda self: self.claims)
    @rule(which=SOME, lease=LEASES)
    def extend(self, which: list[int], lease: timedelta) -> None:
        worker_id, claims = self.some_claims(which)
        held = self.model.held(worker_id, claims)
        lost = self.store.extend(worker_id, claims, lease=lease)
        assert set(lost) == {one.job_id for one in claims} - set(held)
        for job in held.values():
            job.lease_ends = self.clock.steady_ms + ms(lease)

    @precondition(lambda self: self.claims)
    @rule(which=SOME, kind=st.integers(0, 2))
    def complete(self, which: list[int], kind: int) -> None:
        worker_id, claims = self.some_claims(which)
        held = self.model.held(worker_id, claims)
        sentiments = [SENTIMENTS[(kind + place) % 3] for place in range(len(claims))]
        scored = [
            Scored(one, sentiment, "r1") for one, sentiment in zip(claims, sentiments, strict=True)
        ]
        lost = self.store.complete(worker_id, scored)
        assert set(lost) == {one.job_id for one in claims} - set(held)
        for one, sentiment in zip(claims, sentiments, strict=True):
            if one.job_id in held:
                job = held[one.job_id]
                job.let_go(Status.COMPLETED)
                job.label, job.error_code = sentiment.label, None

    @precondition(lambda self: self.claims)
    @rule(which=SOME, retry_in=st.sampled_from([None, timedelta(0), timedelta(seconds=5)]))
    def fail(self, which: list[int], retry_in: timedelta | None) -> None:
        worker_id, claims = self.some_claims(which)
        held = self.model.held(worker_id, claims)
        failures = [Failure(one, "model_error", "no luck", retry_in) for one in claims]
        assert set(self.store.fail(worker_id, failures)) == {one.job_id for one in claims} - set(
            held
        )
        for job in held.values():
            job.let_go(Status.FAILED if retry_in is None else Status.PENDING)
            job.error_code = "model_error"
            if retry_in is not None:
                job.available_at = self.clock.wall_ms + ms(retry_in)
                job.hold = Hold.BACKOFF

    @precondition(lambda self: self.claims)
    @rule(which=SOME)
    def release(self, which: list[int]) -> None:
        worker_id, claims = self.some_claims(which)
        held = self.model.held(worker_id, claims)
        lost = self.store.release(worker_id, claims)
        assert set(lost) == {one.job_id for one in claims} - set(held)
        for job in held.values():
            job.let_go(Status.PENDING)
            job.attempt -= 1

    # What goes wrong

    @rule(dead=st.lists(st.integers(0, 100), max_size=2))
    def rescue(self, dead: list[int]) -> None:
        workers = sorted(self.model.workers)
        dead_ids = {pick(workers, number) for number in dead} if workers else set()
        assert self.store.rescue(dead_workers=dead_ids) == self.model.rescue(dead_ids)

    @precondition(lambda self: self.model.workers)
    @rule(worker=st.integers(0, 100))
    def retire(self, worker: int) -> None:
        worker_id = pick(sorted(self.model.workers), worker)
        self.store.retire_worker(worker_id)
        self.model.rescue({worker_id})

    @rule(times=st.sampled_from([1, 2, 19, 20, 21]))
    def claim_and_die(self, times: int) -> None:
        """Workers that take a job and die with it, one after the other."""
        for _ in range(times):
            worker_id = self.store.register_worker(host="here", pid=1).id
            lease = timedelta(seconds=60)
            expected = self.model.next_claims(1, models=None, exclude_models=(), min_priority=None)
            claimed = self.store.claim(worker_id, limit=1, lease=lease)
            assert [one.job_id for one in claimed] == expected
            self.model.claim(worker_id, expected, lease)
            rescued = self.store.rescue(dead_workers=(worker_id,))
            assert rescued == self.model.rescue((worker_id,))

    @rule(span=st.sampled_from([1, 20, 40, 70, 4_000, 90_000]))
    def pass_time(self, span: int) -> None:
        self.clock.pass_time(timedelta(seconds=span))

    @rule(hours=st.sampled_from([-1, 1, 30]))
    def set_the_clock(self, hours: int) -> None:
        self.clock.set_wall(timedelta(hours=hours))

    @precondition(lambda self: self.claims)
    @rule(settles=st.sampled_from(["complete", "fail", "release", "extend"]), again=st.booleans())
    def come_late(self, settles: str, *, again: bool) -> None:
        """A worker stalls, loses its jobs, claims them *again* perhaps, then settles the old claims."""
        held = [each for each in self.claims if self.model.held(each[0], [each[1]])]
        worker_id, _ = (held or self.claims)[-1]
        self.pass_time(90_000)
        self.rescue([])
        if again and worker_id in self.model.workers:
            place = sorted(self.model.workers).index(worker_id)
            self.claim(place, 4, timedelta(seconds=60), None, (), None)
        stale = [one for worker, one in self.claims if worker == worker_id and self.is_stale(one)][
            -1:
        ]
        before = [standing(job) for job in self.all_jobs()]
        lost = {
            "complete": lambda: self.store.complete(
                worker_id, [Scored(one, SENTIMENTS[0], "r1") for one in stale]
            ),
            "fail": lambda: self.store.fail(
                worker_id, [Failure(one, "late", "late", None) for one in stale]
            ),
            "release": lambda: self.store.release(worker_id, stale),
            "extend": lambda: self.store.extend(worker_id, stale, lease=timedelta(hours=12)),
        }[settles]()
        assert set(lost) == {one.job_id for one in stale}
        assert [standing(job) for job in self.all_jobs()] == before

    def is_stale(self, claim: ClaimedJob) -> bool:
        job = self.model.jobs.get(claim.job_id)
        return job is None or job.fence != claim.fence or job.status is not Status.PROCESSING

    @precondition(lambda self: self.home.outlives_closing)
    @rule()
    def reopen(self) -> None:
        self.store.close()
        self.store = self.home.open()

    # What people do

    @rule(paused=st.booleans())
    def pause(self, *, paused: bool) -> None:
        self.store.set_paused(paused=paused)
        self.model.is_paused = paused

    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        selector = self.some_selector(data)
        assert self.store.cancel(selector) == self.model.cancel(selector)

    @rule(data=st.data())
    def retry(self, data: st.DataObject) -> None:
        selector = self.some_selector(data)
        assert self.store.retry(selector) == self.model.retry(selector)

    @rule(data=st.data())
    def prune(self, data: st.DataObject) -> None:
        selector = self.some_selector(data)
        assert self.store.prune(selector) == self.model.prune(selector)

    # What must hold

    @invariant()
    def jobs_stand_as_the_model_says(self) -> None:
        found = {job.id: standing(job) for job in self.all_jobs()}
        assert found == {
            job.id: (
                job.status,
                job.attempt,
                job.fence,
                job.rescues,
                job.worker_id,
                job.batch_id,
                job.position,
                job.terms.priority,
                job.label,
                job.error_code,
                ms_to_instant(job.available_at),
            )
            for job in self.model.jobs.values()
        }

    @invariant()
    def counters_equal_a_recount(self) -> None:
        assert self.store.counts() == self.model.counts()
        batches = self.store.batches(limit=1000)
        assert {batch.id for batch in batches} == set(self.model.batches)
        for batch in batches:
            assert batch.counts == self.model.counts(batch.id)
            assert (batch.sealed_at is not None) == self.model.batches[batch.id].is_sealed

    @invariant()
    def workers_hold_what_they_claimed_and_nothing_else(self) -> None:
        holding = {worker.id: worker.holding for worker in self.store.workers()}
        held = [job.worker_id for job in self.model.jobs.values() if job.worker_id is not None]
        assert holding == {worker_id: held.count(worker_id) for worker_id in self.model.workers}

    @invariant()
    def the_next_due_instant_is_that_of_a_pending_job(self) -> None:
        now = self.clock.wall_ms
        due = [job.due_at(now) for job in self.model.jobs.values() if job.status is Status.PENDING]
        assert self.store.next_due_at() == (ms_to_instant(min(due)) if due else None)
        assert self.store.is_paused() == self.model.is_paused

    # What the rules draw from

    def all_jobs(self) -> Sequence[Job]:
        return self.store.jobs(Selector(), sort=Sort.OLDEST, limit=10_000)

    def some_claims(self, which: list[int]) -> tuple[int, list[ClaimedJob]]:
        """A worker and some of its claims, at most one of each job: of the first numbers, even ones take what is held."""
        held = [each for each in self.claims if self.model.held(each[0], [each[1]])]
        first = which[0] if which else 0
        worker_id, latest = pick(held if held and first % 2 == 0 else self.claims, first // 2)
        own = [one for worker, one in self.claims if worker == worker_id]
        chosen = {latest.job_id: latest}
        for number in which[1:]:
            one = pick(own, -1 - number)
            chosen.setdefault(one.job_id, one)
        return worker_id, list(chosen.values())

    def some_selector(self, data: st.DataObject) -> Selector:
        job_ids = sorted(self.model.jobs) or [1]
        batch_ids = sorted(self.model.batches) or [1]
        return data.draw(
            st.builds(
                lambda **parts: Selector(**parts),  # noqa: PLW0108  # as with TERMS
                job_ids=st.lists(st.sampled_from(job_ids), max_size=2).map(tuple),
                batch_ids=st.lists(st.sampled_from(batch_ids), max_size=1).map(tuple),
                statuses=st.lists(st.sampled_from(Status), max_size=2, unique=True).map(tuple),
                models=st.lists(MODELS, max_size=1).map(tuple),
            )
        )


def pick(things: Sequence[Any], number: int) -> Any:
    return things[number % len(things)]


def standing(job: Job) -> tuple[object, ...]:
    """The part of a job that the model tells."""
    return (
        job.status,
        job.attempt,
        job.fence,
        job.rescues,
        job.worker_id,
        job.batch_id,
        job.position,
        job.priority,
        job.sentiment and job.sentiment.label,
        job.error and job.error.code,
        job.available_at,
    )


@pytest.mark.timeout(3600)  # a counterexample is made small before it is shown
@pytest.mark.parametrize("kind", EXAMPLES_SHARE)
def test_any_calls_in_any_order_leave_the_store_as_its_contract_says(
    kind: str, request: pytest.FixtureRequest
) -> None:
    homes: dict[str, Callable[[MovableClock], Home]] = {"memory": MemoryHome, "file": FileHome}
    if kind == "postgresql":
        homes[kind] = partial(PostgresHome, url=request.getfixturevalue("postgres").new_url())
    examples = max(int(settings().max_examples * EXAMPLES_SHARE[kind]), 1)
    run_state_machine_as_test(
        lambda: StoreMachine(homes[kind]),  # type: ignore[arg-type]  # any callable will do
        settings=settings(
            max_examples=examples,
            stateful_step_count=40,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
