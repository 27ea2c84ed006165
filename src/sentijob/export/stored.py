"""The parts of a stored job as people and programs see them.

What :func:`~sentijob.export.documents.job_document` makes of a job, made straight of what is
stored: by way of a job it takes five times as long. A test holds the two together.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache

from sentijob.export.documents import DIGITS, instant

_DECIMAL = f"%.{DIGITS}f"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def uuid_text(job_uuid: bytes) -> str:
    """A UUID as it is written.

    Raises:
        ValueError: it is none.
    """
    digits = job_uuid.hex()
    if len(digits) != 32:
        raise ValueError("a UUID has 16 bytes")
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


@lru_cache(maxsize=4096)
def instant_text(ms: int | None) -> str | None:
    """An instant as it is written; jobs of one submit and of one claim share theirs.

    Raises:
        TypeError, OverflowError: it is none.
    """
    return None if ms is None else instant(_EPOCH + timedelta(milliseconds=ms))


def batch_text(batch_id: int | None) -> str | None:
    """What people type for a batch."""
    return None if batch_id is None else f"b{batch_id}"


def decimal(value: float | None) -> str:
    """A probability as JSON has it, which is how Python writes it once it is rounded.

    Raises:
        TypeError: it is none.
    """
    if value is None:
        raise TypeError("a probability is missing")
    if not 1e-4 <= value < 1:  # written with an exponent, or hardly a probability
        return repr(round(value, DIGITS))
    written = _DECIMAL % value
    if written[-1] != "0":
        return written
    shortened = written.rstrip("0")
    return f"{shortened}0" if shortened[-1] == "." else shortened
