"""What a model's process prints goes to our log, and never without bound."""

from __future__ import annotations

import logging
import threading
import time
from typing import IO

LONGEST_LINE = 500
LINES_A_MINUTE = 100


class Chatter:
    """Reads all that a model prints, so that it never waits for a reader, and logs the first lines of each minute."""

    def __init__(self, model: str, stream: IO[bytes], logger: logging.Logger) -> None:
        self._model = model
        self._stream = stream
        self._logger = logger
        self._logged = self._passed_over = 0
        self._minute_ends_at = 0.0
        self._last = ""
        self._thread = threading.Thread(target=self._run, name="sentijob-chatter", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def last_line(self) -> str:
        """The last that it said before it ended; empty where it said nothing."""
        self._thread.join(timeout=1)
        return self._last

    def _run(self) -> None:
        with self._stream as stream:
            while line := stream.readline(LONGEST_LINE):
                self._hear(line.decode(errors="replace").strip())
        self._own_up()

    def _hear(self, line: str) -> None:
        if not line:
            return
        self._last = line
        if time.monotonic() >= self._minute_ends_at:
            self._own_up()
            self._minute_ends_at = time.monotonic() + 60
            self._logged = 0
        if self._logged < LINES_A_MINUTE:
            self._logged += 1
            self._logger.info("model %s says: %s", self._model, line)
        else:
            self._passed_over += 1

    def _own_up(self) -> None:
        if self._passed_over:
            self._logger.info("model %s said %d lines more", self._model, self._passed_over)
            self._passed_over = 0
