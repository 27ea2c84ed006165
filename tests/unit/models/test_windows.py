from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sentijob.models.windows import WindowPlan

PLAN = WindowPlan(reach=126, size=62, overlap=8)


@st.composite
def plans(draw: st.DrawFn) -> WindowPlan:
    size = draw(st.integers(2, 200))
    reach = draw(st.integers(size, 400))
    return WindowPlan(reach=reach, size=size, overlap=draw(st.integers(0, size - 1)))


def test_a_text_within_reach_is_one_window() -> None:
    assert PLAN.spans(126) == [range(126)]


def test_a_text_just_beyond_reach_is_cut() -> None:
    assert PLAN.spans(127) == [range(47), range(39, 87), range(79, 127)]


@given(plans(), st.integers(1, 5_000))
def test_every_token_is_in_some_window_and_none_beyond_the_text(
    plan: WindowPlan, length: int
) -> None:
    covered = {place for span in plan.spans(length) for place in span}
    assert covered == set(range(length))


@given(plans(), st.integers(1, 5_000))
def test_windows_are_within_size_and_of_like_length(plan: WindowPlan, length: int) -> None:
    spans = plan.spans(length)
    if length > plan.reach:
        assert max(map(len, spans)) <= plan.size
        assert max(map(len, spans)) - min(map(len, spans)) <= 1


@given(plans(), st.integers(1, 5_000))
def test_neighbours_share_the_overlap(plan: WindowPlan, length: int) -> None:
    for before, after in pairwise(plan.spans(length)):
        assert before.stop - after.start == plan.overlap
