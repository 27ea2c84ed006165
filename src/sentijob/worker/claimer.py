"""Claims ahead of the model: as much as its measured speed can use, and what is more urgent at any time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sentijob.ports import Store
from sentijob.worker.bisect import Outcome
from sentijob.worker.chunks import cut
from sentijob.worker.config import WorkerConfig
from sentijob.worker.handover import Handover
from sentijob.worker.lease import Holdings
from sentijob.worker.loader import Availability
from sentijob.worker.pace import FIRST_CLAIM, LOOK_TIME, Pace
from sentijob.worker.reuse import Reuse
from sentijob.worker.settler import Settler


class Claimer:
    """Keeps the handover filled.

    While enough waits for the model, only jobs that are more urgent than
    all that wait are looked for, so that one of them overtakes even a claim
    that takes long.
    """

    def __init__(
        self,
        store: Store,
        worker_id: int,
        config: WorkerConfig,
        *,
        handover: Handover,
        holdings: Holdings,
        availability: Availability,
        pace: Pace,
        settler: Settler,
        reuse: Reuse | None,
        clock: Callable[[], float],
    ) -> None:
        self._store = store
        self._worker_id = worker_id
        self._config = config
        self._handover = handover
        self._holdings = holdings
        self._availability = availability
        self._pace = pace
        self._settler = settler
        self._reuse = reuse
        self._clock = clock
        self._claimed_at = float("-inf")

    def refill(self) -> bool:
        """Claim where that is due; whether anything came."""
        waiting = self._handover.queued
        if waiting < self._pace.reserve():
            return self._claim(self._pace.next_limit(), self._config.min_priority)
        top = self._handover.top_priority()
        is_rested = self._clock() - self._claimed_at >= LOOK_TIME.total_seconds()
        if top is None or not is_rested:
            return False
        return self._claim(FIRST_CLAIM, max(top + 1, self._config.min_priority or top + 1))

    def _claim(self, limit: int, min_priority: int | None) -> bool:
        began = self._clock()
        claims = self._store.claim(
            self._worker_id,
            limit=limit,
            lease=self._config.lease,
            models=self._config.models,
            exclude_models=tuple(self._availability.unavailable()),
            min_priority=min_priority,
        )
        self._claimed_at = self._clock()
        self._pace.observe_claim(timedelta(seconds=self._claimed_at - began))
        self._holdings.add(claims)
        if self._reuse is None:
            self._handover.put(cut(claims, self._pace.bounds))
        else:
            known, rest = self._reuse.at_claim(claims)
            self._settler.add([Outcome([], [], reused=known)])
            self._handover.put(cut(rest, self._pace.bounds, shares=self._reuse.pays))
        return bool(claims)
