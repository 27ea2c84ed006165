"""Whether one model is better than another by more than chance."""

from __future__ import annotations

from math import exp, lgamma, log

_NEGLIGIBLE = 1e-17
"""Of the sum so far: what is smaller can't change a float."""


def mcnemar_exact(only_first: int, only_second: int) -> float:
    """The chance of so uneven a split, or a more uneven one, if both models were equally good.

    *only_first* texts had only the first model right, *only_second* only the second; the others tell
    nothing. Two-sided. Takes as long as the square root of their number.

    Source: "Note on the sampling error of the difference between correlated proportions",
    McNemar, 1947, with the binomial distribution itself in place of its approximation.
    """
    total = only_first + only_second
    fewer = min(only_first, only_second)
    if 2 * fewer >= total - 1:
        return 1.0  # both tails meet
    chance = exp(lgamma(total + 1) - lgamma(fewer + 1) - lgamma(total - fewer + 1) - total * log(2))
    tail = 0.0
    while chance > tail * _NEGLIGIBLE:
        tail += chance
        chance *= fewer / (total - fewer + 1)
        fewer -= 1
    return min(2 * tail, 1.0)
