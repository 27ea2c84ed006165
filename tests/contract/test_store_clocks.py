"""What every store promises while somebody sets the machine's clock."""

from __future__ import annotations

from datetime import timedelta

import pytest
from movable_clock import MovableClock
from working import HAPPY, LEASE, claim, submit, texts, worker

from sentijob.backoff import LONGEST_DELAY
from sentijob.jobs import Failure, Item, Scored, Selector, Terms
from sentijob.ports import Store

HOUR = timedelta(hours=1)


def test_a_job_without_a_delay_is_due_at_once_after_the_clock_was_set_back(
    store: Store, clock: MovableClock
) -> None:
    clock.set_wall(HOUR)
    submit(store, "alone")
    batch_id = store.open_batch(Terms(), source="-").batch.id
    store.append(batch_id, [Item("in a batch")], first_position=0)
    clock.set_wall(-HOUR)
    store.append(batch_id, [Item("behind it")], first_position=1)
    due = store.next_due_at()
    assert due is not None
    assert due <= store.now()
    assert store.oldest_pending_at() is not None
    # What came before the clock was set back is older than what came since.
    assert texts(claim(store, worker(store))) == ["alone", "in a batch", "behind it"]


@pytest.mark.parametrize("jump", [HOUR, -HOUR], ids=["forward", "back"])
def test_jobs_go_in_the_order_they_came_whatever_the_clock_did_between(
    store: Store, clock: MovableClock, jump: timedelta
) -> None:
    submit(store, "first")
    clock.pass_time(timedelta(seconds=1))
    clock.set_wall(jump)
    submit(store, "second")
    me = worker(store)
    assert texts(claim(store, me, 1)) == ["first"]
    assert texts(claim(store, me, 1)) == ["second"]


def test_a_rescued_or_released_job_is_due_at_once_after_the_clock_was_set_back(
    store: Store, clock: MovableClock
) -> None:
    submit(store, "delayed", delay=timedelta(minutes=10))
    clock.pass_time(timedelta(minutes=10))
    me = worker(store)
    store.release(me, claim(store, me))
    clock.set_wall(-HOUR)
    assert texts(claim(store, me)) == ["delayed"]
    store.rescue(dead_workers=[me])
    clock.set_wall(-HOUR)
    assert texts(claim(store, worker(store))) == ["delayed"]


def test_a_job_that_a_person_retries_is_due_at_once_whatever_the_clock_does(
    store: Store, clock: MovableClock
) -> None:
    submit(store, delay=2 * HOUR)
    store.cancel(Selector())
    store.retry(Selector())
    clock.set_wall(-HOUR)
    assert len(claim(store, worker(store))) == 1


def test_a_backoff_outlasts_the_longest_one_by_nothing_when_the_clock_is_set_back(
    store: Store, clock: MovableClock
) -> None:
    submit(store)
    me = worker(store)
    store.fail(me, [Failure(claim(store, me)[0], "model_error", "no luck", timedelta(seconds=5))])
    clock.set_wall(timedelta(minutes=-3))
    assert claim(store, me) == []
    due = store.next_due_at()
    assert due is not None
    assert timedelta(0) < due - store.now() <= LONGEST_DELAY
    clock.set_wall(-HOUR)
    due = store.next_due_at()
    assert due is not None
    assert due <= store.now()
    assert len(claim(store, me)) == 1


def test_a_delay_that_was_asked_for_is_kept_to_by_the_clock_that_people_see(
    store: Store, clock: MovableClock
) -> None:
    submit(store, delay=timedelta(minutes=10))
    batch_id = store.open_batch(Terms(delay=timedelta(minutes=10)), source="-").batch.id
    store.append(batch_id, [Item("in a batch")], first_position=0)
    clock.set_wall(-HOUR)
    me = worker(store)
    assert claim(store, me) == []
    clock.set_wall(HOUR)
    assert claim(store, me) == []
    clock.set_wall(timedelta(minutes=10))
    assert len(claim(store, me)) == 2


def test_the_pace_counts_no_minute_that_is_still_to_come(store: Store, clock: MovableClock) -> None:
    clock.set_wall(HOUR)
    submit(store)
    me = worker(store)
    store.complete(me, [Scored(one, HAPPY, "r1") for one in claim(store, me)])
    assert store.finished_since(store.now() - timedelta(minutes=1)) == 1
    clock.set_wall(-HOUR)
    assert store.finished_since(store.now() - timedelta(minutes=1)) == 0


def test_leases_neither_all_lapse_nor_hold_for_ever_when_the_clock_jumps(
    store: Store, clock: MovableClock
) -> None:
    for _ in range(5):
        submit(store)
    me = worker(store)
    claims = claim(store, me)
    for jump in (HOUR, -2 * HOUR, HOUR):
        clock.set_wall(jump)
        clock.pass_time(LEASE / 2)
        assert store.rescue() == 0
        assert not store.extend(me, claims, lease=LEASE)
    clock.set_wall(-HOUR)
    clock.pass_time(LEASE + timedelta(seconds=1))
    assert store.rescue() == 5
