"""The table between the hands: chunks that wait for a model, outcomes that wait to be settled."""

from __future__ import annotations

import heapq
import threading
from collections.abc import Callable, Iterable
from datetime import timedelta

from sentijob.jobs import ClaimedJob
from sentijob.worker.bisect import Outcome
from sentijob.worker.chunks import Chunk


class Handover:
    """Chunks one way, outcomes the other, between the store's hand and those that run models.

    The most urgent chunk is taken first, whenever it was put.
    """

    def __init__(self) -> None:
        lock = threading.Lock()
        self._chunk_ready = threading.Condition(lock)
        self._outcome_ready = threading.Condition(lock)
        self._chunks: list[tuple[int, int, Chunk]] = []
        self._put = 0
        self._queued = 0
        self._running = 0
        self._waiting = 0
        self._outcomes: list[Outcome] = []
        self._is_closed = False

    def put(self, chunks: Iterable[Chunk]) -> None:
        """Lay down chunks to be run."""
        with self._chunk_ready:
            for chunk in chunks:
                self._put += 1
                self._queued += len(chunk.claims)
                heapq.heappush(self._chunks, (-chunk.priority, self._put, chunk))
            self._chunk_ready.notify_all()

    def take(self) -> Chunk | None:
        """The next chunk, waiting for one; None once the table is closed. Each is to be delivered."""
        with self._chunk_ready:
            self._waiting += 1
            while not self._chunks and not self._is_closed:
                self._chunk_ready.wait()
            self._waiting -= 1
            return None if self._is_closed else self._pop()

    def take_ahead(self, suits: Callable[[Chunk], bool]) -> Chunk | None:
        """The next chunk, to be run after the one that the caller runs; None where another hand is free for it.

        None too where it doesn't suit, or none is ready.
        """
        with self._chunk_ready:
            if self._is_closed or len(self._chunks) <= self._waiting:
                return None
            return self._pop() if suits(self._chunks[0][-1]) else None

    def deliver(self, outcome: Outcome) -> None:
        """Lay down what became of a chunk that was taken."""
        with self._outcome_ready:
            self._outcomes.append(outcome)
            self._running -= 1
            self._outcome_ready.notify()

    def collect(self) -> list[Outcome]:
        """All outcomes that are ready."""
        with self._outcome_ready:
            ready, self._outcomes = self._outcomes, []
            return ready

    def await_outcome(self, timeout: timedelta) -> None:
        """Wait until an outcome is ready, or none is to be expected, or *timeout* has passed."""
        with self._outcome_ready:
            if not self._has_news():
                self._outcome_ready.wait(timeout.total_seconds())

    def interrupt(self) -> None:
        """End a wait in :meth:`await_outcome` early."""
        with self._outcome_ready:
            self._outcome_ready.notify()

    def withdraw(self) -> list[ClaimedJob]:
        """Take back every chunk that isn't running."""
        with self._chunk_ready:
            claims = [
                claim for _, _, chunk in self._chunks for claim in (*chunk.claims, *chunk.repeats)
            ]
            self._chunks.clear()
            self._queued = 0
            return claims

    def close(self) -> None:
        """Nothing more is to be run: the model hands go home after their chunks."""
        with self._chunk_ready:
            self._is_closed = True
            self._chunk_ready.notify_all()

    @property
    def queued(self) -> int:
        """How many claims wait for the model."""
        return self._queued

    @property
    def has_free_hand(self) -> bool:
        """Whether somebody waits in :meth:`take`."""
        return self._waiting > 0

    @property
    def is_idle(self) -> bool:
        """Whether nothing waits, runs or is to be settled."""
        with self._chunk_ready:
            return not (self._chunks or self._running or self._outcomes)

    @property
    def is_running(self) -> bool:
        return self._running > 0

    def top_priority(self) -> int | None:
        """Of the chunks that wait; None where none does."""
        with self._chunk_ready:
            return -self._chunks[0][0] if self._chunks else None

    def _pop(self) -> Chunk:
        chunk = heapq.heappop(self._chunks)[-1]
        self._queued -= len(chunk.claims)
        self._running += 1
        return chunk

    def _has_news(self) -> bool:
        return bool(self._outcomes) or not (self._running or self._chunks)
