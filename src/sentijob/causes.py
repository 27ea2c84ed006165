"""What a job keeps of an error: a code and one line."""

from __future__ import annotations

from sentijob.errors import ModelError, ModelMemoryError, ModelTimeoutError

LONGEST_MESSAGE = 500
"""Characters of an error that a job keeps."""


def error_code(error: BaseException) -> str:
    """What a job keeps in ``error_code``."""
    if isinstance(error, ModelError):
        return error.code
    if isinstance(error, MemoryError):
        return ModelMemoryError.code
    return ModelTimeoutError.code if isinstance(error, TimeoutError) else ModelError.code


def one_line(error: BaseException) -> str:
    """An error's message on one line of bounded length; a foreign error is named by its class."""
    words = " ".join(str(error).split())
    if not isinstance(error, ModelError):
        words = f"{type(error).__name__}: {words}" if words else type(error).__name__
    return words if len(words) <= LONGEST_MESSAGE else words[: LONGEST_MESSAGE - 1] + "…"
