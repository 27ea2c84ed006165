"""The few of many that are kept."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sentijob.evaluation.foremost import Foremost


@given(st.lists(st.integers(0, 5)), st.integers(0, 6))
def test_those_of_the_highest_rank_are_kept_and_of_equals_the_first(
    ranks: list[int], limit: int
) -> None:
    foremost: Foremost[int] = Foremost(limit)
    for place, rank in enumerate(ranks):
        foremost.offer(rank, place)
    ordered = sorted(range(len(ranks)), key=lambda place: -ranks[place])
    assert list(foremost.elements) == ordered[:limit]
