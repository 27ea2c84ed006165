"""What people call their labels."""

from __future__ import annotations

import pytest

from sentijob.errors import InputError
from sentijob.evaluation.gold import GoldLabels, meanings
from sentijob.jobs import Label

NEG, NEU, POS = Label


def read(names: list[object], **explained: Label) -> list[Label]:
    """What *names*, which are all the labels of a file, mean."""
    gold = GoldLabels(explained)
    for name in names:
        gold.note(name)
    gold.settle("x.csv")
    return [gold.label(name) for name in names]


@pytest.mark.parametrize(
    ("names", "labels"),
    [
        (["negative", "Neutral", " POSITIVE "], [NEG, NEU, POS]),
        (["neg", "neu", "pos"], [NEG, NEU, POS]),
        (["0", "1"], [NEG, POS]),
        ([1, 0, 1], [POS, NEG, POS]),
        (["2", "0", "1"], [POS, NEG, NEU]),
        (["-1", "0", "+1"], [NEG, NEU, POS]),
        ([-1.0, 1.0], [NEG, POS]),
        (["0", "4"], [NEG, POS]),
        (["0", "1", "2", "3", "4"], [NEG, NEG, NEU, POS, POS]),
        (["1", "2", "3", "4", "5"], [NEG, NEG, NEU, POS, POS]),
        (["5 stars", "1 star", "3.0"], [POS, NEG, NEU]),
        (["positive", "1", "0"], [POS, POS, NEG]),
    ],
)
def test_usual_names_and_scales_are_known(names: list[object], labels: list[Label]) -> None:
    assert read(names) == labels


@pytest.mark.parametrize("names", [["1", "2"], ["1"], ["0", "2"], ["1", "2", "3", "4"]])
def test_numbers_that_may_mean_this_or_that_are_refused(names: list[object]) -> None:
    with pytest.raises(InputError, match=r"^x\.csv: its labels .* may be of the scale .*--map"):
        read(names)


def test_what_somebody_explains_goes_before_all() -> None:
    assert read(["1", "2", "Joy", "neg"], **{"1": NEG, "2": POS, "joy": POS, "neg": NEU}) == [
        NEG,
        POS,
        POS,
        NEU,
    ]


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("angry", "the label 'angry' isn't known; known are negative, neutral and positive"),
        ("6", "the label '6' isn't known"),
        ("9" * 5000, "the label '9999"),
        ("", "the label is empty"),
        (None, "the label is null"),
        (True, "the label is a boolean"),
        (["pos"], "the label is an array"),
        (float("inf"), "the label 'inf' isn't known"),
    ],
)
def test_any_other_label_is_refused_with_what_is_accepted(value: object, reason: str) -> None:
    with pytest.raises(InputError) as refused:
        GoldLabels().note(value)
    assert refused.value.reason.startswith(reason)
    assert "0 and 1, 0 to 2, -1 to 1, 0 to 4, 1 to 5 stars" in refused.value.reason
    assert "--map" in refused.value.reason
    assert len(refused.value.reason) < 250


def test_a_number_of_no_scale_of_those_before_it_is_refused() -> None:
    gold = GoldLabels()
    gold.note("5")
    with pytest.raises(InputError, match=r"the label 0 belongs to no scale that has 5 too"):
        gold.note("0")


def test_explanations_are_pairs_of_a_name_and_a_label() -> None:
    assert meanings(["Joy=positive", "a=b=neg", "2.0=neu"]) == {"joy": POS, "a=b": NEG, "2": NEU}


@pytest.mark.parametrize("pair", ["joy", "=positive", "joy=", "joy=happy"])
def test_an_explanation_that_explains_nothing_is_refused(pair: str) -> None:
    with pytest.raises(ValueError, match=r"must be NAME=negative"):
        meanings([pair])
