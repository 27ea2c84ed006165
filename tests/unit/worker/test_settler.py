from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import cast

import pytest

from sentijob.errors import StoreFullError
from sentijob.jobs import Counts, Failure, Item, Scored, Sentiment, Terms
from sentijob.ports import Store
from sentijob.store.sql_store import SqlStore
from sentijob.worker.bisect import Outcome
from sentijob.worker.lease import Holdings
from sentijob.worker.settler import Settler
from sentijob.worker.trouble import LONGEST_PAUSE, Trouble

SENTIMENT = Sentiment.of(0.1, 0.2, 0.7, tokens=1)


class OutOfRoom:
    """A store whose settles fail, one after the other, as often as told."""

    def __init__(self, store: SqlStore, failures: int) -> None:
        self.store = store
        self.failures = failures

    def _strain(self) -> None:
        if self.failures:
            self.failures -= 1
            raise StoreFullError("no room")

    def complete(
        self, worker_id: int, scored: Sequence[Scored], *, remembered: Sequence[Scored] = ()
    ) -> Collection[int]:
        self._strain()
        return self.store.complete(worker_id, scored, remembered=remembered)

    def fail(self, worker_id: int, failures: Sequence[Failure]) -> Collection[int]:
        self._strain()
        return self.store.fail(worker_id, failures)


def test_results_that_the_store_cannot_take_are_held_until_it_can() -> None:
    with SqlStore.open(":memory:") as store:
        for text in ("good", "bad"):
            store.submit(Item(text), Terms())
        worker_id = store.register_worker(host="here", pid=1).id
        good, bad = store.claim(worker_id, limit=2, lease=timedelta(minutes=1))
        full = cast("Store", OutOfRoom(store, failures=2))
        holdings = Holdings()
        holdings.add([good, bad])
        settler = Settler(full, worker_id, holdings, logging.getLogger("test"))
        settler.add([Outcome([Scored(good, SENTIMENT, "r")], [Failure(bad, "code", "why")])])
        for _ in range(2):
            with pytest.raises(StoreFullError):
                settler.settle()
            assert settler.is_holding
            assert len(holdings) == 2
        settler.settle()
        assert not settler.is_holding
        assert len(holdings) == 0
        assert (settler.completed, settler.failed, settler.refused) == (1, 1, 0)
        assert store.counts() == Counts(completed=1, failed=1, positive=1)


def test_an_outage_is_told_once_and_waited_out_with_growing_pauses(
    caplog: pytest.LogCaptureFixture,
) -> None:
    now = 0.0
    caplog.set_level(logging.INFO)
    trouble = Trouble(lambda: now, logging.getLogger("test"))
    pauses = [trouble.note(StoreFullError("no room")) for _ in range(8)]
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE
    now = 12.5
    assert trouble.lasted() == timedelta(seconds=12.5)
    trouble.clear()
    trouble.clear()
    assert trouble.lasted() == timedelta(0)
    assert [record.message for record in caplog.records] == [
        "the store can't be used, will try again: no room",
        "the store is back after 12.5s",
    ]
