from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from sentijob.jobs import Sentiment
from sentijob.models.pace import texts_per_second


class Slow:
    """Takes so many seconds a text, by a clock of its own."""

    name = revision = "slow"

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.now = 0.0

    def predict(self, texts: Sequence[str]) -> Sequence[Sentiment]:
        self.now += self.seconds * len(texts)
        return [Sentiment.of(0, 0, 1, tokens=1) for _ in texts]


@pytest.mark.parametrize("seconds", [0.0001, 0.01, 0.3, 0.9])
def test_a_rate_is_measured_in_the_time_that_is_allowed(seconds: float) -> None:
    model = Slow(seconds)
    rate = texts_per_second(model, within=timedelta(seconds=2), clock=lambda: model.now)
    assert rate == pytest.approx(1 / seconds)
    assert model.now <= 2.0 + seconds


def test_one_text_of_a_model_that_takes_longer_is_enough() -> None:
    model = Slow(5)
    assert texts_per_second(model, within=timedelta(seconds=2), clock=lambda: model.now) == 0.2
    assert model.now == 5
