"""What becomes of a job whose text, standing alone, made a model fail; a pure function."""

from __future__ import annotations

from collections.abc import Callable

from sentijob.backoff import retry_delay
from sentijob.causes import error_code, one_line
from sentijob.errors import TextRejectedError
from sentijob.jobs import ClaimedJob, Failure


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
