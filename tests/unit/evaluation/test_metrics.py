"""Accuracy, F1 and recall against figures that were worked out by hand, and what holds of any texts."""

from __future__ import annotations

from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentijob.evaluation.metrics import Tally
from sentijob.jobs import Label, Sentiment

NEG, NEU, POS = Label
# Three classes: negative 2 of 3 right, neutral 1 of 2, positive 3 of 5; 5 are said to be positive.
HAND = (
    [(NEG, NEG)] * 2
    + [(NEG, POS)]
    + [(NEU, NEU), (NEU, POS)]
    + [(POS, POS)] * 3
    + [(POS, NEG), (POS, NEU)]
)
LABELS = st.sampled_from(Label)
PAIRS = st.lists(st.tuples(LABELS, LABELS), max_size=60)


def said(label: Label) -> Sentiment:
    """A sentiment of that label."""
    return Sentiment.of(*(0.8 if one is label else 0.1 for one in Label), tokens=1)


def tallied(pairs: list[tuple[Label, Label]]) -> Tally:
    tally = Tally()
    for gold, given_label in pairs:
        tally.add(gold, said(given_label))
    return tally


def test_accuracy_and_averages_are_those_worked_out_by_hand() -> None:
    tally = tallied(HAND)
    assert (tally.total, tally.right) == (10, 6)
    assert tally.accuracy == pytest.approx(0.6)
    assert tally.macro_recall == pytest.approx((2 / 3 + 1 / 2 + 3 / 5) / 3)
    assert tally.macro_f1 == pytest.approx((4 / 6 + 2 / 4 + 6 / 10) / 3)


def test_each_class_has_its_precision_recall_f1_and_support() -> None:
    negative, neutral, positive = tallied(HAND).classes
    assert negative[1:] == pytest.approx((2 / 3, 2 / 3, 2 / 3, 3))
    assert neutral[1:] == pytest.approx((1 / 2, 1 / 2, 1 / 2, 2))
    assert positive[1:] == pytest.approx((3 / 5, 3 / 5, 3 / 5, 5))


def test_averages_go_over_the_classes_that_gold_labels_have_and_a_missed_one_adds_nothing() -> None:
    tally = tallied([(NEG, NEG), (NEG, NEU), (POS, NEU)])
    assert tally.macro_recall == pytest.approx((1 / 2 + 0) / 2)
    assert tally.macro_f1 == pytest.approx((2 / 3 + 0) / 2)
    _, neutral, positive = tally.classes
    assert neutral[1:] == (0.0, None, 0.0, 0)
    assert positive[1:] == (None, 0.0, 0.0, 1)


def test_without_texts_nothing_is_claimed() -> None:
    tally = Tally()
    assert (tally.accuracy, tally.macro_f1, tally.macro_recall) == (None, None, None)
    assert (tally.two_class_accuracy, tally.two_class_ties) == (None, None)


def test_two_class_accuracy_goes_by_the_greater_of_negative_and_positive() -> None:
    tally = Tally()
    tally.add(POS, Sentiment.of(0.1, 0.6, 0.3, tokens=1))  # neutral, and rather positive: right
    tally.add(NEG, Sentiment.of(0.3, 0.4, 0.3, tokens=1))  # a tie, taken as negative: right
    tally.add(POS, Sentiment.of(0.3, 0.4, 0.3, tokens=1))  # a tie: wrong
    tally.add(NEG, Sentiment.of(0.2, 0.1, 0.7, tokens=1))  # wrong
    assert tally.accuracy == 0
    assert (tally.two_class_accuracy, tally.two_class_ties) == (0.5, 2)


def test_one_neutral_text_ends_two_class_accuracy() -> None:
    tally = tallied([(NEG, NEG), (NEU, NEG)])
    assert not tally.is_two_class
    assert (tally.two_class_accuracy, tally.two_class_ties) == (None, None)


@given(PAIRS)
def test_the_confusion_holds_every_text_once(pairs: list[tuple[Label, Label]]) -> None:
    confusion = tallied(pairs).confusion
    for gold in Label:
        for label in Label:
            assert confusion[gold][label] == pairs.count((gold, label))


@given(PAIRS)
def test_f1_is_the_harmonic_mean_of_precision_and_recall(pairs: list[tuple[Label, Label]]) -> None:
    for one in tallied(pairs).classes:
        if one.precision and one.recall:
            harmonic = 2 / (1 / one.precision + 1 / one.recall)
            assert one.f1 == pytest.approx(harmonic)


@given(st.lists(st.tuples(LABELS, LABELS), min_size=1, max_size=60))
def test_accuracy_is_recall_weighted_by_support(pairs: list[tuple[Label, Label]]) -> None:
    tally = tallied(pairs)
    recalls = [
        one.recall for one in tally.classes for _ in range(one.support) if one.recall is not None
    ]
    assert tally.accuracy == pytest.approx(fmean(recalls))


@given(PAIRS)
def test_a_model_that_is_always_right_has_ones_throughout(pairs: list[tuple[Label, Label]]) -> None:
    tally = tallied([(gold, gold) for gold, _ in pairs])
    expected = 1.0 if pairs else None
    assert (tally.accuracy, tally.macro_f1, tally.macro_recall) == (expected,) * 3
