from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sentijob.jobs import ClaimedJob
from sentijob.worker.chunks import Bounds, Chunk, cut
from sentijob.worker.pace import FIRST_CLAIM, MOST_CLAIMED, MOST_TEXTS, Pace

MakeClaim = Callable[..., ClaimedJob]


def observe(pace: Pace, claim: MakeClaim, count: int, *, per_text: float) -> None:
    claims = [claim("x" * 100) for _ in range(count)]
    pace.observe(Chunk("fake", 0, claims), timedelta(seconds=count * per_text))


def test_a_model_never_seen_gets_one_text_and_a_small_claim() -> None:
    pace = Pace()
    assert pace.bounds("fake") == Bounds(1, 1)
    assert pace.next_limit() == FIRST_CLAIM


def test_chunks_grow_until_they_take_a_tenth_of_a_second(claim: MakeClaim) -> None:
    pace = Pace()
    sizes = []
    for _ in range(6):
        sizes.append(pace.bounds("fake").texts)
        observe(pace, claim, sizes[-1], per_text=1 / 600)
    assert sizes[:3] == [1, 4, 16]
    assert (
        7_100 <= pace.bounds("fake").weight <= 7_200
    )  # 60 texts of 100 characters, and 20 for each


def test_a_fast_model_gets_the_most_texts_and_the_largest_claim(claim: MakeClaim) -> None:
    pace = Pace()
    for _ in range(6):
        observe(pace, claim, pace.bounds("fake").texts, per_text=1e-6)
        limit = pace.next_limit()
    assert pace.bounds("fake").texts == MOST_TEXTS
    assert limit == MOST_CLAIMED
    assert pace.reserve() == MOST_CLAIMED // 2


def test_a_model_that_takes_seconds_gets_one_text_at_a_time(claim: MakeClaim) -> None:
    pace = Pace()
    observe(pace, claim, 1, per_text=5)
    assert len(cut([claim("x" * 100), claim("x" * 100)], pace.bounds)) == 2
    assert pace.next_limit() == 1
    assert pace.reserve() == 1


def test_a_claim_is_half_a_second_of_work(claim: MakeClaim) -> None:
    pace = Pace()
    observe(pace, claim, 10, per_text=1 / 400)
    limits = [pace.next_limit() for _ in range(5)]
    assert limits == sorted(limits)
    assert limits[-1] in {199, 200}


def test_claims_are_sized_for_all_processes_and_chunks_for_one(claim: MakeClaim) -> None:
    one, two = Pace(), Pace(processes=2)
    for pace in (one, two):
        observe(pace, claim, 100, per_text=1 / 400)
        for _ in range(4):
            pace.next_limit()
    assert two.rate == 2 * one.rate
    assert (two.next_limit(), two.reserve()) == (2 * one.next_limit(), 2 * one.reserve())
    assert two.bounds("fake") == one.bounds("fake")


def test_one_odd_measure_does_little(claim: MakeClaim) -> None:
    pace = Pace()
    for _ in range(10):
        observe(pace, claim, 64, per_text=1 / 600)
    before = pace.rate
    observe(pace, claim, 64, per_text=1)
    assert pace.rate > before / 2


def test_claims_that_wait_for_other_workers_get_smaller_and_grow_back(claim: MakeClaim) -> None:
    pace = Pace()
    for _ in range(6):
        observe(pace, claim, 256, per_text=1e-6)
        pace.next_limit()
    pace.observe_claim(timedelta(milliseconds=41))
    assert pace.next_limit() == MOST_CLAIMED // 2
    assert pace.reserve() == MOST_CLAIMED // 4
    for _ in range(10):
        pace.observe_claim(timedelta(seconds=1))
    assert pace.next_limit() == MOST_TEXTS
    for _ in range(20):
        pace.observe_claim(timedelta(milliseconds=1))
        pace.next_limit()
    assert pace.next_limit() == MOST_CLAIMED
