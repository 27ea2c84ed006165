"""McNemar's exact test against the binomial distribution, summed in whole numbers."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentijob.evaluation.significance import mcnemar_exact

COUNTS = st.integers(0, 400)


def summed(first: int, second: int) -> float:
    total = first + second
    tail = sum(comb(total, k) for k in range(min(first, second) + 1))
    return float(min(Fraction(2 * tail, 2**total), Fraction(1)))


@pytest.mark.parametrize(
    ("first", "second", "chance"),
    [(0, 0, 1.0), (1, 0, 1.0), (2, 0, 0.5), (5, 5, 1.0), (6, 14, 0.115318), (0, 10, 2 / 1024)],
)
def test_small_counts_have_the_chance_of_a_tossed_coin(
    first: int, second: int, chance: float
) -> None:
    assert mcnemar_exact(first, second) == pytest.approx(chance, abs=1e-6)


@given(COUNTS, COUNTS)
def test_any_counts_have_the_chance_that_whole_numbers_give(first: int, second: int) -> None:
    assert mcnemar_exact(first, second) == pytest.approx(summed(first, second), rel=1e-9)
    assert mcnemar_exact(first, second) == mcnemar_exact(second, first)


def test_millions_of_texts_take_no_time_and_break_nothing() -> None:
    assert 0 < mcnemar_exact(5_000_000, 5_010_000) < 0.01
    assert mcnemar_exact(0, 10_000_000) == 0
