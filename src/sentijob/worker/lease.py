"""What a worker holds, and the heartbeat that keeps it held."""

from __future__ import annotations

import logging
import threading
from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta

from sentijob.errors import StoreError
from sentijob.jobs import ClaimedJob
from sentijob.ports import Store
from sentijob.worker.pace import Pace


class Holdings:
    """The claims a worker holds now, shared by its hands."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._claims: dict[int, ClaimedJob] = {}

    def __len__(self) -> int:
        return len(self._claims)

    def add(self, claims: Iterable[ClaimedJob]) -> None:
        with self._lock:
            self._claims.update({claim.job_id: claim for claim in claims})

    def drop(self, claims: Iterable[ClaimedJob]) -> None:
        """Hold these no longer: settled, given back or lost. A later claim of the same job stays."""
        with self._lock:
            for claim in claims:
                if self._claims.get(claim.job_id) is claim:
                    del self._claims[claim.job_id]

    def all(self) -> list[ClaimedJob]:
        with self._lock:
            return list(self._claims.values())

    def still(self, claims: Sequence[ClaimedJob]) -> list[ClaimedJob]:
        """Those of *claims* that are held, by the same fence."""
        held = self._claims
        return [claim for claim in claims if held.get(claim.job_id) is claim]


class Heartbeat:
    """Extends everything held, a third of a lease apart, from a thread of its own.

    What turns out to be held no longer is dropped, so that no work is
    wasted on it. Nothing is extended for ever: a model's process has a
    deadline for each call, and a worker whose own hand fails ends.
    """

    def __init__(
        self,
        store: Store,
        worker_id: int,
        lease: timedelta,
        *,
        holdings: Holdings,
        pace: Pace,
        logger: logging.Logger,
    ) -> None:
        self._store = store
        self._worker_id = worker_id
        self._lease = lease
        self._holdings = holdings
        self._pace = pace
        self._logger = logger
        self._reported = 0.0

    def run(self, stop: threading.Event) -> None:
        """Beat until *stop*; trouble with the store is logged, and tried again sooner."""
        regular = self._lease.total_seconds() / 3
        pause = regular
        while not stop.wait(pause):
            try:
                self.beat()
                pause = regular
            except StoreError as exc:
                self._logger.warning("heartbeat failed: %s", exc)
                pause = min(regular, 1.0)

    def beat(self) -> None:
        """Extend once; a worker that holds nothing and has nothing new to report writes nothing."""
        claims = self._holdings.all()
        if claims:
            lost = self._store.extend(self._worker_id, claims, lease=self._lease)
            # Some of them may have been settled, and so let go, while they were being extended.
            gone = [claim for claim in claims if claim.job_id in lost]
            self._drop_lost(self._holdings.still(gone))
        if claims or self._pace.rate != self._reported:
            self._reported = self._pace.rate
            self._store.report_worker(self._worker_id, rate=self._reported)

    def _drop_lost(self, lost: Sequence[ClaimedJob]) -> None:
        if lost:
            self._holdings.drop(lost)
            ids = some_ids([claim.job_id for claim in lost])
            self._logger.warning("lost the lease of %d jobs: %s", len(lost), ids)


def some_ids(job_ids: Collection[int]) -> str:
    """The first few ids, for a log line."""
    first = ", ".join(map(str, sorted(job_ids)[:5]))
    return first if len(job_ids) <= 5 else f"{first}, …"
