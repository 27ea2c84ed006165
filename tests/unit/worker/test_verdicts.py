from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from sentijob.errors import ModelError, ModelUnavailableError, TextRejectedError
from sentijob.jobs import ClaimedJob
from sentijob.worker.verdicts import LONGEST_MESSAGE, error_code, one_line, verdict

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


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ModelError(""), "model_error"),
        (ModelUnavailableError(""), "model_unavailable"),
        (MemoryError(), "out_of_memory"),
        (TimeoutError(), "timed_out"),
        (ValueError(), "model_error"),
        (SystemExit(1), "model_error"),
    ],
)
def test_every_error_has_a_code(error: BaseException, code: str) -> None:
    assert error_code(error) == code


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (ModelError("said\n  so"), "said so"),
        (ValueError("bad\tshape"), "ValueError: bad shape"),
        (MemoryError(), "MemoryError"),
    ],
)
def test_a_message_is_one_line_and_names_a_foreign_error(error: Exception, line: str) -> None:
    assert one_line(error) == line


def test_a_message_is_of_bounded_length() -> None:
    line = one_line(ModelError("x" * 10_000))
    assert len(line) == LONGEST_MESSAGE
    assert line.endswith("…")
