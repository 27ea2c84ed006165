"""How the store stands, looked up once for all who watch, and again when somebody has committed."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import NamedTuple

from starlette.concurrency import run_in_threadpool

from sentijob import wiring
from sentijob.errors import SentijobError
from sentijob.jobs import Batch, Counts, Job, Selector, Sort, Status
from sentijob.web.services import Services
from sentijob.worker.crew import Member, crew

MOST_BATCHES = 12
MOST_RECENT = 240
"""Jobs whose labels the chart shows."""
_LEAST_PAUSE = 0.25
"""Seconds between two looks, however many commits there are."""
_MOST_BUSY = 4
"""A look may take one part in so many of the time, so that a slow store isn't slowed down."""
_WINDOW = 15.0
"""Seconds over which a rate is told."""


class Snapshot(NamedTuple):
    """One look at everything that all visitors see alike."""

    change: int
    """Differs from the last one's where somebody may have committed in between."""
    now: datetime
    counts: Counts
    rate: float
    """Jobs a second that became final, over the last quarter of a minute."""
    is_paused: bool
    batches: Sequence[Batch]
    crew: Sequence[Member]
    recent: Sequence[Job]
    """The jobs that were completed last, the newest first."""


class Live:
    """Snapshots for as long as anybody follows them."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._pace = Pace()
        self._followers = 0
        self._task: asyncio.Task[None] | None = None
        self._next: asyncio.Future[Snapshot | SentijobError | None] | None = None
        self.last: Snapshot | None = None

    async def follow(self) -> AsyncIterator[Snapshot | SentijobError]:
        """A snapshot each time that something may have changed; or why there is none."""
        self._followers += 1
        try:
            if self._task is None or self._task.done():
                self._next = asyncio.get_running_loop().create_future()
                self._task = asyncio.create_task(self._look_on())
            elif self.last is not None:
                yield self.last
            while self._next is not None and (found := await asyncio.shield(self._next)):
                yield found
        finally:
            self._followers -= 1

    async def _look_on(self) -> None:
        commits = self._services.commits
        while self._followers and not commits.has_ended:
            change, began = commits.number, time.monotonic()
            try:
                self.last = await run_in_threadpool(self._look, change)
            except SentijobError as exc:
                self._announce(exc)
            else:
                self._announce(self.last)
            took = time.monotonic() - began
            await asyncio.sleep(max(_LEAST_PAUSE, (_MOST_BUSY - 1) * took))
            await commits.news(since=change)
        self._announce(None)

    def _announce(self, found: Snapshot | SentijobError | None) -> None:
        due, self._next = self._next, asyncio.get_running_loop().create_future()
        if due is not None and not due.done():
            due.set_result(found)

    def _look(self, change: int) -> Snapshot:
        store = self._services.store
        last = self.last if self.last is not None and self.last.change == change else None
        counts = last.counts if last else store.counts()
        return Snapshot(
            change=change,
            now=store.now(),
            counts=counts,
            rate=self._pace.noted(counts.finished),
            is_paused=store.is_paused(),
            batches=last.batches if last else store.batches(limit=MOST_BATCHES),
            crew=crew(store, wiring.run_folder(self._services.settings)),
            recent=last.recent if last else self._recent(counts),
        )

    def _recent(self, counts: Counts) -> Sequence[Job]:
        last = self.last
        if last is not None and last.counts.completed == counts.completed:
            return last.recent
        completed = Selector(statuses=(Status.COMPLETED,))
        return self._services.store.jobs(completed, sort=Sort.FINISHED, limit=MOST_RECENT)


class Pace:
    """How fast a count rises."""

    def __init__(self) -> None:
        self._samples: deque[tuple[float, int]] = deque()

    def noted(self, count: int) -> float:
        """Note that it stands at *count* now; by how many it rises in a second."""
        now = time.monotonic()
        if self._samples and count < self._samples[-1][1]:
            self._samples.clear()  # pruned or retried: that is no pace
        self._samples.append((now, count))
        while len(self._samples) > 2 and self._samples[1][0] < now - _WINDOW:
            self._samples.popleft()
        began, first = self._samples[0]
        return (count - first) / (now - began) if now > began else 0.0
