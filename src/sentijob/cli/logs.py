"""Logs on stderr, a line each, with nothing in them that could drive a terminal."""

from __future__ import annotations

import logging
import sys

from sentijob.cli.inert import inert, inert_lines


class _InertFormatter(logging.Formatter):
    """Every message on one line; a traceback keeps its own."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  # the base class's name
        return inert(super().formatMessage(record))

    def formatException(self, ei: logging._SysExcInfoType) -> str:  # noqa: N802  # likewise
        return inert_lines(super().formatException(ei))


def log_to_stderr(level: int, *, has_time: bool) -> None:
    """Send what sentijob logs from *level* up to stderr."""
    pattern = "%(asctime)s %(levelname)s %(message)s" if has_time else "sentijob: %(message)s"
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_InertFormatter(pattern))
    logger = logging.getLogger("sentijob")
    logger.handlers = [handler]
    logger.setLevel(level)
    logger.propagate = False
