"""Whether a model is as often right as it is sure.

Source: "On Calibration of Modern Neural Networks", Guo et al., 2017, for the expected calibration error.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import NamedTuple

BINS = 15
"""As in the paper."""


class Bin(NamedTuple):
    """The texts whose score lies above *low* and no higher than *high*."""

    low: float
    high: float
    texts: int
    confidence: float | None
    """Their mean score; None where there are none."""
    accuracy: float | None
    """The share of them that was right; None where there are none."""


class Calibration:
    """Sums scores in bins of equal width."""

    def __init__(self, bins: int = BINS) -> None:
        self._counts = [0] * bins
        self._rights = [0] * bins
        self._scores = [0.0] * bins

    def add(self, score: float, *, is_right: bool) -> None:
        """Note a label's probability, and whether it was the right label."""
        place = min(max(ceil(score * len(self._counts)) - 1, 0), len(self._counts) - 1)
        self._counts[place] += 1
        self._rights[place] += is_right
        self._scores[place] += score

    @property
    def bins(self) -> Sequence[Bin]:
        """From the least sure to the surest."""
        width = len(self._counts)
        return [
            Bin(
                place / width,
                (place + 1) / width,
                count,
                score / count if count else None,
                right / count if count else None,
            )
            for place, (count, right, score) in enumerate(
                zip(self._counts, self._rights, self._scores, strict=True)
            )
        ]

    @property
    def error(self) -> float | None:
        """The gap between score and accuracy, averaged over texts (ECE); None where there are none."""
        total = sum(self._counts)
        if not total:
            return None
        gaps = (abs(r - s) for r, s in zip(self._rights, self._scores, strict=True))
        return sum(gaps) / total
