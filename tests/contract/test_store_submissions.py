"""What every store promises to those who hand texts in."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from sentijob.errors import ConflictError, NotFoundError, UsageError
from sentijob.jobs import Counts, Item, Selector, Status, Submission, Submitted, Terms
from sentijob.ports import Store

ITEMS = [Item(f"text {number}", key=f"k{number}") for number in range(10)]
TERMS = Terms(model="mini", priority=3, max_attempts=5)


def test_a_submitted_text_is_a_pending_job_with_all_that_was_said(
    store: Store,
) -> None:
    item = Item("naïve 🙂", key="r-1", meta={"stars": "5", "n": None})
    receipt = store.submit(item, Terms("vader", 7, timedelta(minutes=1), 2))
    job = store.job(receipt.job_id)
    assert receipt.is_new
    assert (job.text, job.key, job.meta) == (item.text, "r-1", item.meta)
    assert (job.model, job.priority, job.max_attempts) == ("vader", 7, 2)
    assert (job.status, job.attempt, job.fence) == (Status.PENDING, 0, 0)
    assert job.available_at - job.created_at == timedelta(minutes=1)
    assert job.job_uuid == receipt.job_uuid
    assert job.job_uuid.version == 7
    assert (job.sentiment, job.error, job.batch_id, job.position) == (None, None, None, None)


def test_numbers_and_uuids_rise_and_are_never_used_twice(store: Store) -> None:
    receipts = [store.submit(Item("x"), TERMS) for _ in range(3)]
    store.cancel(Selector(job_ids=tuple(one.job_id for one in receipts)))
    assert store.prune(Selector(statuses=(Status.CANCELLED,))) == 3
    newest = store.submit(Item("x"), TERMS)
    assert newest.job_id == receipts[-1].job_id + 1
    uuids = [one.job_uuid for one in (*receipts, newest)]
    assert len(set(uuids)) == 4


def test_the_same_once_key_gives_the_same_job(open_store: Callable[[], Store]) -> None:
    first = open_store().submit(Item("x"), TERMS, once="order-1")
    again = open_store().submit(Item("y"), TERMS, once="order-1")
    assert again == first._replace(is_new=False)
    assert open_store().counts() == Counts(pending=1)


def test_a_once_key_cannot_name_a_job_and_a_batch(store: Store) -> None:
    store.submit(Item("x"), TERMS, once="job")
    store.open_batch(TERMS, source="-", once="batch")
    with pytest.raises(ConflictError, match="single job"):
        store.open_batch(TERMS, source="-", once="job")
    with pytest.raises(ConflictError, match="a batch, b1"):
        store.submit(Item("x"), TERMS, once="batch")


def test_texts_that_are_submitted_together_are_jobs_apart_each_on_its_own_terms(
    store: Store,
) -> None:
    several = [TERMS, Terms("vader", 7, timedelta(minutes=1), 2), TERMS]
    submissions = [
        Submission(Item(f"text {number}", key=f"k{number}", meta={"n": number}), terms)
        for number, terms in enumerate(several)
    ]
    receipts = store.submit_each(submissions)
    for (item, terms, _), receipt in zip(submissions, receipts, strict=True):
        assert isinstance(receipt, Submitted)
        assert receipt.is_new
        job = store.job(receipt.job_id)
        assert job.job_uuid == receipt.job_uuid
        assert (job.text, job.key, job.meta) == item
        assert (job.model, job.priority, job.max_attempts) == (terms[0], terms[1], terms[3])
        assert job.available_at - job.created_at == terms.delay
        assert (job.status, job.batch_id, job.position) == (Status.PENDING, None, None)
    assert store.counts() == Counts(pending=3)
    assert store.check() == []


def test_of_texts_that_are_submitted_together_each_key_makes_one_job(store: Store) -> None:
    known = store.submit(Item("x"), TERMS, once="known")
    store.open_batch(TERMS, source="-", once="batch")
    keys = ["new", "known", None, "new", "batch", None, "other"]
    receipts = store.submit_each([Submission(Item("y"), TERMS, key) for key in keys])
    new, again, alone, new_again, conflict, alone_too, other = receipts
    assert again == known._replace(is_new=False)
    assert isinstance(new, Submitted)
    assert new_again == new._replace(is_new=False)
    assert isinstance(conflict, ConflictError)
    assert "a batch, b1" in str(conflict)
    assert len({known.job_uuid, *(r[1] for r in (new, alone, alone_too, other))}) == 5  # type: ignore[index]  # all are receipts
    assert store.counts() == Counts(pending=5)
    assert store.submit_each([Submission(Item("z"), TERMS, "other")]) == [
        other._replace(is_new=False)  # type: ignore[union-attr]  # it is a receipt
    ]


def test_of_texts_that_are_submitted_together_all_are_queued_or_none(store: Store) -> None:
    bad = Submission(Item("x", meta={"no": object()}), TERMS, "second")
    with pytest.raises(TypeError):
        store.submit_each([Submission(Item("x"), TERMS, "first"), bad])
    assert store.counts() == Counts()
    assert list(store.each_job(Selector())) == []
    assert store.submit(Item("x"), TERMS, once="first").is_new


def test_many_who_submit_the_same_keys_together_make_each_job_once(
    open_store: Callable[[], Store],
) -> None:
    keys = [f"key {number}" for number in range(20)]

    def submit(backwards: int) -> None:
        order = keys[::-1] if backwards % 2 else keys
        open_store().submit_each([Submission(Item("x"), TERMS, key) for key in order])

    open_store()  # makes the schema
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(submit, range(4)))
    assert open_store().counts() == Counts(pending=20)


def test_a_batch_holds_its_texts_in_order_on_its_own_terms(store: Store) -> None:
    batch = store.open_batch(TERMS, source="a.csv", name="monday").batch
    assert store.append(batch.id, ITEMS[:6], first_position=0) == 6
    assert store.append(batch.id, ITEMS[6:], first_position=6) == 4
    sealed = store.seal(batch.id)
    jobs = list(store.each_job(Selector(batch_ids=(batch.id,))))
    assert [job.key for job in jobs] == [item.key for item in ITEMS]
    assert [job.position for job in jobs] == list(range(10))
    assert {(job.model, job.priority, job.max_attempts) for job in jobs} == {("mini", 3, 5)}
    assert sealed.counts == Counts(pending=10)
    assert (sealed.name, sealed.source) == ("monday", "a.csv")
    assert sealed.sealed_at is not None
    assert store.seal(batch.id) == sealed


def test_positions_that_are_in_are_passed_over(store: Store) -> None:
    batch_id = store.open_batch(TERMS, source="-").batch.id
    store.append(batch_id, ITEMS[:6], first_position=0)
    assert store.append(batch_id, ITEMS, first_position=0) == 4
    assert store.append(batch_id, [], first_position=0) == 0
    assert store.counts(batch_id) == store.counts() == Counts(pending=10)


def test_an_interrupted_batch_is_found_again_by_its_fingerprint(
    open_store: Callable[[], Store],
) -> None:
    store = open_store()
    first = store.open_batch(TERMS, source="a.csv", fingerprint="f")
    store.append(first.batch.id, ITEMS[:6], first_position=0)
    again = open_store().open_batch(TERMS, source="a.csv", fingerprint="f")
    assert (again.batch.id, again.present, again.is_new) == (first.batch.id, 6, False)
    other = store.open_batch(TERMS, source="a.csv", fingerprint="g")
    assert (other.present, other.is_new) == (0, True)


def test_a_sealed_batch_takes_no_more_and_its_file_may_come_again(store: Store) -> None:
    first = store.open_batch(TERMS, source="a.csv", fingerprint="f").batch
    store.append(first.id, ITEMS, first_position=0)
    store.seal(first.id)
    with pytest.raises(ConflictError, match="b1 is complete"):
        store.append(first.id, ITEMS, first_position=10)
    assert store.append(first.id, ITEMS, first_position=0) == 0
    assert store.open_batch(TERMS, source="a.csv", fingerprint="f").is_new


def test_the_same_once_key_gives_the_same_batch_even_when_sealed(store: Store) -> None:
    first = store.open_batch(TERMS, source="-", once="o").batch
    store.append(first.id, ITEMS, first_position=0)
    store.seal(first.id)
    again = store.open_batch(TERMS, source="-", once="o")
    assert (again.batch.id, again.present, again.is_new) == (first.id, 10, False)


def test_a_batch_name_is_taken_once(store: Store) -> None:
    store.open_batch(TERMS, source="-", name="monday")
    with pytest.raises(ConflictError, match="b1 is already called 'monday'"):
        store.open_batch(TERMS, source="-", name="monday")


@pytest.mark.parametrize("name", ["", "  ", "12", "b7", "@last", "-x"])
def test_a_name_that_reads_like_something_else_is_refused(store: Store, name: str) -> None:
    with pytest.raises(UsageError, match="can't name a batch"):
        store.open_batch(TERMS, source="-", name=name)
    assert store.batches() == []


def test_a_batch_that_is_not_there_takes_no_texts(store: Store) -> None:
    with pytest.raises(NotFoundError, match="no batch b9"):
        store.append(9, ITEMS, first_position=0)
    with pytest.raises(NotFoundError, match="no batch b9"):
        store.seal(9)
