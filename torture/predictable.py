"""A model whose every answer can be computed again from the text alone, so that a judge needs no store to know it."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence

from sentijob.jobs import Sentiment

NAME = "demo"
"""A model that every sentijob knows, so that its submit takes texts for it; the workers here load ours instead."""
REVISION = "p1"


def sentiment_of(text: str) -> Sentiment:
    """What every honest worker says of *text*."""
    first, second, third = (byte + 1 for byte in hashlib.sha256(text.encode()).digest()[:3])
    whole = first + second + third
    return Sentiment.of(first / whole, second / whole, third / whole, tokens=len(text.split()))


class PredictableModel:
    """Takes *seconds* over each text; *before_call* is told of every call."""

    name = NAME
    revision = REVISION

    def __init__(
        self, seconds: float = 0.0, *, before_call: Callable[[], None] = lambda: None
    ) -> None:
        self._seconds = seconds
        self._before_call = before_call

    def predict(self, texts: Sequence[str]) -> Sequence[Sentiment]:
        self._before_call()
        time.sleep(self._seconds * len(texts))
        return [sentiment_of(text) for text in texts]
