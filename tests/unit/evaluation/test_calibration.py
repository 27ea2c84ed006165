"""Whether a model is as often right as it is sure."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentijob.evaluation.calibration import BINS, Calibration

ANSWERS = st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=60)


def of(answers: list[tuple[float, bool]]) -> Calibration:
    calibration = Calibration()
    for score, is_right in answers:
        calibration.add(score, is_right=is_right)
    return calibration


def test_the_error_is_the_one_worked_out_by_hand() -> None:
    # Two texts at 0.9, one right: a gap of 0.4. Three at 0.5, two right: a gap of 1/6.
    answers = [(0.9, True), (0.9, False), (0.5, True), (0.5, True), (0.5, False)]
    assert of(answers).error == pytest.approx((2 * 0.4 + 3 / 6) / 5)


def test_errors_of_opposite_sign_in_one_bin_even_out_and_in_two_bins_do_not() -> None:
    assert of([(0.75, True), (0.75, True), (0.75, True), (0.75, False)]).error == pytest.approx(0)
    assert of([(0.95, False), (0.45, True)]).error == pytest.approx((0.95 + 0.55) / 2)


@pytest.mark.parametrize(("score", "place"), [(0.0, 0), (0.2, 2), (0.21, 3), (0.94, 14), (1.0, 14)])
def test_a_score_on_a_border_belongs_to_the_bin_below(score: float, place: int) -> None:
    assert [one.texts for one in of([(score, True)]).bins] == [
        int(number == place) for number in range(BINS)
    ]


def test_without_texts_there_is_no_error() -> None:
    assert Calibration().error is None
    assert {one.accuracy for one in Calibration().bins} == {None}


@given(ANSWERS)
def test_the_bins_hold_every_text_and_say_what_the_error_is(
    answers: list[tuple[float, bool]],
) -> None:
    calibration = of(answers)
    assert sum(one.texts for one in calibration.bins) == len(answers)
    error = 0.0
    for one in calibration.bins:
        if one.confidence is not None and one.accuracy is not None:
            assert one.low - 1e-9 <= one.confidence <= one.high + 1e-9
            error += one.texts / len(answers) * abs(one.accuracy - one.confidence)
    assert (calibration.error or 0.0) == pytest.approx(error)
