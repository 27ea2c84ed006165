"""What the table of models says of a model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import accuracy
import pytest

from sentijob.jobs import Label, Sentiment


class Hopeful:
    """Finds good texts positive, all others rather neutral, and of these no more bad than good."""

    name, revision = "hopeful", "1"

    def predict(self, texts: Sequence[str]) -> list[Sentiment]:
        good, other = (0.1, 0.1, 0.8), (0.15, 0.6, 0.25)
        return [Sentiment.of(*(good if "good" in text else other), tokens=1) for text in texts]


def test_two_class_accuracy_leaves_neutral_texts_and_the_neutral_class_out() -> None:
    examples = [("good", Label.POSITIVE), ("bad", Label.NEGATIVE), ("a table", Label.NEUTRAL)]
    found = accuracy.figures(Hopeful(), examples)
    assert found["two-class"] == pytest.approx(50)
    assert found["three-class"] == pytest.approx(200 / 3)
    assert found["macro-recall"] == pytest.approx(200 / 3)


def test_in_a_set_without_neutral_texts_calibration_is_of_the_two_other_classes() -> None:
    found = accuracy.figures(Hopeful(), [("good", Label.POSITIVE), ("good", Label.POSITIVE)])
    assert found["ece"] == pytest.approx(100 * (1 - 0.8 / 0.9))
    found = accuracy.figures(Hopeful(), [("good", Label.POSITIVE), ("a table", Label.NEUTRAL)])
    assert found["ece"] == pytest.approx(100 * ((1 - 0.8) + (1 - 0.6)) / 2)


def test_a_set_is_read_by_its_last_tab(tmp_path: Path) -> None:
    path = tmp_path / "some.tsv"
    path.write_text("one\ttwo\tpositive\nthree\tneutral\n")
    assert list(accuracy.read(path)) == [("one\ttwo", "positive"), ("three", "neutral")]


def test_a_shipped_model_has_the_size_of_its_files() -> None:
    assert 20e6 < (accuracy.size("mini") or 0) < (accuracy.size("cascade") or 0) < 30e6
    assert accuracy.size("vader") is None
