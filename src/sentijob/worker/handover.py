"""The table between two hands: chunks that wait for the model, outcomes that wait to be settled."""

from __future__ import annotations

import heapq
import threading
from collections.abc import Iterable
from datetime import timedelta

from sentijob.jobs import ClaimedJob
from sentijob.worker.bisect import Outcome
from sentijob.worker.chunks import Chunk


class Handover:
    """Chunks one way, outcomes the other, between the store's hand and the model's.

    The most urgent chunk is taken first, whenever it was put. Only the
    *seat* that was given out last may take and deliver: a model hand that
    hung and was replaced finds nothing when it comes back.
    """

    def __init__(self) -> None:
        lock = threading.Lock()
        self._chunk_ready = threading.Condition(lock)
        self._outcome_ready = threading.Condition(lock)
        self._chunks: list[tuple[int, int, Chunk]] = []
        self._put = 0
        self._queued = 0
        self._running: Chunk | None = None
        self._outcomes: list[Outcome] = []
        self._seat = 0
        self._is_closed = False

    def new_seat(self) -> int:
        """A seat for a model hand; earlier ones are void from now on."""
        with self._chunk_ready:
            self._seat += 1
            self._chunk_ready.notify_all()
            return self._seat

    def put(self, chunks: Iterable[Chunk]) -> None:
        """Lay down chunks to be run."""
        with self._chunk_ready:
            for chunk in chunks:
                self._put += 1
                self._queued += len(chunk.claims)
                heapq.heappush(self._chunks, (-chunk.priority, self._put, chunk))
            self._chunk_ready.notify()

    def take(self, seat: int) -> Chunk | None:
        """The next chunk, waiting for one; None where there will be none for this *seat*."""
        with self._chunk_ready:
            while not self._chunks and not self._is_over(seat):
                self._chunk_ready.wait()
            if self._is_over(seat):
                return None
            self._running = heapq.heappop(self._chunks)[-1]
            self._queued -= len(self._running.claims)
            return self._running

    def deliver(self, seat: int, outcome: Outcome) -> bool:
        """Lay down what became of the running chunk; False where the *seat* is void."""
        with self._outcome_ready:
            if seat != self._seat:
                return False
            self._outcomes.append(outcome)
            self._running = None
            self._outcome_ready.notify()
            return True

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
            claims = [claim for _, _, chunk in self._chunks for claim in chunk.claims]
            self._chunks.clear()
            self._queued = 0
            return claims

    def abandon(self) -> Chunk | None:
        """Take the running chunk from a hand that hangs, and void its seat."""
        with self._chunk_ready:
            chunk, self._running = self._running, None
            self._seat += 1
            return chunk

    def close(self) -> None:
        """Nothing more will be put: the model hand goes home after its chunk."""
        with self._chunk_ready:
            self._is_closed = True
            self._chunk_ready.notify_all()

    @property
    def queued(self) -> int:
        """How many claims wait for the model."""
        return self._queued

    @property
    def is_idle(self) -> bool:
        """Whether nothing waits, runs or is to be settled."""
        with self._chunk_ready:
            return not self._chunks and self._running is None and not self._outcomes

    @property
    def is_running(self) -> bool:
        return self._running is not None

    def top_priority(self) -> int | None:
        """Of the chunks that wait; None where none does."""
        with self._chunk_ready:
            return -self._chunks[0][0] if self._chunks else None

    def _is_over(self, seat: int) -> bool:
        return self._is_closed or seat != self._seat

    def _has_news(self) -> bool:
        return bool(self._outcomes) or (self._running is None and not self._chunks)
