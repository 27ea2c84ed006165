"""A store that writes down what was settled, and that can end its process at a named point."""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any

from ledgers import Ledger, Settle, record_settles

from sentijob.jobs import ClaimedJob, Scored
from sentijob.ports import Store

POINTS = (
    "claim:before",
    "claim:after",
    "predict:before",
    "extend:before",
    "extend:after",
    "complete:before",
    "complete:unrecorded",
    "complete:after",
)
"""Where a process may be made to end: just before a step, between its commit and its record, after both."""


class Death:
    """Kills its own process the *nth* time it comes to a point; never where none is named."""

    def __init__(self, point: str | None = None, nth: int = 1) -> None:
        self._point = point
        self._nth = nth
        self._passed: Counter[str] = Counter()

    @classmethod
    def parsed(cls, written: str | None) -> Death:
        """From ``complete:after:3``; None stands for a long life."""
        if written is None:
            return cls()
        point, _, nth = written.rpartition(":")
        if point not in POINTS:
            raise ValueError(f"{written!r} names no point; write one of {POINTS} and a number")
        return cls(point, int(nth))

    def at(self, point: str) -> None:
        """Say that the process has come to *point*; may not return."""
        self._passed[point] += 1
        if point == self._point and self._passed[point] == self._nth:
            os.kill(os.getpid(), signal.SIGKILL)


class RecordingStore:
    """Passes everything on to *store*, and records each settle after the store has taken it."""

    def __init__(self, store: Store, ledger: Ledger, death: Death) -> None:
        self._store = store
        self._ledger = ledger
        self._death = death

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  # whatever the store has of that name
        return getattr(self._store, name)

    def claim(self, worker_id: int, **terms: Any) -> Sequence[ClaimedJob]:  # noqa: ANN401  # passed on
        self._death.at("claim:before")
        claims = self._store.claim(worker_id, **terms)
        if claims:
            self._death.at("claim:after")
        return claims

    def extend(
        self, worker_id: int, claims: Sequence[ClaimedJob], *, lease: timedelta
    ) -> Collection[int]:
        self._death.at("extend:before")
        lost = self._store.extend(worker_id, claims, lease=lease)
        self._death.at("extend:after")
        return lost

    def complete(
        self, worker_id: int, scored: Sequence[Scored], *, remembered: Sequence[Scored] = ()
    ) -> Collection[int]:
        self._death.at("complete:before")
        refused = self._store.complete(worker_id, scored, remembered=remembered)
        self._death.at("complete:unrecorded")
        taken = [one for one in scored if one.claimed.job_id not in refused]
        if taken:
            record_settles(self._ledger, map(_settle, taken))
        self._death.at("complete:after")
        return refused


def _settle(scored: Scored) -> Settle:
    claimed = scored.claimed
    return Settle(claimed.job_id, claimed.fence, scored.sentiment.label.value)
