"""Settles what the model has done, and keeps it until the store has taken it."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable

from sentijob.jobs import ClaimedJob, Failure, Scored
from sentijob.ports import Store
from sentijob.worker.bisect import Outcome
from sentijob.worker.config import WorkerSummary
from sentijob.worker.lease import Holdings, some_ids
from sentijob.worker.reuse import Reuse


class Settler:
    """Completes, fails and releases; what the store can't take now is held for the next call."""

    def __init__(
        self,
        store: Store,
        worker_id: int,
        holdings: Holdings,
        logger: logging.Logger,
        *,
        reuse: Reuse | None = None,
    ) -> None:
        self._store = store
        self._worker_id = worker_id
        self._holdings = holdings
        self._logger = logger
        self._reuse = reuse
        self._scored: list[Scored] = []
        self._reused: list[Scored] = []
        self._failures: list[Failure] = []
        self.completed = self.failed = self.retried = self.released = self.refused = self.reused = 0

    @property
    def is_holding(self) -> bool:
        """Whether anything waits for the store to take it."""
        return bool(self._scored or self._reused or self._failures)

    def add(self, outcomes: Iterable[Outcome]) -> None:
        """Take over outcomes, to be settled by :meth:`settle`."""
        for outcome in outcomes:
            self._scored += outcome.scored
            self._reused += outcome.reused
            self._failures += outcome.failures

    def settle(self) -> None:
        """Settle everything that was added: the results in one transaction, the failures in another.

        Raises:
            StoreError: the store can't; what it hasn't taken is still held.
        """
        done = self._scored + self._reused
        if done:
            refused = self._store.complete(
                self._worker_id,
                done,
                remembered=self._reuse.worth_remembering(self._scored) if self._reuse else (),
            )
            # Settled before logged: a full disk must not cost a finished score.
            self.completed += len(done) - len(refused)
            self.reused += sum(one.claimed.job_id not in refused for one in self._reused)
            self._conclude([scored.claimed for scored in done], refused)
            self._scored, self._reused = [], []
        if self._failures:
            refused = self._store.fail(self._worker_id, self._failures)
            self._count_failures(refused)
            self._conclude([failure.claimed for failure in self._failures], refused)
            self._failures = []

    def release(self, claims: Collection[ClaimedJob]) -> None:
        """Give claims back untried.

        Raises:
            StoreError: the store can't; they go back when their lease lapses.
        """
        if claims:
            refused = self._store.release(self._worker_id, list(claims))
            self._holdings.drop(claims)
            self.released += len(claims) - len(refused)
            self._logger.info("released %d jobs", len(claims) - len(refused))

    def release_unheld(self) -> None:
        """Give back what the store says we hold and we know nothing of.

        Raises:
            StoreError: the store can't; they go back when their lease lapses.
        """
        count = self._store.release_unheld(self._worker_id, self._holdings.all())
        if count:
            self._logger.warning("gave %d jobs back, of a claim whose answer was lost", count)

    def summary(self, *, rescued: int) -> WorkerSummary:
        return WorkerSummary(
            completed=self.completed,
            failed=self.failed,
            retried=self.retried,
            released=self.released,
            refused=self.refused,
            rescued=rescued,
            reused=self.reused,
        )

    def _conclude(self, claims: Iterable[ClaimedJob], refused: Collection[int]) -> None:
        self._holdings.drop(claims)
        self.refused += len(refused)
        if refused:
            self._logger.warning("came too late for %d jobs: %s", len(refused), some_ids(refused))

    def _count_failures(self, refused: Collection[int]) -> None:
        for claimed, code, _, retry_in in self._failures:
            if claimed.job_id in refused:
                continue
            self.failed += retry_in is None
            self.retried += retry_in is not None
            after = "for good" if retry_in is None else f"again in {retry_in.total_seconds():.1f}s"
            self._logger.warning(
                "job %d failed: %s, attempt %d, %s", claimed.job_id, code, claimed.attempt, after
            )
