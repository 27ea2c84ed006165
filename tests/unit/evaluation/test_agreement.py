"""How far two models agree, against figures worked out by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentijob.evaluation.agreement import Agreement, Shift, gap
from sentijob.jobs import Label, Sentiment

NEG, NEU, POS = Label


@st.composite
def sentiments(draw: st.DrawFn) -> Sentiment:
    parts = [draw(st.floats(0.01, 1)) for _ in Label]
    return Sentiment.of(*(part / sum(parts) for part in parts), tokens=1)


def said(label: Label) -> Sentiment:
    return Sentiment.of(*(0.8 if one is label else 0.1 for one in Label), tokens=1)


def of(pairs: list[tuple[Sentiment, Sentiment]]) -> Agreement:
    agreement = Agreement()
    for first, second in pairs:
        agreement.add(first, second)
    return agreement


def test_kappa_is_the_textbooks() -> None:
    # Fifty grant proposals and two readers: 20 both yes, 15 both no, 5 and 10 apart; kappa is 0.4.
    pairs = [(POS, POS)] * 20 + [(POS, NEG)] * 5 + [(NEG, POS)] * 10 + [(NEG, NEG)] * 15
    agreement = of([(said(one), said(other)) for one, other in pairs])
    assert agreement.agreement == pytest.approx(0.7)
    assert agreement.kappa == pytest.approx(0.4)
    assert agreement.labels[POS][NEG] == 5
    assert agreement.flips == 15


def test_kappa_is_unknown_where_both_say_one_thing_throughout() -> None:
    assert of([(said(NEU), said(NEU))] * 3).kappa is None
    assert Agreement().kappa is None


def test_the_shift_is_what_the_second_has_over_the_first() -> None:
    first, second = (
        Sentiment.of(0.5, 0.25, 0.25, tokens=1),
        Sentiment.of(0.25, 0.25, 0.5, tokens=1),
    )
    agreement = of([(first, second), (first, first)])
    assert agreement.mean_shift == Shift(-0.125, 0.0, 0.125)
    assert agreement.mean_gap == 0.125


def test_without_texts_nothing_is_claimed() -> None:
    agreement = Agreement()
    assert (agreement.agreement, agreement.mean_shift, agreement.mean_gap) == (None, None, None)


@given(st.lists(st.tuples(sentiments(), sentiments()), min_size=1, max_size=30))
def test_turning_the_models_round_turns_the_shift_alone(
    pairs: list[tuple[Sentiment, Sentiment]],
) -> None:
    agreement, turned = of(pairs), of([(second, first) for first, second in pairs])
    assert turned.kappa == agreement.kappa
    assert turned.agreement == agreement.agreement
    assert turned.mean_gap == pytest.approx(agreement.mean_gap)
    assert agreement.mean_shift is not None
    assert turned.mean_shift is not None
    assert turned.mean_shift == pytest.approx([-part for part in agreement.mean_shift])


@given(sentiments(), sentiments())
def test_a_gap_lies_between_none_and_all_and_is_none_for_the_same(
    first: Sentiment, second: Sentiment
) -> None:
    assert gap(first, first) == 0
    assert 0 <= gap(first, second) <= 1 + 1e-12
