"""How a worker is to behave, and what it says at its end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class WorkerConfig:
    """What one worker does, and when it is done."""

    lease: timedelta = timedelta(seconds=60)
    drain: bool = False
    """Stop when nothing is left that this worker may claim; delayed jobs are waited for."""
    models: tuple[str, ...] | None = None
    """Claim the jobs of these models alone."""
    min_priority: int | None = None
    """Claim no less urgent jobs."""
    stop_when: Callable[[], bool] | None = None
    """Asked between chunks; the worker stops once it says True."""
    poll: timedelta = timedelta(seconds=2)
    """How long an idle worker sleeps at most, should no wake-up reach it."""
    sweep: timedelta = timedelta(seconds=2)
    """How long between two looks for the jobs of the dead."""
    processes: int = 1
    """How many chunks run at once, each by a model of its own."""

    reuse: bool = True
    """Give a text the result that it has already got from the same revision of its model."""

    @property
    def is_finite(self) -> bool:
        """Whether somebody waits for the worker's end, and so should hear of a broken store."""
        return self.drain or self.stop_when is not None


class WorkerSummary(NamedTuple):
    """What a worker did in its life, in jobs."""

    completed: int
    failed: int
    """For good."""
    retried: int
    """Failed attempts that will be made again."""
    released: int
    """Given back unfinished."""
    refused: int
    """Settled too late: somebody else had them by then, or they were cancelled."""
    rescued: int
    """Taken back from workers that died or stalled."""
    reused: int = 0
    """Of the completed: texts that had their result already, and cost no model call."""
