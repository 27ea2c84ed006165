"""What every store promises to those who look, and to those who change many jobs at once."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from movable_clock import MovableClock
from stored import stored

from sentijob.errors import ConflictError, NotFoundError
from sentijob.jobs import (
    BatchReference,
    Counts,
    Failure,
    Item,
    JobReference,
    Label,
    Scored,
    Selector,
    Sentiment,
    Sort,
    Status,
    Terms,
)
from sentijob.ports import Store

LEASE = timedelta(seconds=60)
TERMS = Terms()
SENTIMENTS = {
    Label.NEGATIVE: Sentiment.of(0.8, 0.1, 0.1, tokens=2),
    Label.NEUTRAL: Sentiment.of(0.1, 0.7, 0.2, tokens=2),
    Label.POSITIVE: Sentiment.of(0.05, 0.05, 0.9, tokens=2),
}


def batch_of(store: Store, *texts: str, name: str | None = None) -> int:
    batch_id = store.open_batch(TERMS, source="-", name=name).batch.id
    items = [Item(text, key=text) for text in texts]
    store.append(batch_id, items, first_position=0)
    store.seal(batch_id)
    return batch_id


def score_all(store: Store, label: Label = Label.POSITIVE) -> None:
    me = store.register_worker(host="here", pid=1).id
    while claims := store.claim(me, limit=100, lease=LEASE):
        store.complete(me, [Scored(one, SENTIMENTS[label], "r") for one in claims])
    store.retire_worker(me)


def keys(store: Store, selector: Selector, **listing: object) -> list[str | None]:
    return [job.key for job in store.jobs(selector, **listing)]  # type: ignore[arg-type]  # tests name real options


def test_a_reference_is_a_number_a_uuid_its_beginning_a_batch_a_name_or_last(store: Store) -> None:
    receipt = store.submit(Item("x"), TERMS)
    job = JobReference(receipt.job_id)
    assert store.resolve(str(receipt.job_id)) == job
    assert store.resolve(str(receipt.job_uuid)) == job
    assert store.resolve(str(receipt.job_uuid).upper()) == job
    assert store.resolve(receipt.job_uuid.hex[:9]) == job
    assert store.resolve("@last") == job
    batch = BatchReference(batch_of(store, "a", "b", name="bees"))
    assert store.resolve("b1") == store.resolve("B1") == store.resolve("bees") == batch
    assert store.resolve("@last") == batch


def test_a_batch_is_found_by_its_uuid_and_its_beginning(store: Store) -> None:
    first = store.open_batch(TERMS, source="-").batch
    second = store.open_batch(TERMS, source="-", name="bees").batch
    assert (first.batch_uuid.version, first.batch_uuid.variant) == (7, "specified in RFC 4122")
    assert store.resolve(str(first.batch_uuid)) == BatchReference(first.id)
    assert store.resolve(second.batch_uuid.hex.upper()) == BatchReference(second.id)
    assert store.resolve(second.batch_uuid.hex[:31]) == BatchReference(second.id)
    assert store.batch(second.id).batch_uuid == second.batch_uuid
    assert [batch.batch_uuid for batch in store.batches()] == [second.batch_uuid, first.batch_uuid]
    with pytest.raises(ConflictError, match="several UUIDs"):
        store.resolve(first.batch_uuid.hex[:8])


def test_a_beginning_that_a_job_and_a_batch_share_is_a_conflict(store: Store) -> None:
    batch = store.open_batch(TERMS, source="-").batch
    store.submit(Item("x"), TERMS)
    with pytest.raises(ConflictError, match="several UUIDs"):
        store.resolve(batch.batch_uuid.hex[:8])


def test_no_name_takes_the_place_of_a_uuid(store: Store) -> None:
    receipt = store.submit(Item("x"), TERMS)
    store.open_batch(TERMS, source="-", name=str(receipt.job_uuid))
    store.open_batch(TERMS, source="-", name="0123abcd" * 4)
    assert store.resolve(str(receipt.job_uuid)) == JobReference(receipt.job_id)
    assert store.resolve("0123abcd" * 4) == BatchReference(2)


@pytest.mark.parametrize(
    "reference",
    ["7", "b7", "nobody", "0", "9" * 40, "00000000-0000-7000-8000-000000000000", "@first", "",
     "1; DROP TABLE job", "--help", "b", "\u0661"],
)  # fmt: skip
def test_an_unknown_reference_is_not_found(store: Store, reference: str) -> None:
    with pytest.raises(NotFoundError, match=r"no|nothing"):
        store.resolve(reference)


def test_last_of_an_empty_store_is_not_found(store: Store) -> None:
    with pytest.raises(NotFoundError, match="the store is empty"):
        store.resolve("@last")


def test_a_beginning_that_several_uuids_share_is_a_conflict(store: Store) -> None:
    first = store.submit(Item("x"), TERMS)
    store.submit(Item("y"), TERMS)
    with pytest.raises(ConflictError, match="several UUIDs"):
        store.resolve(first.job_uuid.hex[:8])


def test_jobs_are_listed_in_every_order(store: Store) -> None:
    for text, priority in (("a", 1), ("b", 9), ("c", 1)):
        store.submit(Item(text, key=text), Terms(priority=priority))
    assert keys(store, Selector()) == ["c", "b", "a"]
    assert keys(store, Selector(), sort=Sort.OLDEST) == ["a", "b", "c"]
    assert keys(store, Selector(), sort=Sort.PRIORITY) == ["b", "a", "c"]
    assert keys(store, Selector(), limit=1, skip=1) == ["b"]
    for sort in Sort:
        assert len(keys(store, Selector(), sort=sort)) == 3


def test_every_part_of_a_selector_narrows(store: Store, clock: MovableClock) -> None:
    old = batch_of(store, "old good", "old 100%")
    score_all(store)
    clock.pass_time(timedelta(days=1))
    since = store.now()
    new = store.submit(Item("new_bad", key="k"), Terms(model="vader")).job_id
    assert keys(store, Selector(batch_ids=(old,))) == ["old 100%", "old good"]
    assert keys(store, Selector(job_ids=(new,))) == ["k"]
    assert len(keys(store, Selector(job_ids=(new,), batch_ids=(old,)))) == 3
    assert keys(store, Selector(statuses=(Status.PENDING, Status.FAILED))) == ["k"]
    assert len(keys(store, Selector(labels=(Label.POSITIVE,)))) == 2
    assert keys(store, Selector(labels=(Label.NEGATIVE,))) == []
    assert keys(store, Selector(models=("vader",))) == ["k"]
    assert keys(store, Selector(keys=("k",))) == ["k"]
    assert keys(store, Selector(since=since)) == ["k"]
    assert len(keys(store, Selector(finished_before=since))) == 2
    assert keys(store, Selector(search="GOOD")) == ["old good"]
    assert keys(store, Selector(search="100%")) == ["old 100%"]
    assert keys(store, Selector(search="w_b")) == ["k"]
    assert keys(store, Selector(search="d_g")) == []
    assert keys(store, Selector(error_codes=("x",))) == []
    assert store.count(Selector(search="old", batch_ids=(old,))) == 2
    assert store.count(Selector()) == 3


def test_every_job_comes_once_and_in_order_however_many_there_are(store: Store) -> None:
    texts = [f"t{number}" for number in range(2_500)]
    batch_id = batch_of(store, *texts)
    store.submit(Item("alone", key="alone"), TERMS)
    assert [job.key for job in store.each_job(Selector(batch_ids=(batch_id,)))] == texts
    assert [job.key for job in store.each_job(Selector())] == [*texts, "alone"]


def test_pages_hold_what_is_stored_of_each_job(store: Store) -> None:
    batch_id = batch_of(store, "naïve 🙂", "b")
    score_all(store)
    failing = store.submit(Item("c", key="k", meta={"stars": "5", "n": None}), TERMS).job_id
    store.cancel(Selector(job_ids=(failing,)))
    store.submit(Item("d"), Terms(delay=timedelta(hours=1)))
    for selector in (Selector(), Selector(batch_ids=(batch_id,)), Selector(keys=("k",))):
        jobs = list(store.each_job(selector))
        assert [row for page in store.pages(selector) for row in page] == list(map(stored, jobs))
        assert store.page_after(selector, after=0, limit=9) == list(map(stored, jobs))


def test_the_next_page_follows_a_number_by_number(store: Store) -> None:
    first, second = batch_of(store, "a", "b", "c"), batch_of(store, "d", "e")
    both = Selector(batch_ids=(second, first))
    assert [job[0] for job in store.page_after(both, after=0, limit=2)] == [1, 2]
    assert [job[0] for job in store.page_after(both, after=2, limit=9)] == [3, 4, 5]
    assert store.page_after(both, after=5, limit=9) == []


def test_jobs_that_come_while_an_export_runs_do_not_disturb_it(store: Store) -> None:
    batch_of(store, *(f"t{number}" for number in range(1_500)))
    exported = store.each_job(Selector())
    next(exported)
    store.submit(Item("late"), TERMS)
    assert sum(1 for _ in exported) == 1_500


def test_a_batch_is_shown_with_its_counts_and_is_final_when_all_is_done(store: Store) -> None:
    batch_id = batch_of(store, "a", "b", name="pair")
    assert not store.batch(batch_id).is_final
    score_all(store, Label.NEUTRAL)
    batch = store.batch(batch_id)
    assert batch.is_final
    assert batch.counts == Counts(completed=2, neutral=2)
    assert batch.reference == "b1"
    batch_of(store, "c")
    assert [one.name for one in store.batches()] == [None, "pair"]
    assert len(store.batches(limit=1)) == 1
    with pytest.raises(NotFoundError, match="no batch b99"):
        store.batch(99)
    with pytest.raises(NotFoundError, match="no job 99"):
        store.job(99)


def test_an_unsealed_batch_is_not_final(store: Store) -> None:
    batch_id = store.open_batch(TERMS, source="-").batch.id
    store.append(batch_id, [Item("a")], first_position=0)
    score_all(store)
    assert not store.batch(batch_id).is_final


def test_cancel_takes_what_waits_or_runs_and_leaves_what_is_final(store: Store) -> None:
    batch_id = batch_of(store, "a", "b", "c")
    me = store.register_worker(host="here", pid=1).id
    (done,) = store.claim(me, limit=1, lease=LEASE)
    store.complete(me, [Scored(done, SENTIMENTS[Label.POSITIVE], "r")])
    store.claim(me, limit=1, lease=LEASE)
    assert store.cancel(Selector(batch_ids=(batch_id,))) == 2
    assert store.cancel(Selector(batch_ids=(batch_id,))) == 0
    assert store.cancel(Selector(statuses=(Status.COMPLETED,))) == 0
    assert store.counts(batch_id) == Counts(completed=1, cancelled=2, positive=1)


def test_retry_gives_failed_and_cancelled_jobs_a_fresh_start(store: Store) -> None:
    failed, cancelled = (store.submit(Item(text), TERMS).job_id for text in "ab")
    me = store.register_worker(host="here", pid=1).id
    claims = store.claim(me, limit=1, lease=LEASE)
    store.fail(me, [Failure(claims[0], "model_error", "no")])
    store.cancel(Selector(job_ids=(cancelled,)))
    assert store.retry(Selector(error_codes=("model_error",))) == 1
    assert store.retry(Selector()) == 1
    for job_id in (failed, cancelled):
        job = store.job(job_id)
        assert (job.status, job.attempt, job.error) == (Status.PENDING, 0, None)
        assert job.finished_at is None
    score_all(store)
    assert store.counts() == Counts(completed=2, positive=2)


def test_prune_deletes_final_jobs_and_emptied_batches_alone(store: Store) -> None:
    done = batch_of(store, "a", "b")
    score_all(store)
    waiting = batch_of(store, "c")
    store.submit(Item("d"), TERMS, once="o")
    assert store.prune(Selector()) == 2
    assert [batch.id for batch in store.batches()] == [waiting]
    assert store.counts() == Counts(pending=2)
    with pytest.raises(NotFoundError, match="no batch"):
        store.batch(done)
    score_all(store)
    assert store.prune(Selector()) == 2
    assert store.counts() == Counts()
    assert store.submit(Item("d"), TERMS, once="o").is_new


def test_counters_always_say_what_counting_would(store: Store, clock: MovableClock) -> None:
    dice = random.Random(7)
    workers = [store.register_worker(host="here", pid=pid).id for pid in range(3)]
    batch_ids = [batch_of(store, *"abcdefghij") for _ in range(3)]
    steps = Counter[str]()
    for _ in range(300):
        step = dice.choice(["submit", "claim", "claim", "cancel", "retry", "prune", "lapse"])
        steps[step] += 1
        chosen = Selector(batch_ids=(dice.choice(batch_ids),))
        if step == "submit":
            store.submit(Item("x"), TERMS)
        elif step == "claim":
            me = dice.choice(workers)
            claims = store.claim(me, limit=dice.randrange(1, 9), lease=LEASE)
            sentiment = SENTIMENTS[dice.choice(list(Label))]
            cut = dice.randrange(len(claims) + 1)
            store.complete(me, [Scored(one, sentiment, "r") for one in claims[:cut]])
            rest = claims[cut:]
            if dice.random() < 0.4:
                store.fail(
                    me, [Failure(one, "e", "m", LEASE if one.job_id % 2 else None) for one in rest]
                )
            elif dice.random() < 0.5:
                store.release(me, rest)
        elif step == "lapse":
            clock.pass_time(LEASE * 2)
            store.rescue()
        else:
            {"cancel": store.cancel, "retry": store.retry, "prune": store.prune}[step](chosen)
        assert store.check() == []
    assert min(steps.values()) > 20
    assert store.counts().completed > 10


def test_drifted_counters_are_named_and_counted_anew(store: Store) -> None:
    batch_of(store, "a")
    with store._db.write() as connection:  # type: ignore[attr-defined]  # noqa: SLF001  # damage it as no caller can
        connection.execute("UPDATE tally SET pending = pending + 5")
    assert len(store.check()) == 2
    assert "the store" in store.check()[0]
    store.check(repair=True)
    assert store.check() == []
    assert store.counts() == Counts(pending=1)


def test_the_longest_wait_is_that_of_the_oldest_job_that_is_due(
    store: Store, clock: MovableClock
) -> None:
    assert store.oldest_pending_at() is None
    store.submit(Item("later"), Terms(delay=timedelta(hours=1)))
    assert store.oldest_pending_at() is None
    store.submit(Item("low"), Terms(priority=-3))
    submitted_at = store.now()
    clock.pass_time(timedelta(minutes=3))
    store.submit(Item("high"), Terms(priority=3))
    assert store.oldest_pending_at() == submitted_at


def test_finished_jobs_are_counted_by_the_minute(store: Store, clock: MovableClock) -> None:
    batch_of(store, "a", "b")
    score_all(store)
    clock.pass_time(timedelta(minutes=5))
    store.submit(Item("c"), TERMS)
    store.cancel(Selector(statuses=(Status.PENDING,)))
    assert store.finished_since(store.now() - timedelta(minutes=1)) == 1
    assert store.finished_since(store.now() - timedelta(hours=1)) == 3


def test_the_change_token_moves_when_another_commits(open_store: Callable[[], Store]) -> None:
    mine, other = open_store(), open_store()
    before = mine.change_token()
    assert mine.change_token() == before
    other.submit(Item("x"), TERMS)
    assert mine.change_token() != before
