from __future__ import annotations

import pytest

from sentijob.jobs import Label
from sentijob.models.labels import are_nameless, read_labels, read_told_labels

NEGATIVE, NEUTRAL, POSITIVE = Label


@pytest.mark.parametrize(
    ("id2label", "expected"),
    [
        ({"0": "negative", "1": "neutral", "2": "positive"}, (NEGATIVE, NEUTRAL, POSITIVE)),
        ({"0": "POS", "1": "NEU", "2": "NEG"}, (POSITIVE, NEUTRAL, NEGATIVE)),
        ({"1": "Positive", "0": "Negative"}, (NEGATIVE, POSITIVE)),
        ({"0": "LABEL_0", "1": "LABEL_1"}, (NEGATIVE, POSITIVE)),
        ({"0": "LABEL_0", "1": "LABEL_1", "2": "LABEL_2"}, (NEGATIVE, NEUTRAL, POSITIVE)),
        (
            {"0": "1 star", "1": "2 stars", "2": "3 stars", "3": "4 stars", "4": "5 stars"},
            (NEGATIVE, NEGATIVE, NEUTRAL, POSITIVE, POSITIVE),
        ),
        (
            {"0": "5", "1": "4", "2": "3", "3": "2", "4": "1"},
            (POSITIVE, POSITIVE, NEUTRAL, NEGATIVE, NEGATIVE),
        ),
        (
            {
                "0": "Very Negative",
                "1": "Negative",
                "2": "Neutral",
                "3": "Positive",
                "4": "very_positive",
            },
            (NEGATIVE, NEGATIVE, NEUTRAL, POSITIVE, POSITIVE),
        ),
    ],
)
def test_the_usual_names_are_understood(
    id2label: dict[str, object], expected: tuple[Label, ...]
) -> None:
    assert read_labels(id2label) == expected


@pytest.mark.parametrize(
    "id2label",
    [
        {"0": "LABEL_1", "1": "LABEL_0"},
        {str(number): f"LABEL_{number}" for number in range(4)},
        {"0": "1 star", "1": "2 stars", "2": "3 stars", "3": "4 stars"},
        {"0": "1 star", "1": "2 stars", "2": "3 stars", "3": "4 stars", "4": "4"},
        {"0": "1 star", "1": "2 stars", "2": "3 stars", "3": "4 stars", "4": "positive"},
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


def test_labels_that_are_told_may_stand_for_several_classes() -> None:
    told = ["positive", "negative", "negative"]
    assert read_told_labels(told, "key") == (POSITIVE, NEGATIVE, NEGATIVE)


@pytest.mark.parametrize(
    "told", ["negative", ["negative", "neutral"], ["negative", "pos"], [1], []]
)
def test_labels_that_are_told_must_be_ours(told: object) -> None:
    with pytest.raises(ValueError, match=r"key is .* negative, neutral or positive"):
        read_told_labels(told, "key")


def test_classes_that_are_only_numbered_are_nameless() -> None:
    assert are_nameless(["LABEL_0", "LABEL_1"])
    assert not are_nameless(["NEG", "POS"])
