from __future__ import annotations

import io
import logging

import pytest

from sentijob.models.chatter import LINES_A_MINUTE, LONGEST_LINE, Chatter


def heard(spoken: bytes, caplog: pytest.LogCaptureFixture) -> tuple[list[str], str]:
    with caplog.at_level(logging.INFO, logger="test"):
        chatter = Chatter("mini", io.BytesIO(spoken), logging.getLogger("test"))
        chatter.start()
        last = chatter.last_line()
    return [record.getMessage() for record in caplog.records], last


def test_what_a_model_prints_is_logged_line_by_line(caplog: pytest.LogCaptureFixture) -> None:
    lines, last = heard(b"one\n\n  two \xff\nthree", caplog)
    assert lines == [
        "model mini says: one",
        "model mini says: two \ufffd",
        "model mini says: three",
    ]
    assert last == "three"


def test_a_model_that_never_stops_talking_is_cut_short_and_counted(
    caplog: pytest.LogCaptureFixture,
) -> None:
    lines, _ = heard(b"again\n" * (LINES_A_MINUTE + 50), caplog)
    assert len(lines) == LINES_A_MINUTE + 1
    assert lines[-1] == "model mini said 50 lines more"


def test_a_line_without_end_is_cut(caplog: pytest.LogCaptureFixture) -> None:
    lines, _ = heard(b"x" * 10_000, caplog)
    assert max(map(len, lines)) <= LONGEST_LINE + len("model mini says: ")
