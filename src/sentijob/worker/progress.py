"""Whether a model call has run for too long."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta


class Progress:
    """A stopwatch that every model call starts anew.

    Written by the hand that runs the model and read by the others.
    """

    def __init__(self, deadline: timedelta, clock: Callable[[], float]) -> None:
        self._deadline = deadline.total_seconds()
        self._clock = clock
        self._since: float | None = None

    def begin(self) -> None:
        """A model call, or a model's loading, starts now."""
        self._since = self._clock()

    def end(self) -> None:
        """Nothing runs."""
        self._since = None

    def is_stalled(self) -> bool:
        """Whether what runs has run past the deadline."""
        since = self._since
        return since is not None and self._clock() - since > self._deadline
