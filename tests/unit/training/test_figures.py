"""Accuracy, macro-recall and calibration."""

from __future__ import annotations

import figures
import numpy as np
import pytest

CHANCES = np.array(
    [[0.6, 0.3, 0.1], [0.3, 0.6, 0.1], [0.2, 0.3, 0.5], [0.1, 0.7, 0.2], [0.5, 0.1, 0.4]]
)
LABELS = np.array([0, 1, 2, 2, 2])


def test_two_classes_leave_neutral_out_on_both_sides() -> None:
    # Right: the first, the third, and the fourth, though its likeliest is neutral.
    assert figures.two_class(CHANCES, LABELS) == 75.0


def test_macro_recall_weighs_every_class_alike() -> None:
    assert figures.macro_recall(CHANCES, LABELS) == pytest.approx(
        (100 + 100 + 100 / 3) / 3, abs=0.01
    )


def test_chances_that_come_true_as_often_as_they_say_have_no_calibration_error() -> None:
    chances = np.tile([0.75, 0.05, 0.2], (400, 1))
    labels = np.tile([0, 0, 0, 1], 100)
    assert figures.calibration_error(chances, labels) == pytest.approx(0, abs=0.01)


def test_sureness_without_right_is_the_calibration_error() -> None:
    chances = np.tile([0.9, 0.05, 0.05], (100, 1))
    labels = np.tile([0, 1], 50)
    assert figures.calibration_error(chances, labels) == pytest.approx(40)


def test_a_set_without_neutrals_is_calibrated_on_the_other_two() -> None:
    chances = np.tile([0.3, 0.6, 0.1], (100, 1))
    labels = np.tile([0, 0, 0, 2], 25)
    assert figures.calibration_error(chances, labels) == pytest.approx(0, abs=0.01)
    assert chances[0, 1] == 0.6


def test_heat_is_what_a_division_of_logits_does() -> None:
    logits = np.array([[1.0, -2.0, 0.5]])

    def softmax(values: figures.Floats) -> figures.Floats:
        return np.exp(values) / np.exp(values).sum()  # type: ignore[no-any-return]  # numpy widens

    assert figures.heated(softmax(logits), 1.7) == pytest.approx(softmax(logits / 1.7))


def test_the_temperature_that_undoes_overconfidence_is_found() -> None:
    chance = np.random.default_rng(0)
    logits = chance.normal(size=(20_000, 3)) * 2
    honest = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    labels = (honest.cumsum(1) < chance.random((len(honest), 1))).sum(1).clip(0, 2)
    found = figures.best_temperature([(figures.heated(honest, 1 / 1.5), labels)])
    assert found == pytest.approx(1.5, abs=0.05)


def test_describe_gives_every_figure_of_a_set() -> None:
    described = figures.describe(CHANCES, LABELS)
    assert described["texts"] == 5
    assert described["three-class"] == 60.0
    assert set(described) == {"texts", "two-class", "three-class", "macro-recall", "ece"}
