"""How good probabilities are: accuracy, macro-recall, calibration error, and the temperature that mends it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

NEGATIVE, NEUTRAL, POSITIVE = range(3)
_BINS = 15
Floats = NDArray[np.floating[Any]]
Integers = NDArray[np.integer[Any]]


def describe(chances: Floats, labels: Integers) -> dict[str, float | int]:
    """Every figure of a set, in per cent; *chances* of shape (texts, 3)."""
    return {
        "texts": len(labels),
        "two-class": two_class(chances, labels),
        "three-class": percent(chances.argmax(1) == labels),
        "macro-recall": macro_recall(chances, labels),
        "ece": calibration_error(chances, labels),
    }


def two_class(chances: Floats, labels: Integers) -> float:
    """Of the texts that aren't neutral, how many have the greater of the two other chances right."""
    judged = labels != NEUTRAL
    is_positive = chances[judged, POSITIVE] > chances[judged, NEGATIVE]
    return percent(is_positive == (labels[judged] == POSITIVE))


def macro_recall(chances: Floats, labels: Integers) -> float:
    """The mean, over the classes that occur, of how many of each are found."""
    found = chances.argmax(1) == labels
    return round(float(np.mean([percent(found[labels == each]) for each in set(labels)])), 2)


def calibration_error(chances: Floats, labels: Integers) -> float:
    """How far confidence is from accuracy, over bins of like confidence.

    In a set without neutrals it is measured on the two other classes alone, as
    its accuracy is.
    """
    if NEUTRAL not in labels:
        chances = chances.copy()
        chances[:, NEUTRAL] = 0
        chances /= chances.sum(1, keepdims=True)
    sureness, is_right = chances.max(1), chances.argmax(1) == labels
    bins = np.minimum((sureness * _BINS).astype(int), _BINS - 1)
    gaps = [
        abs(float((sureness[bins == each] - is_right[bins == each]).sum())) for each in range(_BINS)
    ]
    return round(100 * sum(gaps) / len(labels), 2)


def percent(hits: NDArray[np.bool_]) -> float:
    return round(100 * float(hits.mean()), 2) if len(hits) else float("nan")


def heated(chances: Floats, temperature: float) -> Floats:
    """The chances that the same logits give when divided by *temperature*."""
    raised = np.maximum(chances, 1e-12) ** (1 / temperature)
    return raised / raised.sum(1, keepdims=True)  # type: ignore[no-any-return]  # numpy widens


def best_temperature(sets: list[tuple[Floats, Integers]]) -> float:
    """At which the mean of the sets' likelihoods is best, to two decimals."""
    tried = np.round(np.arange(0.6, 2.01, 0.01), 2)

    def loss(temperature: float) -> float:
        parts = [
            -np.log(heated(chances, temperature)[np.arange(len(labels)), labels]).mean()
            for chances, labels in sets
        ]
        return float(np.mean(parts))

    return float(min(tried, key=loss))
