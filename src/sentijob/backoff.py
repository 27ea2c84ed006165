"""When to try again: exponential backoff with full jitter, as pure functions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

FIRST_DELAY = timedelta(seconds=1)
LONGEST_DELAY = timedelta(minutes=5)


def retry_delay(attempt: int, *, uniform: Callable[[float, float], float]) -> timedelta:
    """How long to wait after failed *attempt* (from 1).

    Drawn evenly between nothing and a ceiling that doubles with every
    attempt, so that jobs that failed together don't return together.
    *uniform* is :func:`random.uniform` or a test's own.

    Source: "Exponential Backoff And Jitter", Brooker, AWS Architecture Blog, 2015 ("full jitter").
    """
    doublings = min(attempt - 1, 32)
    ceiling = min(FIRST_DELAY * 2**doublings, LONGEST_DELAY)
    return timedelta(seconds=uniform(0.0, ceiling.total_seconds()))
