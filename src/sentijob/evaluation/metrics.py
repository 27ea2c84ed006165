"""How often a model is right, counted as its answers come: nine numbers are all that is kept.

Source of the averages: "Machine learning: classification metrics" as every textbook has them; TweetEval
(Barbieri et al., 2020) for macro-recall. Macro averages go over the classes that the gold labels have.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import NamedTuple

from sentijob.jobs import Label, Sentiment

Confusion = Mapping[Label, Mapping[Label, int]]
"""Texts by gold label, then by the model's."""


class ClassFigures(NamedTuple):
    """How a model does on one class; None where nothing was there to be a share of."""

    label: Label
    precision: float | None
    """Of the texts that it gave the label, the share that has it."""
    recall: float | None
    """Of the texts that have the label, the share that it gave it."""
    f1: float | None
    support: int
    """Texts that have the label."""


class Tally:
    """Counts texts by gold label and model's label."""

    def __init__(self) -> None:
        self._counts = {gold: dict.fromkeys(Label, 0) for gold in Label}
        self._polar_right = 0
        self._polar_ties = 0

    def add(self, gold: Label, sentiment: Sentiment) -> None:
        """Note what a model said of a text whose label is *gold*."""
        self._counts[gold][sentiment.label] += 1
        self._polar_right += polarity(sentiment) is gold
        self._polar_ties += sentiment.positive == sentiment.negative

    @property
    def confusion(self) -> Confusion:
        return self._counts

    @property
    def total(self) -> int:
        return sum(sum(row.values()) for row in self._counts.values())

    @property
    def right(self) -> int:
        return sum(self._counts[label][label] for label in Label)

    @property
    def accuracy(self) -> float | None:
        """The share of texts that the model gave their label."""
        return _share(self.right, self.total)

    @property
    def is_two_class(self) -> bool:
        """Whether there are texts, and none of them is neutral."""
        return self.total > 0 and not any(self._counts[Label.NEUTRAL].values())

    @property
    def two_class_accuracy(self) -> float | None:
        """The same by the greater of negative and positive; None where some texts are neutral."""
        return _share(self._polar_right, self.total) if self.is_two_class else None

    @property
    def two_class_ties(self) -> int | None:
        """Texts to which the model gave both the same, so that they counted as negative."""
        return self._polar_ties if self.is_two_class else None

    @property
    def classes(self) -> Sequence[ClassFigures]:
        """All three classes, each for itself."""
        return [self._class(label) for label in Label]

    @property
    def macro_f1(self) -> float | None:
        """The mean F1 of the classes that the gold labels have; one that never came right adds 0."""
        return _mean([one.f1 or 0.0 for one in self.classes if one.support])

    @property
    def macro_recall(self) -> float | None:
        """The mean recall of the classes that the gold labels have."""
        return _mean([one.recall or 0.0 for one in self.classes if one.support])

    def _class(self, label: Label) -> ClassFigures:
        hits = self._counts[label][label]
        support = sum(self._counts[label].values())
        given = sum(row[label] for row in self._counts.values())
        return ClassFigures(
            label,
            _share(hits, given),
            _share(hits, support),
            _share(2 * hits, support + given),
            support,
        )


def polarity(sentiment: Sentiment) -> Label:
    """The likelier of negative and positive, neutral ignored; a tie goes to negative, as everywhere."""
    is_positive = sentiment.positive > sentiment.negative
    return Label.POSITIVE if is_positive else Label.NEGATIVE


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _mean(values: Sequence[float]) -> float | None:
    return fmean(values) if values else None
