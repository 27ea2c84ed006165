from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta

from sentijob.jobs import ClaimedJob
from sentijob.worker.bisect import Outcome
from sentijob.worker.chunks import Chunk
from sentijob.worker.handover import Handover

MakeClaim = Callable[..., ClaimedJob]
DEADLINE = 10.0


def chunk(claim: MakeClaim, text: str, priority: int = 0) -> Chunk:
    return Chunk("fake", priority, [claim(text)])


def test_an_urgent_chunk_overtakes_those_that_were_put_before(claim: MakeClaim) -> None:
    handover = Handover()
    handover.put([chunk(claim, "first"), chunk(claim, "second")])
    handover.put([chunk(claim, "urgent", priority=5)])
    assert handover.top_priority() == 5
    taken = [handover.take() for _ in range(3)]
    assert [one.claims[0].text for one in taken if one] == ["urgent", "first", "second"]


def test_a_chunk_is_counted_until_it_is_taken_and_is_busy_until_it_is_delivered(
    claim: MakeClaim,
) -> None:
    handover = Handover()
    handover.put([chunk(claim, "a")])
    assert handover.queued == 1
    handover.take()
    assert (handover.queued, handover.is_running, handover.is_idle) == (0, True, False)
    handover.deliver(Outcome([], []))
    assert (handover.is_running, handover.is_idle) == (False, False)
    assert handover.collect() == [Outcome([], [])]
    assert handover.is_idle


def test_the_table_is_busy_until_every_hand_has_delivered(claim: MakeClaim) -> None:
    handover = Handover()
    handover.put([chunk(claim, "a"), chunk(claim, "b")])
    handover.take()
    handover.take()
    handover.deliver(Outcome([], []))
    assert handover.is_running
    handover.deliver(Outcome([], []))
    assert not handover.is_running
    assert len(handover.collect()) == 2


def test_a_closed_table_gives_out_nothing_that_is_still_put(claim: MakeClaim) -> None:
    handover = Handover()
    handover.close()
    handover.put([chunk(claim, "late")])
    assert handover.take() is None


def test_withdrawn_claims_are_those_that_do_not_run(claim: MakeClaim) -> None:
    handover = Handover()
    handover.put([chunk(claim, "runs"), chunk(claim, "waits")])
    handover.take()
    assert [one.text for one in handover.withdraw()] == ["waits"]
    assert handover.queued == 0
    assert handover.is_running


def test_waiting_hands_go_home_when_the_table_is_closed() -> None:
    handover = Handover()
    took: list[Chunk | None] = []
    hands = [threading.Thread(target=lambda: took.append(handover.take())) for _ in range(2)]
    for hand in hands:
        hand.start()
    handover.close()
    for hand in hands:
        hand.join(DEADLINE)
    assert took == [None, None]


def test_waiting_for_an_outcome_ends_with_its_delivery(claim: MakeClaim) -> None:
    handover = Handover()
    handover.put([chunk(claim, "a")])
    handover.take()
    deliver = threading.Timer(0.01, handover.deliver, (Outcome([], []),))
    deliver.start()
    handover.await_outcome(timedelta(seconds=DEADLINE))
    assert handover.collect() == [Outcome([], [])]
    deliver.join()


def test_nobody_waits_for_an_outcome_where_none_is_to_come() -> None:
    Handover().await_outcome(timedelta(hours=1))


def test_the_next_chunk_is_taken_ahead_where_it_suits(claim: MakeClaim) -> None:
    handover = Handover()
    assert handover.take_ahead(lambda _: True) is None
    handover.put([chunk(claim, "a"), chunk(claim, "b", priority=1)])
    assert handover.take_ahead(lambda one: one.priority == 0) is None
    taken = handover.take_ahead(lambda one: one.priority == 1)
    assert taken is not None
    assert (taken.claims[0].text, handover.queued, handover.is_running) == ("b", 1, True)
    handover.close()
    assert handover.take_ahead(lambda _: True) is None


def test_no_hand_takes_ahead_what_another_is_free_for(claim: MakeClaim) -> None:
    handover = Handover()
    taken: list[Chunk | None] = []
    other = threading.Thread(target=lambda: taken.append(handover.take()))
    other.start()
    end = time.monotonic() + DEADLINE
    while not handover.has_free_hand:
        assert time.monotonic() < end
    handover.put([chunk(claim, "a")])
    assert handover.take_ahead(lambda _: True) is None
    other.join(DEADLINE)
    assert [one and one.claims[0].text for one in taken] == ["a"]
