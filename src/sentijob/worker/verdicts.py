"""What becomes of a job whose text, standing alone, made a model fail; a pure function."""

from __future__ import annotations

from collections.abc import Callable

from sentijob.backoff import retry_delay
from sentijob.errors import ModelError, TextRejectedError
from sentijob.jobs import ClaimedJob, Failure

LONGEST_MESSAGE = 500
"""Characters of an error that a job keeps."""


def verdict(
    claim: ClaimedJob, error: BaseException, *, uniform: Callable[[float, float], float]
) -> Failure:
    """Fail the job for good, or until its backoff has passed.

    A rejected text fails at once: no further attempt could score it. What
    may pass is retried until the attempts are spent.
    """
    is_over = isinstance(error, TextRejectedError) or claim.attempt >= claim.max_attempts
    retry_in = None if is_over else retry_delay(claim.attempt, uniform=uniform)
    return Failure(claim, error_code(error), one_line(error), retry_in)


def error_code(error: BaseException) -> str:
    """What a job keeps in ``error_code``."""
    if isinstance(error, ModelError):
        return error.code
    if isinstance(error, MemoryError):
        return "out_of_memory"
    return "timed_out" if isinstance(error, TimeoutError) else ModelError.code


def one_line(error: BaseException) -> str:
    """An error's message on one line of bounded length; a foreign error is named by its class."""
    words = " ".join(str(error).split())
    if not isinstance(error, ModelError):
        words = f"{type(error).__name__}: {words}" if words else type(error).__name__
    return words if len(words) <= LONGEST_MESSAGE else words[: LONGEST_MESSAGE - 1] + "…"
