from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from movable_clock import MovableClock

from sentijob.jobs import ClaimedJob, Item, Terms
from sentijob.store.sql_store import SqlStore
from sentijob.worker.lease import Heartbeat, Holdings, some_ids
from sentijob.worker.pace import Pace

MakeClaim = Callable[..., ClaimedJob]
LEASE = timedelta(seconds=30)


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def store(clock: MovableClock) -> Iterator[SqlStore]:
    with SqlStore.open(":memory:", clock=clock) as opened:
        yield opened


class Beating:
    """A worker that holds two jobs, and its heartbeat."""

    def __init__(self, store: SqlStore) -> None:
        for text in ("a", "b"):
            store.submit(Item(text), Terms())
        self.worker_id = store.register_worker(host="here", pid=1).id
        self.claims = store.claim(self.worker_id, limit=2, lease=LEASE)
        self.holdings = Holdings()
        self.holdings.add(self.claims)
        self.heart = Heartbeat(
            store,
            self.worker_id,
            LEASE,
            holdings=self.holdings,
            pace=Pace(),
            logger=logging.getLogger("test"),
        )


def test_a_heartbeat_holds_jobs_past_their_first_lease(
    store: SqlStore, clock: MovableClock
) -> None:
    beating = Beating(store)
    for _ in range(5):
        clock.pass_time(LEASE / 3 * 2)
        beating.heart.beat()
        assert store.rescue() == 0


def test_without_a_heartbeat_the_lease_lapses(store: SqlStore, clock: MovableClock) -> None:
    Beating(store)
    clock.pass_time(LEASE * 1.1)
    assert store.rescue() == 2


def test_what_somebody_else_holds_by_now_is_dropped(
    store: SqlStore, caplog: pytest.LogCaptureFixture
) -> None:
    beating = Beating(store)
    store.rescue(dead_workers=[beating.worker_id])
    other = store.register_worker(host="there", pid=2).id
    store.claim(other, limit=1, lease=LEASE)
    beating.heart.beat()
    assert beating.holdings.still(beating.claims) == []
    assert "lost the lease of 2 jobs" in caplog.text


def test_an_idle_heartbeat_writes_nothing(store: SqlStore) -> None:
    beating = Beating(store)
    beating.holdings.drop(beating.claims)
    before = store.change_token()
    beating.heart.beat()
    assert store.change_token() == before


def test_a_later_claim_of_the_same_job_is_another_holding(claim: MakeClaim) -> None:
    holdings = Holdings()
    first = claim()
    later = first._replace(fence=2)
    holdings.add([later])
    holdings.drop([first])
    assert holdings.all() == [later]
    assert holdings.still([first]) == []


def test_a_log_line_names_the_first_few_ids() -> None:
    assert some_ids([3, 1, 2]) == "1, 2, 3"
    assert some_ids(range(1, 9)) == "1, 2, 3, 4, 5, …"
