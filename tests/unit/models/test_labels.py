from __future__ import annotations

import pytest

from sentijob.jobs import Label
from sentijob.models.labels import read_labels

NEGATIVE, NEUTRAL, POSITIVE = Label


@pytest.mark.parametrize(
    ("id2label", "expected"),
    [
        ({"0": "negative", "1": "neutral", "2": "positive"}, (NEGATIVE, NEUTRAL, POSITIVE)),
        ({"0": "POS", "1": "NEU", "2": "NEG"}, (POSITIVE, NEUTRAL, NEGATIVE)),
        ({"1": "Positive", "0": "Negative"}, (NEGATIVE, POSITIVE)),
    ],
)
def test_the_usual_names_are_understood(
    id2label: dict[str, object], expected: tuple[Label, ...]
) -> None:
    assert read_labels(id2label) == expected


@pytest.mark.parametrize(
    "id2label",
    [
        {"0": "LABEL_0", "1": "LABEL_1"},
        {"0": "joy", "1": "anger"},
        {"0": "negative", "1": "neutral"},
        {"0": "negative", "1": "pos", "2": "positive"},
        {"1": "negative", "2": "positive"},
        {"0": None, "1": "positive"},
        {},
    ],
)
def test_other_classes_are_refused_with_what_was_found(id2label: dict[str, object]) -> None:
    found = ", ".join(f"{number}: {name}" for number, name in id2label.items())
    with pytest.raises(ValueError, match="negative, positive") as caught:
        read_labels(id2label)
    assert f"{{{found}}}" in str(caught.value)
