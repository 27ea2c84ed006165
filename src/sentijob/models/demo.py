"""The keyword rule of the first service of this kind: for tutorials and tests, not for use."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import timedelta

from sentijob.jobs import Label, Sentiment

_POSITIVE_WORDS = ("good", "great", "amazing", "love", "excellent")
_NEGATIVE_WORDS = ("bad", "terrible", "hate", "awful", "horrible")


class DemoModel:
    """Looks for ten words, after a wait that makes the queue visible.

    A word counts wherever its letters stand, so that "badge" is negative:
    the rule is kept as it was.
    """

    name = "demo"
    revision = "1"

    def __init__(self, delay: timedelta, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._delay = delay
        self._sleep = sleep

    def predict(self, texts: Sequence[str]) -> list[Sentiment]:
        return [self._score(text) for text in texts]

    def _score(self, text: str) -> Sentiment:
        self._sleep(self._delay.total_seconds())
        lowered = text.lower()
        if any(word in lowered for word in _POSITIVE_WORDS):
            return _answer(Label.POSITIVE, 0.95, text)
        if any(word in lowered for word in _NEGATIVE_WORDS):
            return _answer(Label.NEGATIVE, 0.92, text)
        return _answer(Label.NEUTRAL, 0.78, text)


def _answer(label: Label, score: float, text: str) -> Sentiment:
    """The label at its fixed score; what is left is shared by the other two."""
    rest = (1 - score) / 2
    negative, neutral, positive = (score if label is each else rest for each in Label)
    return Sentiment.of(negative, neutral, positive, tokens=len(text.split()))
