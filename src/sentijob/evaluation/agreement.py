"""How far two models agree on the same texts, counted as their answers come."""

from __future__ import annotations

from typing import NamedTuple

from sentijob.evaluation.metrics import Confusion
from sentijob.jobs import Label, Sentiment


class Shift(NamedTuple):
    """What the second model's probabilities have over the first's."""

    negative: float
    neutral: float
    positive: float


class Agreement:
    """Counts texts by both models' labels, and sums what their probabilities differ by."""

    def __init__(self) -> None:
        self._counts = {first: dict.fromkeys(Label, 0) for first in Label}
        self._shift = Shift(0.0, 0.0, 0.0)
        self._distance = 0.0

    def add(self, first: Sentiment, second: Sentiment) -> None:
        """Note what the two say of a text."""
        self._counts[first.label][second.label] += 1
        self._shift = Shift(
            self._shift.negative + second.negative - first.negative,
            self._shift.neutral + second.neutral - first.neutral,
            self._shift.positive + second.positive - first.positive,
        )
        self._distance += gap(first, second)

    @property
    def labels(self) -> Confusion:
        """Texts by the first model's label, then by the second's."""
        return self._counts

    @property
    def total(self) -> int:
        return sum(sum(row.values()) for row in self._counts.values())

    @property
    def flips(self) -> int:
        """Texts to which they give different labels."""
        return self.total - sum(self._counts[label][label] for label in Label)

    @property
    def agreement(self) -> float | None:
        """The share of texts to which they give the same label."""
        return (self.total - self.flips) / self.total if self.total else None

    @property
    def kappa(self) -> float | None:
        """Agreement beyond what their label mixes alone would give: 1 is all of it, 0 none.

        None where both give one and the same label to every text.

        Source: "A coefficient of agreement for nominal scales", Cohen, 1960.
        """
        total = self.total
        by_second = {label: sum(row[label] for row in self._counts.values()) for label in Label}
        chance = sum(sum(self._counts[label].values()) * by_second[label] for label in Label)
        whole = total * total
        if chance == whole:
            return None
        return ((total - self.flips) * total - chance) / (whole - chance)

    @property
    def mean_shift(self) -> Shift | None:
        """By how much the second model's probabilities are higher, on the average text."""
        if not self.total:
            return None
        return Shift(*(part / self.total for part in self._shift))

    @property
    def mean_gap(self) -> float | None:
        """The average :func:`gap`."""
        return self._distance / self.total if self.total else None


def gap(first: Sentiment, second: Sentiment) -> float:
    """How much probability must move to turn one into the other, from 0 to 1 (total variation distance)."""
    return (
        abs(first.negative - second.negative)
        + abs(first.neutral - second.neutral)
        + abs(first.positive - second.positive)
    ) / 2
