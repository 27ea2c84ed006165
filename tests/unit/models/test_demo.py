from __future__ import annotations

from datetime import timedelta

import pytest

from sentijob.jobs import Label, Sentiment
from sentijob.models.demo import DemoModel


def score(text: str) -> Sentiment:
    (sentiment,) = DemoModel(timedelta(0)).predict([text])
    return sentiment


@pytest.mark.parametrize("word", ["good", "great", "amazing", "love", "excellent", "GooD", "glove"])
def test_a_positive_word_gives_095(word: str) -> None:
    assert score(f"a {word} day")[:2] == (Label.POSITIVE, 0.95)


@pytest.mark.parametrize("word", ["bad", "terrible", "hate", "awful", "horrible", "BAD", "badge"])
def test_a_negative_word_gives_092(word: str) -> None:
    assert score(f"a {word} day")[:2] == (Label.NEGATIVE, 0.92)


def test_a_positive_word_outdoes_a_negative_one() -> None:
    assert score("bad, then good").label is Label.POSITIVE


def test_no_such_word_is_neutral_at_078() -> None:
    sentiment = score("a plain day")
    assert sentiment[:2] == (Label.NEUTRAL, 0.78)
    assert sentiment.negative == sentiment.positive == pytest.approx(0.11)


def test_it_waits_before_each_text() -> None:
    waits: list[float] = []
    DemoModel(timedelta(seconds=5), sleep=waits.append).predict(["one", "two"])
    assert waits == [5.0, 5.0]
