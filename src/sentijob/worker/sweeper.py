"""Looks for the jobs of workers that died, and puts them back."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

from sentijob.ports import Store
from sentijob.worker.presence import Presence


class Sweeper:
    """Rescues at most once in an *interval*: who is dead is known by the locks of *presence*, or by lapsed leases."""

    def __init__(
        self,
        store: Store,
        *,
        host: str,
        presence: Presence | None,
        interval: timedelta,
        clock: Callable[[], float],
        logger: logging.Logger,
    ) -> None:
        self._store = store
        self._host = host
        self._presence = presence
        self._interval = interval.total_seconds()
        self._clock = clock
        self._logger = logger
        self._due_at = float("-inf")
        self.rescued = 0

    def due_in(self) -> timedelta:
        """How long until the next sweep."""
        return timedelta(seconds=max(self._due_at - self._clock(), 0))

    def sweep_if_due(self) -> None:
        """Put back what dead or stalled workers held.

        Raises:
            StoreError: the store can't; the next call tries again.
        """
        if self._clock() < self._due_at:
            return
        dead = set()
        if self._presence is not None:
            dead = self._presence.dead(self._store.workers(), self._host)
        rescued = self._store.rescue(dead_workers=dead)
        self._due_at = self._clock() + self._interval
        self.rescued += rescued
        if self._presence is not None:
            self._presence.forget(dead)
        if dead or rescued:
            self._logger.warning("rescued %d jobs; dead workers: %s", rescued, sorted(dead))
