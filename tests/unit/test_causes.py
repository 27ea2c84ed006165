from __future__ import annotations

import pytest

from sentijob.causes import LONGEST_MESSAGE, error_code, one_line
from sentijob.errors import (
    ModelCrashError,
    ModelError,
    ModelMemoryError,
    ModelTimeoutError,
    ModelUnavailableError,
)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ModelError(""), "model_error"),
        (ModelUnavailableError(""), "model_unavailable"),
        (ModelCrashError(""), "model_crashed"),
        (ModelMemoryError(""), "out_of_memory"),
        (ModelTimeoutError(""), "timed_out"),
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
