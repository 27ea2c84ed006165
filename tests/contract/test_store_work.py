"""What every store promises to workers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from movable_clock import MovableClock
from working import HAPPY, LEASE, claim, scored, submit, texts, worker

from sentijob.jobs import (
    Counts,
    Failure,
    Item,
    Selector,
    Status,
    Terms,
)
from sentijob.ports import Store


def test_a_claim_takes_the_most_urgent_first_and_the_oldest_within_one_priority(
    store: Store,
) -> None:
    for text, priority in [("a", 0), ("b", 5), ("c", 0), ("d", 5), ("e", -5)]:
        submit(store, text, priority=priority)
    assert texts(claim(store, worker(store))) == ["b", "d", "a", "c", "e"]


def test_a_claim_takes_no_more_than_its_limit_and_the_next_one_goes_on(store: Store) -> None:
    for text in "abcde":
        submit(store, text)
    me = worker(store)
    assert texts(claim(store, me, 2)) == ["a", "b"]
    assert texts(claim(store, me, 2)) == ["c", "d"]
    assert texts(claim(store, me, 2)) == ["e"]
    assert claim(store, me, 2) == []


def test_models_of_one_priority_take_turns_by_age(store: Store, clock: MovableClock) -> None:
    for model in ("vader", "mini", "vader"):
        submit(store, model, model=model)
        clock.pass_time(timedelta(milliseconds=1))
    me = worker(store)
    assert texts(claim(store, me, 1)) == ["vader"]
    assert texts(claim(store, me, 1)) == ["mini"]
    assert texts(claim(store, me, 1)) == ["vader"]


def test_a_claim_can_be_narrowed_by_model_and_by_priority(store: Store) -> None:
    submit(store, "a", model="mini")
    submit(store, "b", model="vader", priority=7)
    me = worker(store)
    assert store.claim(me, limit=9, lease=LEASE, models=["demo"]) == []
    assert store.claim(me, limit=9, lease=LEASE, min_priority=8) == []
    assert store.claim(me, limit=9, lease=LEASE, exclude_models=["mini", "vader"]) == []
    assert texts(store.claim(me, limit=9, lease=LEASE, min_priority=7)) == ["b"]
    assert texts(store.claim(me, limit=9, lease=LEASE, models=["mini"])) == ["a"]


def test_a_delayed_job_is_claimed_when_it_is_due_and_not_before(
    store: Store, clock: MovableClock
) -> None:
    submit(store, "later", delay=timedelta(minutes=10), priority=9)
    submit(store, "now")
    me = worker(store)
    assert texts(claim(store, me)) == ["now"]
    due = store.next_due_at()
    assert due is not None
    assert due - store.now() == timedelta(minutes=10)
    clock.pass_time(timedelta(minutes=10))
    assert texts(claim(store, me)) == ["later"]
    assert store.next_due_at() is None


def test_a_completed_job_has_its_result(store: Store, clock: MovableClock) -> None:
    job_id = submit(store)
    me = worker(store)
    claims = claim(store, me)
    clock.pass_time(timedelta(seconds=2))
    assert not store.complete(me, scored(claims))
    job = store.job(job_id)
    assert job.status is Status.COMPLETED
    assert job.sentiment == HAPPY
    assert job.model_revision == "r1"
    assert job.attempt == 1
    assert job.worker_id is None
    assert job.started_at is not None
    assert job.finished_at is not None
    assert job.finished_at - job.started_at == timedelta(seconds=2)


def test_a_text_that_is_not_to_be_stored_goes_with_its_scoring_and_the_rest_stays(
    store: Store,
) -> None:
    item = Item("between us", key="k", meta={"stars": "5"})
    job_id = store.submit(item, Terms(store_text=False)).job_id
    kept = submit(store, "for all")
    me = worker(store)
    assert store.job(job_id).text == "between us"
    claims = claim(store, me)
    assert texts(claims) == ["between us", "for all"]
    store.complete(me, scored(claims))
    job = store.job(job_id)
    assert (job.text, job.key, job.meta, job.sentiment) == (None, "k", item.meta, HAPPY)
    assert store.job(kept).text == "for all"
    assert store.jobs(Selector(search="between us")) == []
    assert store.count(Selector(search="us")) == 0


def test_every_text_of_a_batch_that_is_not_to_be_stored_goes_whoever_adds_it(
    open_store: Callable[[], Store],
) -> None:
    store = open_store()
    batch_id = store.open_batch(Terms(store_text=False), source="-").batch.id
    store.append(batch_id, [Item("one")], first_position=0)
    open_store().append(batch_id, [Item("two")], first_position=1)
    me = worker(store)
    store.complete(me, scored(claim(store, me)))
    assert [job.text for job in store.each_job(Selector(batch_ids=(batch_id,)))] == [None, None]


def test_a_text_that_is_not_to_be_stored_stays_while_it_may_be_tried_again(
    store: Store, clock: MovableClock
) -> None:
    job_id = submit(store, "between us", store_text=False)
    me = worker(store)
    store.fail(me, [Failure(claim(store, me)[0], "m", "between us", timedelta(seconds=5))])
    clock.pass_time(timedelta(seconds=5))
    store.release(me, claim(store, me))
    store.fail(me, [Failure(claim(store, me)[0], "m", "between us")])
    assert store.job(job_id).text == "between us"
    store.retry(Selector())
    store.cancel(Selector())
    store.retry(Selector())
    again = claim(store, me)
    assert texts(again) == ["between us"]
    store.complete(me, scored(again))
    assert (store.job(job_id).text, store.job(job_id).error) == (None, None)


def test_a_late_result_drops_no_text(store: Store, clock: MovableClock) -> None:
    job_id = submit(store, "between us", store_text=False)
    zombie, living = worker(store), worker(store)
    late = claim(store, zombie)
    clock.pass_time(LEASE + timedelta(seconds=1))
    store.rescue()
    held = claim(store, living)
    store.complete(zombie, scored(late))
    assert store.job(job_id).text == "between us"
    store.complete(living, scored(held))
    assert store.job(job_id).text is None


def test_a_late_worker_settles_and_extends_nothing(store: Store, clock: MovableClock) -> None:
    job_id = submit(store)
    zombie, living = worker(store), worker(store)
    late = claim(store, zombie)
    clock.pass_time(LEASE + timedelta(seconds=1))
    assert store.rescue() == 1
    held = claim(store, living)
    assert held[0].fence > late[0].fence
    assert set(store.extend(zombie, late, lease=LEASE)) == {job_id}
    assert set(store.complete(zombie, scored(late))) == {job_id}
    assert set(store.release(zombie, late)) == {job_id}
    assert set(store.fail(zombie, [Failure(late[0], "x", "y")])) == {job_id}
    assert store.counts() == Counts(processing=1)
    assert not store.complete(living, scored(held))
    assert store.counts() == Counts(completed=1, positive=1)


def test_the_same_worker_with_an_older_fence_settles_nothing(
    store: Store, clock: MovableClock
) -> None:
    job_id = submit(store)
    me = worker(store)
    late = claim(store, me)
    clock.pass_time(LEASE + timedelta(seconds=1))
    store.rescue()
    assert claim(store, me)[0].fence == late[0].fence + 1
    assert set(store.complete(me, scored(late))) == {job_id}
    assert store.job(job_id).status is Status.PROCESSING


@pytest.mark.parametrize("count", [3, 300, 700])
def test_of_claims_that_are_settled_together_only_those_that_still_hold_are_touched(
    store: Store, count: int
) -> None:
    batch = store.open_batch(Terms(), source="test").batch
    store.append(batch.id, [Item(f"text {place}") for place in range(count)], first_position=0)
    me = worker(store)
    claims = claim(store, me, count)
    gone = claims[::3]
    store.cancel(Selector(job_ids=tuple(one.job_id for one in gone)))
    cancelled = [one.job_id for one in gone]

    assert set(store.extend(me, claims, lease=LEASE)) == set(cancelled)
    assert set(store.complete(me, scored([*claims, *claims[:2]]))) == set(cancelled)

    kept = count - len(gone)
    assert store.counts() == Counts(completed=kept, positive=kept, cancelled=len(gone))
    assert all(store.job(job_id).sentiment is None for job_id in cancelled[:9])
    assert store.job(claims[1].job_id).sentiment == HAPPY


def test_a_completion_is_counted_once_however_often_it_is_sent(store: Store) -> None:
    job_id = submit(store)
    me = worker(store)
    claims = claim(store, me)
    assert not store.complete(me, scored(claims))
    assert set(store.complete(me, scored(claims))) == {job_id}
    assert store.counts() == Counts(completed=1, positive=1)


def test_an_extended_lease_outlives_its_first_end(store: Store, clock: MovableClock) -> None:
    submit(store)
    me = worker(store)
    claims = claim(store, me)
    clock.pass_time(LEASE / 2)
    assert not store.extend(me, claims, lease=LEASE)
    clock.pass_time(LEASE * 0.9)
    assert store.rescue() == 0
    assert not store.complete(me, scored(claims))


def test_a_jump_of_the_clock_neither_ends_nor_prolongs_a_lease(
    store: Store, clock: MovableClock
) -> None:
    submit(store)
    claim(store, worker(store))
    clock.set_wall(timedelta(hours=1))
    assert store.rescue() == 0
    clock.set_wall(timedelta(hours=-2))
    clock.pass_time(LEASE + timedelta(seconds=1))
    assert store.rescue() == 1


def test_a_lease_from_before_the_last_boot_is_over(store: Store, clock: MovableClock) -> None:
    clock.steady_ms = timedelta(days=30) // timedelta(milliseconds=1)
    submit(store)
    claim(store, worker(store))
    clock.steady_ms = 1_000
    assert store.rescue() == 1


def test_a_dead_workers_jobs_return_at_once_keeping_their_place_and_attempt(store: Store) -> None:
    first, second = submit(store, "a"), submit(store, "b")
    dead, living = worker(store), worker(store)
    assert [one.job_id for one in claim(store, dead, 1)] == [first]
    assert store.rescue(dead_workers=[dead]) == 1
    assert [info.id for info in store.workers()] == [living]
    again = claim(store, living)
    assert [one.job_id for one in again] == [first, second]
    assert [one.attempt for one in again] == [1, 1]
    assert [one.rescues for one in again] == [1, 0]


def test_a_job_that_is_rescued_without_end_fails(store: Store) -> None:
    job_id = submit(store)
    for _ in range(21):
        me = worker(store)
        claim(store, me)
        store.rescue(dead_workers=[me])
    job = store.job(job_id)
    assert job.status is Status.FAILED
    assert job.error is not None
    assert job.error.code == "rescued_too_often"
    assert store.counts() == Counts(failed=1)


def test_a_released_job_has_lost_no_attempt(store: Store) -> None:
    submit(store)
    me = worker(store)
    assert not store.release(me, claim(store, me))
    assert store.counts() == Counts(pending=1)
    assert [one.attempt for one in claim(store, me)] == [1]


def test_a_failure_with_a_retry_waits_and_keeps_its_attempt_and_reason(
    store: Store, clock: MovableClock
) -> None:
    job_id = submit(store)
    me = worker(store)
    claims = claim(store, me)
    assert not store.fail(me, [Failure(claims[0], "model_error", "no luck", timedelta(seconds=5))])
    job = store.job(job_id)
    assert job.status is Status.PENDING
    assert job.error is not None
    assert job.error.message == "no luck"
    assert claim(store, me) == []
    clock.pass_time(timedelta(seconds=5))
    assert [one.attempt for one in claim(store, me)] == [2]


def test_a_failure_for_good_says_why_and_success_after_a_failed_attempt_forgets_it(
    store: Store, clock: MovableClock
) -> None:
    bad, good = submit(store, "bad"), submit(store, "good")
    me = worker(store)
    first, second = claim(store, me)
    store.fail(me, [Failure(first, "text_rejected", "empty"), Failure(second, "m", "w", LEASE)])
    clock.pass_time(LEASE)
    store.complete(me, scored(claim(store, me)))
    assert store.job(bad).error is not None
    assert store.job(good).error is None
    assert store.counts() == Counts(failed=1, completed=1, positive=1)


def test_a_job_that_was_cancelled_while_it_ran_drops_its_late_result(store: Store) -> None:
    job_id = submit(store)
    me = worker(store)
    claims = claim(store, me)
    assert store.cancel(Selector(job_ids=(job_id,))) == 1
    assert set(store.complete(me, scored(claims))) == {job_id}
    assert store.counts() == Counts(cancelled=1)


def test_nothing_is_claimed_while_the_store_is_paused(open_store: Callable[[], Store]) -> None:
    store, other = open_store(), open_store()
    submit(store)
    store.set_paused(paused=True)
    store.set_paused(paused=True)
    assert other.is_paused()
    assert claim(other, worker(other)) == []
    other.set_paused(paused=False)
    assert not store.is_paused()
    assert len(claim(store, worker(store))) == 1


def test_a_worker_is_shown_with_what_it_holds_and_has_done(
    store: Store, clock: MovableClock
) -> None:
    for _ in range(3):
        submit(store)
    me = worker(store)
    store.complete(me, scored(claim(store, me, 2)))
    claim(store, me)
    clock.pass_time(timedelta(seconds=9))
    store.report_worker(me, rate=12.5)
    (info,) = store.workers()
    assert (info.holding, info.completed, info.rate) == (1, 2, 12.5)
    assert info.last_seen_at - info.started_at == timedelta(seconds=9)
    store.retire_worker(me)
    assert store.workers() == []
    assert store.counts() == Counts(pending=1, completed=2, positive=2)


@pytest.mark.parametrize("count", [1, 7, 256])
def test_two_stores_on_one_file_share_the_work_without_overlap(
    open_store: Callable[[], Store], count: int
) -> None:
    one, other = open_store(), open_store()
    for number in range(count):
        submit(one, str(number))
    mine = claim(one, worker(one), count // 2)
    theirs = claim(other, worker(other), count)
    ids = [job.job_id for job in (*mine, *theirs)]
    assert sorted(ids) == sorted(set(ids))
    assert len(ids) == count


def test_what_a_worker_holds_unknowingly_goes_back_untried(store: Store) -> None:
    for text in "abcd":
        submit(store, text)
    me, other = worker(store), worker(store)
    known = claim(store, me, 1)
    claim(store, me, 2)
    claim(store, other, 1)
    assert store.release_unheld(me, known) == 2
    assert store.release_unheld(me, known) == 0
    assert store.counts() == Counts(pending=2, processing=2)
    assert [store.job(job_id).attempt for job_id in (1, 2, 3, 4)] == [1, 0, 0, 1]
    assert not store.complete(me, scored(known))
    assert store.check() == []


def test_a_claim_that_is_settled_twice_at_once_counts_once(store: Store) -> None:
    submit(store)
    me = worker(store)
    claims = claim(store, me)
    assert not store.complete(me, scored([*claims, *claims]))
    assert store.counts() == Counts(completed=1, positive=1)
    assert store.check() == []


def test_a_stale_claim_beside_a_fresh_one_of_the_same_job_takes_nothing_from_it(
    store: Store, clock: MovableClock
) -> None:
    submit(store)
    me = worker(store)
    stale = claim(store, me)
    clock.pass_time(LEASE * 2)
    store.rescue()
    fresh = claim(store, me)
    assert not store.complete(me, scored([*stale, *fresh]))
    assert store.counts() == Counts(completed=1, positive=1)
    assert store.check() == []
