from datetime import timedelta

from sentijob.backoff import FIRST_DELAY, LONGEST_DELAY, retry_delay


def longest(_low: float, high: float) -> float:
    return high


def shortest(low: float, _high: float) -> float:
    return low


def test_the_ceiling_doubles_with_every_attempt() -> None:
    ceilings = [retry_delay(attempt, uniform=longest) for attempt in (1, 2, 3)]
    assert ceilings == [FIRST_DELAY, 2 * FIRST_DELAY, 4 * FIRST_DELAY]


def test_the_ceiling_stays_at_the_longest_delay() -> None:
    assert retry_delay(10_000, uniform=longest) == LONGEST_DELAY


def test_jitter_is_full() -> None:
    assert retry_delay(5, uniform=shortest) == timedelta(0)
