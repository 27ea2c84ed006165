"""What goes wrong, as HTTP says it."""

from __future__ import annotations

import json

import pytest

from sentijob.errors import (
    ConflictError,
    InputError,
    NotFoundError,
    QueueFullError,
    SentijobError,
    StoreBusyError,
    StoreDamagedError,
    StoreFullError,
    StoreVersionError,
    UsageError,
)
from sentijob.web.problems import MEDIA_TYPE, RETRY_SECONDS, problem_of


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (UsageError, 400),
        (NotFoundError, 404),
        (ConflictError, 409),
        (InputError, 422),
        (QueueFullError, 429),
        (StoreBusyError, 503),
        (StoreDamagedError, 503),
    ],
)
def test_an_error_is_a_problem_that_says_what_it_says(
    kind: type[SentijobError], status: int
) -> None:
    answer = problem_of(kind("the reason"))
    assert (answer.status_code, answer.media_type) == (status, MEDIA_TYPE)
    said = json.loads(bytes(answer.body))
    assert (said["status"], said["detail"]) == (status, "the reason")


def test_of_a_bug_nothing_is_said_but_that_it_is_one() -> None:
    answer = problem_of(ValueError("a secret text"))
    assert answer.status_code == 500
    assert b"secret" not in bytes(answer.body)


@pytest.mark.parametrize("kind", [StoreBusyError, StoreFullError])
def test_what_may_pass_says_when_to_come_again(kind: type[SentijobError]) -> None:
    assert problem_of(kind("x")).headers["Retry-After"] == str(RETRY_SECONDS)


@pytest.mark.parametrize("kind", [StoreDamagedError, StoreVersionError])
def test_what_lasts_asks_nobody_to_come_again(kind: type[SentijobError]) -> None:
    assert "Retry-After" not in problem_of(kind("x")).headers
