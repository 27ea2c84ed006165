"""Going on where a page ended, and doing to a job or a batch what must not happen twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from uuid import UUID

import pytest
from movable_clock import MovableClock
from working import claim, submit, worker

from sentijob.errors import ConflictError, UsageError
from sentijob.jobs import Failure, Item, Job, Selector, Sort, Status, Terms
from sentijob.ports import Store

OLD_UUID = UUID(int=7 << 76 | 2 << 62)


def make_batch(store: Store, *texts: str) -> int:
    batch_id = store.open_batch(Terms(), source="-").batch.id
    store.append(batch_id, [Item(text) for text in texts], first_position=0)
    store.seal(batch_id)
    return batch_id


def pages(store: Store, selector: Selector, sort: Sort, size: int) -> Iterator[Sequence[Job]]:
    after = None
    while page := store.jobs(selector, sort=sort, limit=size, after=after):
        yield page
        after = page[-1].job_uuid


@pytest.mark.parametrize("sort", [Sort.NEWEST, Sort.OLDEST])
def test_pages_hold_each_job_once_and_none_that_came_meanwhile(store: Store, sort: Sort) -> None:
    make_batch(store, "a", "b", "c")
    submit(store, "d")
    make_batch(store, "e", "f")
    everything = store.jobs(Selector(), sort=sort, limit=100)
    seen: list[Job] = []
    for page in pages(store, Selector(), sort, 2):
        seen += page
        if sort is Sort.NEWEST:
            submit(store, "late")
    assert seen == list(everything)


@pytest.mark.parametrize("sort", [Sort.NEWEST, Sort.OLDEST])
def test_a_page_follows_a_job_that_is_gone(store: Store, clock: MovableClock, sort: Sort) -> None:
    for text in "abcde":
        submit(store, text)
        clock.pass_time(timedelta(milliseconds=1))
    before, gone, *rest = store.jobs(Selector(), sort=sort, limit=5)
    store.cancel(Selector(job_ids=(before.id, gone.id)))
    store.prune(Selector(job_ids=(before.id, gone.id)))
    assert store.jobs(Selector(), sort=sort, limit=5, after=gone.job_uuid) == rest


def test_nothing_is_older_than_the_first_job(store: Store) -> None:
    submit(store, "a")
    assert store.jobs(Selector(), after=OLD_UUID) == []
    assert len(store.jobs(Selector(), sort=Sort.OLDEST, after=OLD_UUID)) == 1


def test_only_orders_by_age_can_be_gone_on_with(store: Store) -> None:
    with pytest.raises(UsageError, match="score"):
        store.jobs(Selector(), sort=Sort.SCORE, after=OLD_UUID)


def test_batches_go_on_after_one_of_them_though_it_is_gone(
    store: Store, clock: MovableClock
) -> None:
    batch_ids = []
    for text in "abc":
        batch_ids.append(make_batch(store, text))
        clock.pass_time(timedelta(milliseconds=1))
    first, second, third = batch_ids
    page = store.batches(limit=2)
    assert [batch.id for batch in page] == [third, second]
    assert [batch.id for batch in store.batches(after=page[-1].batch_uuid)] == [first]
    store.cancel(Selector(batch_ids=(second,)))
    store.prune(Selector(batch_ids=(second,)))
    assert [batch.id for batch in store.batches(after=page[-1].batch_uuid)] == [first]


def fail_all(store: Store) -> None:
    me = worker(store)
    store.fail(me, [Failure(one, "model_error", "why") for one in claim(store, me)])


def test_a_retry_with_a_key_leaves_what_failed_anew(store: Store) -> None:
    chosen = Selector(batch_ids=(make_batch(store, "a", "b"),))
    fail_all(store)
    assert store.retry(chosen, once="k") == 2
    fail_all(store)
    assert store.retry(chosen, once="k") == 0
    assert store.counts().failed == 2
    assert store.retry(chosen, once="another") == 2


def test_a_cancel_with_a_key_leaves_what_was_retried_since(store: Store) -> None:
    chosen = Selector(job_ids=(submit(store, "a"),))
    assert store.cancel(chosen, once="k") == 1
    store.retry(chosen)
    assert store.cancel(chosen, once="k") == 0
    assert store.jobs(chosen)[0].status is Status.PENDING


def test_a_key_is_good_for_one_thing(store: Store) -> None:
    first, second = submit(store, "a"), submit(store, "b")
    store.cancel(Selector(job_ids=(first,)), once="k")
    with pytest.raises(ConflictError, match="something else"):
        store.cancel(Selector(job_ids=(second,)), once="k")
    assert store.job(second).status is Status.PENDING


def test_a_key_goes_with_one_job_or_batch(store: Store) -> None:
    with pytest.raises(UsageError, match="not to 0"):
        store.cancel(Selector(statuses=(Status.FAILED,)), once="k")


def test_whoever_opens_a_batch_again_hears_what_it_was_begun_with(store: Store) -> None:
    first = store.open_batch(Terms(), source="-", fingerprint="f", once="k")
    again = store.open_batch(Terms(), source="-", fingerprint="other", once="k")
    assert (first.fingerprint, again.fingerprint, again.is_new) == ("f", "f", False)
