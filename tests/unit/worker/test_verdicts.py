from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sentijob.errors import ModelError, TextRejectedError
from sentijob.jobs import ClaimedJob
from sentijob.worker.verdicts import verdict

MakeClaim = Callable[..., ClaimedJob]


def longest(_low: float, high: float) -> float:
    return high


def test_each_attempt_waits_twice_as_long_until_the_last_which_is_final(claim: MakeClaim) -> None:
    waits = [
        verdict(claim(attempt=attempt), ModelError("busy"), uniform=longest).retry_in
        for attempt in (1, 2, 3)
    ]
    assert waits == [timedelta(seconds=1), timedelta(seconds=2), None]


def test_a_rejected_text_is_final_at_its_first_attempt(claim: MakeClaim) -> None:
    failure = verdict(claim(attempt=1), TextRejectedError("no words in it"), uniform=longest)
    assert failure.retry_in is None
    assert (failure.error_code, failure.error_message) == ("text_rejected", "no words in it")
