"""An outage of the store: told once, waited out with growing pauses."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

from sentijob.errors import StoreError

FIRST_PAUSE = timedelta(milliseconds=100)
LONGEST_PAUSE = timedelta(seconds=5)


class Trouble:
    """Whether the store can't be used, since when, and how long to leave it alone."""

    def __init__(self, clock: Callable[[], float], logger: logging.Logger) -> None:
        self._clock = clock
        self._logger = logger
        self._since: float | None = None
        self._pause = FIRST_PAUSE

    def note(self, error: StoreError) -> timedelta:
        """Note a failed call; how long to pause now."""
        if self._since is None:
            self._since = self._clock()
            self._pause = FIRST_PAUSE
            self._logger.error("the store can't be used, will try again: %s", error)
        pause, self._pause = self._pause, min(self._pause * 2, LONGEST_PAUSE)
        return pause

    def clear(self) -> None:
        """Note a call that went well."""
        if self._since is not None:
            self._logger.info("the store is back after %.1fs", self.lasted().total_seconds())
            self._since = None

    def lasted(self) -> timedelta:
        """How long the outage has lasted; nothing where there is none."""
        return timedelta(seconds=0 if self._since is None else self._clock() - self._since)
