"""How far bulk work has come, on stderr: a bar on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import os
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol, TextIO

from sentijob.durations import format_duration

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

_WINDOW = 15.0
_PLAIN_EVERY = 10.0


class Meter(Protocol):
    """Shows progress as it is told of it."""

    def update(self, done: int, total: int | None = None) -> None:
        """Note that *done* texts are through; *total* corrects how many there are."""
        ...


class Pace:
    """How fast a count rises, over the last quarter of a minute; *clock* gives seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._samples: deque[tuple[float, int]] = deque()

    def note(self, done: int) -> None:
        """Remember that the count stands at *done* now."""
        now = self._clock()
        self._samples.append((now, done))
        while len(self._samples) > 2 and self._samples[1][0] < now - _WINDOW:
            self._samples.popleft()

    @property
    def rate(self) -> float | None:
        """Texts a second; None until two moments can be told apart."""
        if not self._samples:
            return None
        began, first = self._samples[0]
        elapsed = self._clock() - began
        rise = self._samples[-1][1] - first
        return rise / elapsed if elapsed > 0 and rise > 0 else None

    def left(self, total: int) -> timedelta | None:
        """How long until *total*, at this rate; None where nobody can tell."""
        rate = self.rate
        if rate is None:
            return None
        return timedelta(seconds=max(total - self._samples[-1][1], 0) / rate)


def tally(done: int, total: int | None, pace: Pace) -> str:
    """``1,200 of 10,000 · 340 texts/s · 26s left``, as far as it is known."""
    parts = [f"{done:,}" if total is None else f"{done:,} of {total:,}"]
    if pace.rate is not None:
        parts.append(f"{format_rate(pace.rate)} texts/s")
    left = None if total is None or done >= total else pace.left(total)
    if left is not None:
        parts.append(f"{_in_whole_seconds(left)} left")
    return " · ".join(parts)


def format_rate(rate: float) -> str:
    """A rate in as many digits as mean something: ``0.2``, ``9.5``, ``1,234``."""
    return f"{rate:.1f}" if rate < 10 else f"{rate:,.0f}"


def _in_whole_seconds(left: timedelta) -> str:
    seconds = round(left.total_seconds())
    return f"{seconds}s" if seconds < 10 else format_duration(timedelta(seconds=seconds))


@contextmanager
def meter(
    what: str,
    *,
    total: int | None = None,
    done: int = 0,
    quiet: bool = False,
    stream: TextIO | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[Meter]:
    """A meter for *what* (``Queueing``), taken off the screen at the end.

    *done* is what was through before, and doesn't count as speed. Without a
    terminal it writes a line every ten seconds, when *quiet* nothing.
    """
    stream = sys.stderr if stream is None else stream
    pace = Pace(clock)
    pace.note(done)
    if quiet:
        yield Silent()
    elif draws_on(stream):
        with _bar(what, total, pace, stream) as bar:
            if done or total is not None:
                bar.update(done)
            yield bar
    else:
        yield _Lines(what, total, pace, stream, clock)


def draws_on(stream: TextIO) -> bool:
    """Whether *stream* is a terminal that can redraw a line."""
    return stream.isatty() and os.environ.get("TERM") not in {"dumb", "unknown"}


@contextmanager
def _bar(what: str, total: int | None, pace: Pace, stream: TextIO) -> Iterator[Meter]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    progress = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=None),
        TextColumn("{task.fields[tally]}", markup=False),
        console=Console(file=stream),
        expand=True,
        transient=True,
    )
    task = progress.add_task(what, total=total, tally="")
    with progress:
        yield _Bar(progress, task, total, pace)


class _Bar:
    """A bar on a terminal."""

    def __init__(self, progress: Progress, task: TaskID, total: int | None, pace: Pace) -> None:
        self._progress = progress
        self._task = task
        self._total = total
        self._pace = pace

    def update(self, done: int, total: int | None = None) -> None:
        self._total = self._total if total is None else total
        self._pace.note(done)
        self._progress.update(
            self._task,
            completed=done,
            total=self._total,
            tally=tally(done, self._total, self._pace),
        )


class _Lines:
    """A plain line now and then, for a log."""

    def __init__(
        self,
        what: str,
        total: int | None,
        pace: Pace,
        stream: TextIO,
        clock: Callable[[], float],
    ) -> None:
        self._what = what
        self._total = total
        self._pace = pace
        self._stream = stream
        self._clock = clock
        self._due = clock() + _PLAIN_EVERY

    def update(self, done: int, total: int | None = None) -> None:
        self._total = self._total if total is None else total
        self._pace.note(done)
        if self._clock() < self._due:
            return
        self._due = self._clock() + _PLAIN_EVERY
        print(
            f"{self._what}: {tally(done, self._total, self._pace)}", file=self._stream, flush=True
        )


class Silent:
    """Nothing at all."""

    def update(self, done: int, total: int | None = None) -> None:
        """Say nothing."""
