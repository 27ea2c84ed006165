"""How fast each model has been, and so how much to claim and to hand it at once."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from sentijob.worker.chunks import Bounds, Chunk

CHUNK_TIME = timedelta(milliseconds=100)
"""One model call: how long a stop waits, and what an urgent text may find running."""
CLAIM_TIME = timedelta(milliseconds=500)
"""One claim's work: long enough that the store is asked rarely, short enough to stay fair."""
LOOK_TIME = timedelta(milliseconds=250)
"""How often the store is asked for what is more urgent than all that waits."""
LONG_CLAIM = timedelta(milliseconds=40)
"""A claim that takes longer waits for other workers: all do better to claim less at a time."""
MOST_TEXTS = 256
MOST_CLAIMED = 2048
FIRST_CLAIM = 16
GROWTH = 4
"""How many times as large as any before it a chunk may be, and as the last one a claim, so that one odd measure does little."""
WEIGHT = 0.3
"""Of the newest measure in the running mean."""
FADING = 0.9
"""What a chunk counts beside the next: where texts are summed, one of few texts, most of whose time is the call's, counts little."""


class _Speed(NamedTuple):
    weight: float
    """A second."""
    most: int
    """Texts of one call so far."""
    texts: float
    seconds: float
    """For so many texts, of which each chunk counts a little less than the next."""


class Pace:
    """Measured speeds of each model, as running means of one process; *processes* run at once.

    Any thread observes while another asks; each entry is replaced whole,
    and of two observations in the same instant one may be lost.
    """

    def __init__(self, processes: int = 1) -> None:
        self._processes = processes
        self._speeds: dict[str, _Speed] = {}
        self._last_limit = FIRST_CLAIM // GROWTH
        self._most = MOST_CLAIMED * processes
        self._rate = 0.0

    @property
    def rate(self) -> float:
        """Texts a second while all processes run; 0 before the first chunk."""
        return self._rate * self._processes

    def observe(self, chunk: Chunk, elapsed: timedelta) -> None:
        """Note that a chunk took *elapsed*."""
        seconds = max(elapsed.total_seconds(), 1e-6)
        count, weight = len(chunk.claims), chunk.weight / seconds
        texts, most, lately = count / seconds, count, (float(count), seconds)
        before = self._speeds.get(chunk.model)
        if before is not None:
            weight, most = _mean(before.weight, weight), max(before.most, most)
            lately = (before.texts * FADING + count, before.seconds * FADING + seconds)
        self._speeds[chunk.model] = _Speed(weight, most, *lately)
        self._rate = _mean(self._rate, texts) if self._rate else texts

    def bounds(self, model: str) -> Bounds:
        """How much of *model*'s work takes about :data:`CHUNK_TIME`; one text until it is known."""
        speed = self._speeds.get(model)
        if speed is None:
            return Bounds(1, 1)
        weight = int(speed.weight * CHUNK_TIME.total_seconds())
        return Bounds(min(speed.most * GROWTH, MOST_TEXTS), max(weight, 1))

    def text_time(self, model: str) -> timedelta | None:
        """What a text takes *model*; None until it is known."""
        speed = self._speeds.get(model)
        return None if speed is None else timedelta(seconds=speed.seconds / speed.texts)

    def is_brief(self, chunk: Chunk) -> bool:
        """Whether a chunk is known to take but about :data:`CHUNK_TIME`: at most twice as long."""
        speed = self._speeds.get(chunk.model)
        return speed is not None and chunk.weight <= speed.weight * 2 * CHUNK_TIME.total_seconds()

    def next_limit(self) -> int:
        """How many jobs to claim now; grows from a small first claim, so that the first result is quick."""
        wanted = self.rate * CLAIM_TIME.total_seconds() if self.rate else FIRST_CLAIM
        self._last_limit = max(1, min(int(wanted), self._last_limit * GROWTH, self._most))
        return self._last_limit

    def reserve(self) -> int:
        """How many waiting jobs are too few: half a claim, so that no model ever waits for the store."""
        return max(1, min(int(self.rate * CLAIM_TIME.total_seconds()), self._most) // 2)

    def observe_claim(self, elapsed: timedelta) -> None:
        """Note how long a claim took: the most that may be claimed at once is halved, or grows back by a quarter."""
        if elapsed > LONG_CLAIM:
            self._most = max(self._most // 2, MOST_TEXTS)
        else:
            self._most = min(self._most * 5 // 4, MOST_CLAIMED * self._processes)


def _mean(before: float, now: float) -> float:
    return before + WEIGHT * (now - before)
