"""How many texts a second a model scores here, measured on a small set of its own."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

from sentijob.ports import SentimentModel

TEXTS = (
    "The tent stayed dry through two nights of rain.",
    "Cold, late, and upside down in the box.",
    "It arrived on Tuesday.",
    (
        "I have had three of these over the years and this is by far the best: quieter than the old one, "
        "half the weight, and the battery lasts the whole week of my commute without once running out."
    ),
    (
        "The manual is a single sheet, and half of what it says belongs to another model. Support answered "
        "after nine days, with a link to the same sheet. Back it goes."
    ),
    "Not bad at all.",
    "Does what it says. The colour is a little darker than in the picture, which I don't mind.",
    "They charged me twice, apologised once, and refunded nothing.",
)
"""Of lengths as reviews have them: 4 to 38 words, 15 on average."""
_AT_ONCE = 32


def texts_per_second(
    model: SentimentModel,
    *,
    within: timedelta,
    clock: Callable[[], float] = time.monotonic,
) -> float:
    """The rate over some *within*, of a model that is loaded: longer only where one call takes longer.

    The first call, which may warm up, tells how many texts a call can hold, and counts only where it was the last.
    """
    deadline = clock() + within.total_seconds()
    began = clock()
    model.predict(TEXTS[:1])
    took = max(clock() - began, 1e-6)
    if began + 2 * took >= deadline:
        return 1 / took
    size = max(min(int((deadline - clock()) / took / 4), _AT_ONCE), 1)
    chunk = [TEXTS[place % len(TEXTS)] for place in range(size)]
    began, scored = clock(), 0
    while True:
        model.predict(chunk)
        scored += size
        now = clock()
        # Another call would end too late.
        if now + (now - began) * size / scored > deadline:
            return scored / max(now - began, 1e-6)
