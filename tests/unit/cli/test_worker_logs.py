from __future__ import annotations

import logging
import re
from collections.abc import Iterator

import pytest

from sentijob.cli.logs import log_to_stderr

LOGGER = logging.getLogger("sentijob.worker")


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    logger = logging.getLogger("sentijob")
    before = (logger.handlers, logger.level, logger.propagate)
    yield
    logger.handlers, logger.level, logger.propagate = before


def test_a_worker_logs_with_the_time(capsys: pytest.CaptureFixture[str]) -> None:
    log_to_stderr(logging.INFO, has_time=True)
    LOGGER.info("worker %d started", 1)
    logged = capsys.readouterr().err
    assert re.fullmatch(r"\d{4}-\d\d-\d\d [\d:,]+ INFO worker 1 started\n", logged)


def test_what_lies_below_the_level_is_not_logged(capsys: pytest.CaptureFixture[str]) -> None:
    log_to_stderr(logging.WARNING, has_time=False)
    LOGGER.info("worker 1 started")
    LOGGER.warning("model hangs")
    assert capsys.readouterr().err == "sentijob: model hangs\n"


def test_nothing_that_is_logged_drives_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    log_to_stderr(logging.INFO, has_time=False)
    LOGGER.info("bad \x1b[2J\nand more")
    assert capsys.readouterr().err == "sentijob: bad ␛[2J⏎and more\n"


def test_a_traceback_keeps_its_lines_and_is_inert(capsys: pytest.CaptureFixture[str]) -> None:
    log_to_stderr(logging.INFO, has_time=False)
    try:
        raise ValueError("\x1b[2J")
    except ValueError:
        LOGGER.exception("it failed")
    logged = capsys.readouterr().err
    assert len(logged.splitlines()) > 3
    assert "\x1b" not in logged
