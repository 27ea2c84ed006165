"""Whichever way leads to the selected jobs, they are the same ones in the same order."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

import pytest
from movable_clock import MovableClock

from sentijob.jobs import (
    FINAL_STATUSES,
    ClaimedJob,
    Failure,
    Item,
    Job,
    Label,
    Scored,
    Selector,
    Sentiment,
    Sort,
    Status,
    Terms,
)
from sentijob.store.listing import Listing
from sentijob.store.peaks import EARLIEST, blocks_with
from sentijob.store.rows import JOB_SELECT
from sentijob.store.sql_store import SqlStore

MODELS = ("mini", "vader", "demo")
CODES = ("text_rejected", "model_error")
FEWS = (0, 10, 10_000)
"""From where every way is walked to where every way is sorted."""


@pytest.fixture(scope="module")
def store() -> Iterator[SqlStore]:
    """5,000 jobs of every kind, mixed."""
    clock, chance = MovableClock(), random.Random(1)
    with SqlStore.open(":memory:", clock=clock) as opened:
        for number in range(50):
            submit_some(opened, chance, number)
            clock.pass_time(timedelta(minutes=7))
            settle_some(opened, chance)
        yield opened


def submit_some(store: SqlStore, chance: random.Random, number: int) -> None:
    terms = Terms(chance.choice(MODELS), chance.choice((-5, 0, 0, 10)))
    items = [Item(f"text {n}", f"k{chance.randrange(400)}") for n in range(chance.choice((1, 150)))]
    if len(items) == 1:
        store.submit(items[0], terms)
        return
    batch_id = store.open_batch(terms, source="test", name=f"batch {number}").batch.id
    store.append(batch_id, items, first_position=0)


def settle_some(store: SqlStore, chance: random.Random) -> None:
    worker = store.register_worker(host="test", pid=1).id
    claims = list(store.claim(worker, limit=chance.randrange(120), lease=timedelta(hours=9)))
    chance.shuffle(claims)
    failed, completed = claims[:9], claims[15:]
    retries = (None, timedelta(hours=1))
    store.fail(
        worker,
        [Failure(one, chance.choice(CODES), "why", chance.choice(retries)) for one in failed],
    )
    store.complete(worker, [Scored(one, verdict(chance), "1") for one in completed])
    store.cancel(Selector(job_ids=tuple(one.job_id for one in claims[9:12])))


def verdict(chance: random.Random) -> Sentiment:
    """Coarse, so that many scores are equal."""
    label = chance.choice(list(Label))
    return Sentiment(label, chance.choice((0.5, 0.75, 0.9, 0.99)), 0.1, 0.1, 0.8, 3)


def random_selector(chance: random.Random, jobs: Sequence[Job]) -> Selector:
    """Each part is given one time in four, so that most selectors have one or two."""

    def maybe(values: Sequence[object]) -> tuple[object, ...]:
        return (
            tuple(chance.choices(values, k=chance.randint(1, 2))) if chance.random() < 0.25 else ()
        )

    moments = [job.created_at for job in jobs]
    ends = [job.finished_at for job in jobs if job.finished_at]
    return Selector(
        job_ids=maybe(range(1, len(jobs) + 9)),  # type: ignore[arg-type]  # of the values' own type
        batch_ids=maybe(range(1, 40)),  # type: ignore[arg-type]  # likewise
        statuses=maybe(list(Status)),  # type: ignore[arg-type]  # likewise
        labels=maybe(list(Label)),  # type: ignore[arg-type]  # likewise
        models=maybe(MODELS),  # type: ignore[arg-type]  # likewise
        keys=maybe([f"k{n}" for n in range(400)]),  # type: ignore[arg-type]  # likewise
        error_codes=maybe(CODES),  # type: ignore[arg-type]  # likewise
        since=chance.choice(moments) if chance.random() < 0.25 else None,
        finished_before=chance.choice(ends) if chance.random() < 0.25 else None,
        search=chance.choice(("text 1", "TEXT 14")) if chance.random() < 0.1 else None,
    )


def is_selected(job: Job, selector: Selector) -> bool:
    """The contract in a few plain words."""
    named = bool(selector.job_ids or selector.batch_ids)
    parts = (
        not named or job.id in selector.job_ids or job.batch_id in selector.batch_ids,
        not selector.statuses or job.status in selector.statuses,
        not selector.labels or (job.sentiment and job.sentiment.label in selector.labels),
        not selector.models or job.model in selector.models,
        not selector.keys or job.key in selector.keys,
        not selector.error_codes or (job.error and job.error.code in selector.error_codes),
        selector.since is None or job.created_at >= selector.since,
        selector.finished_before is None
        or (job.finished_at and job.finished_at < selector.finished_before),
        selector.search is None or selector.search.lower() in (job.text or "").lower(),
    )
    return all(parts)


ORDERS: dict[Sort, Callable[[Job], object]] = {
    Sort.NEWEST: lambda job: -job.id,
    Sort.OLDEST: lambda job: job.id,
    Sort.PRIORITY: lambda job: (-job.priority, job.id),
    Sort.SCORE: lambda job: (-(job.sentiment.score if job.sentiment else -1), job.id),
    Sort.FINISHED: lambda job: (
        -(job.finished_at.timestamp() if job.finished_at else 0),
        -job.id,
    ),
}


@pytest.mark.parametrize("few", FEWS)
@pytest.mark.parametrize("sort", Sort)
def test_every_way_gives_what_looking_at_every_job_would(
    store: SqlStore, sort: Sort, few: int
) -> None:
    jobs = list(store.each_job(Selector()))
    chance = random.Random(f"{sort} {few}")
    for _ in range(60):
        selector = random_selector(chance, jobs)
        selected = sorted(
            (job for job in jobs if is_selected(job, selector)),
            key=ORDERS[sort],  # type: ignore[arg-type]  # numbers, or tuples of numbers
        )
        count = chance.choice((1, 20, 10_000))
        with store._db.read() as connection:  # noqa: SLF001  # how few are few is no part of the contract
            listing = Listing(connection, selector, veil="+", few=few)
            assert listing.first(sort, count) == [job.id for job in selected][:count], selector
            assert listing.count() == len(selected), selector


@pytest.mark.parametrize("few", FEWS)
def test_pages_give_every_selected_job_once_and_in_order(store: SqlStore, few: int) -> None:
    jobs = list(store.each_job(Selector()))
    chance = random.Random(few)
    for _ in range(40):
        selector = random_selector(chance, jobs)
        selected = [job.id for job in jobs if is_selected(job, selector)]
        by_position = len(selector.batch_ids) == 1 and not selector.job_ids
        with store._db.read() as connection:  # noqa: SLF001  # likewise
            listing = Listing(connection, selector, veil="+", few=few)
            found: list[int] = []
            last = -1
            while rows := listing.page(JOB_SELECT, last, 7, by_position=by_position):
                found += [row[0] for row in rows]
                last = rows[-1][2] if by_position else rows[-1][0]
            assert found == selected, selector


def test_what_counters_know_is_what_counting_finds(store: SqlStore) -> None:
    jobs = list(store.each_job(Selector()))
    for selector in (
        Selector(),
        Selector(statuses=(Status.COMPLETED, Status.FAILED)),
        Selector(labels=(Label.POSITIVE,)),
        Selector(batch_ids=(1, 2, 2), statuses=(Status.PENDING,)),
        Selector(batch_ids=(3,), labels=(Label.NEUTRAL, Label.NEGATIVE)),
    ):
        assert store.count(selector) == sum(is_selected(job, selector) for job in jobs)


def complete(store: SqlStore, worker: int, claims: Sequence[ClaimedJob], _: MovableClock) -> None:
    store.complete(worker, [Scored(one, verdict(random.Random(1)), "1") for one in claims])


def fail(store: SqlStore, worker: int, claims: Sequence[ClaimedJob], _: MovableClock) -> None:
    store.fail(worker, [Failure(one, "text_rejected", "why") for one in claims])


def cancel(
    store: SqlStore, _worker: int, claims: Sequence[ClaimedJob], _clock: MovableClock
) -> None:
    store.cancel(Selector(job_ids=tuple(one.job_id for one in claims)))


def stall(store: SqlStore, worker: int, _claims: Sequence[ClaimedJob], clock: MovableClock) -> None:
    while store.count(Selector(statuses=(Status.FAILED,))) == 0:
        clock.pass_time(timedelta(hours=2))
        store.rescue()
        store.claim(worker, limit=1, lease=timedelta(hours=1))


@pytest.mark.parametrize("end", [complete, fail, cancel, stall])
def test_a_job_is_found_by_its_end_however_it_came(
    end: Callable[[SqlStore, int, Sequence[ClaimedJob], MovableClock], None],
) -> None:
    clock = MovableClock()
    with SqlStore.open(":memory:", clock=clock) as store:
        store.submit(Item("x"), Terms())
        worker = store.register_worker(host="test", pid=1).id
        claims = store.claim(worker, limit=1, lease=timedelta(hours=1))
        end(store, worker, claims, clock)
        final = Selector(statuses=tuple(FINAL_STATUSES))
        old = Selector(finished_before=store.now() + timedelta(hours=1))
        with store._db.read() as connection:  # noqa: SLF001  # likewise
            by_end = Listing(connection, final, veil="+", few=0)
            before = Listing(connection, old, veil="+", few=0)
            assert by_end.first(Sort.FINISHED, 5) == [1]
            # Too many to count, it would say of a larger store.
            assert blocks_with(
                connection, (EARLIEST,), first_id=0, last_id=9, above=-1e18, is_descending=False
            ) == [0]
            assert before.first(Sort.NEWEST, 5) == [1]


@pytest.mark.parametrize("few", FEWS)
@pytest.mark.parametrize("sort", [Sort.NEWEST, Sort.OLDEST])
def test_every_way_goes_on_past_a_job_as_looking_at_every_job_would(
    store: SqlStore, sort: Sort, few: int
) -> None:
    jobs = list(store.each_job(Selector()))
    chance = random.Random(f"past {sort} {few}")
    for _ in range(60):
        selector, last = random_selector(chance, jobs), chance.choice(jobs)
        in_order = sorted(jobs, key=ORDERS[sort])  # type: ignore[arg-type]  # what sorts differs
        later = in_order[in_order.index(last) + 1 :]
        wanted = [job.id for job in later if is_selected(job, selector)][:7]
        with store._db.read() as connection:  # noqa: SLF001  # its listing is what is tested
            listing = Listing(connection, selector, veil="+", few=few)
            assert listing.first_past(last.job_uuid, sort, 7) == wanted, selector
