"""What a store must hold after any calls: the contract again, as plain Python on dictionaries."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from movable_clock import MovableClock

from sentijob.backoff import LONGEST_DELAY
from sentijob.jobs import (
    CANCELLABLE_STATUSES,
    FINAL_STATUSES,
    RETRYABLE_STATUSES,
    ClaimedJob,
    Counts,
    Label,
    Selector,
    Status,
    Terms,
)
from sentijob.store.holds import Hold

MOST_RESCUES = 20
LONGEST_LEASE_MS = 86_400_000


def ms(span: timedelta) -> int:
    return span // timedelta(milliseconds=1)


@dataclass
class ModelJob:
    """A job as it must stand; instants are milliseconds of the clock that they are read from."""

    id: int
    terms: Terms
    available_at: int
    hold: Hold = Hold.NONE
    batch_id: int | None = None
    position: int | None = None
    status: Status = Status.PENDING
    attempt: int = 0
    fence: int = 0
    rescues: int = 0
    worker_id: int | None = None
    lease_ends: int | None = None
    label: Label | None = None
    error_code: str | None = None

    def is_held_by(self, worker_id: int, fence: int) -> bool:
        return (self.status, self.worker_id, self.fence) == (Status.PROCESSING, worker_id, fence)

    def is_ahead(self, now: int) -> bool:
        """Whether only a clock that was set back since explains when it is available."""
        longest = {Hold.NONE: 0, Hold.BACKOFF: ms(LONGEST_DELAY)}
        return self.hold in longest and self.available_at > now + longest[self.hold]

    def due_at(self, now: int) -> int:
        return now if self.is_ahead(now) else self.available_at

    def let_go(self, status: Status) -> None:
        self.status, self.worker_id, self.lease_ends = status, None, None


@dataclass
class ModelBatch:
    """A batch as it must stand."""

    id: int
    terms: Terms
    available_at: int
    fingerprint: str | None
    name: str | None
    is_sealed: bool = False


@dataclass
class StoreModel:
    """A store, in memory and without a database. What refuses is told by the caller's asking first."""

    clock: MovableClock
    jobs: dict[int, ModelJob] = field(default_factory=dict)
    batches: dict[int, ModelBatch] = field(default_factory=dict)
    once_jobs: dict[str, int] = field(default_factory=dict)
    once_batches: dict[str, int] = field(default_factory=dict)
    workers: set[int] = field(default_factory=set)
    is_paused: bool = False

    def add(self, job_id: int, terms: Terms) -> None:
        due = self.clock.wall_ms + ms(terms.delay)
        hold = Hold.DELAY if terms.delay else Hold.NONE
        self.jobs[job_id] = ModelJob(job_id, terms, due, hold)

    def in_batch(self, batch_id: int) -> dict[int, ModelJob]:
        """A batch's jobs by their positions."""
        return {
            job.position: job
            for job in self.jobs.values()
            if job.batch_id == batch_id and job.position is not None
        }

    def interrupted(self, fingerprint: str | None) -> int | None:
        """The unsealed batch that a submit of this source goes on with."""
        found = [
            batch.id
            for batch in self.batches.values()
            if fingerprint is not None and batch.fingerprint == fingerprint and not batch.is_sealed
        ]
        return max(found, default=None)

    def append(self, batch_id: int, positions: Iterable[int], job_ids: Sequence[int]) -> None:
        batch = self.batches[batch_id]
        now = self.clock.wall_ms
        is_held = bool(batch.terms.delay) and batch.available_at > now
        due, hold = (batch.available_at, Hold.DELAY) if is_held else (now, Hold.NONE)
        for position, job_id in zip(positions, job_ids, strict=True):
            self.jobs[job_id] = ModelJob(job_id, batch.terms, due, hold, batch_id, position)

    def next_claims(
        self,
        limit: int,
        *,
        models: Collection[str] | None,
        exclude_models: Collection[str],
        min_priority: int | None,
    ) -> list[int]:
        """What a claim must take, in its order.

        By urgency; then a lane at a time, which is a model's jobs of one hold. What came before a
        clock was set back goes first, then the lane whose head is due longest.
        """
        if self.is_paused:
            return []
        now = self.clock.wall_ms
        lanes: dict[tuple[int, str, Hold, bool], list[tuple[int, int]]] = {}
        for job in self.jobs.values():
            model, priority = job.terms.model, job.terms.priority
            is_wanted = (
                job.status is Status.PENDING
                and job.due_at(now) <= now
                and (models is None or model in models)
                and model not in exclude_models
                and (min_priority is None or priority >= min_priority)
            )
            if is_wanted:
                lane = (-priority, model, job.hold, job.is_ahead(now))
                lanes.setdefault(lane, []).append((job.available_at, job.id))
        by_turn = sorted(
            (urgency, not is_ahead, min(min(due)[0], now), min(due)[1], sorted(due))
            for (urgency, _, _, is_ahead), due in lanes.items()
        )
        return [job_id for *_, due in by_turn for _, job_id in due][:limit]

    def claim(self, worker_id: int, job_ids: Iterable[int], lease: timedelta) -> None:
        for job_id in job_ids:
            job = self.jobs[job_id]
            job.status, job.worker_id, job.hold = Status.PROCESSING, worker_id, Hold.NONE
            job.lease_ends = self.clock.steady_ms + ms(lease)
            job.attempt += 1
            job.fence += 1

    def held(self, worker_id: int, claims: Iterable[ClaimedJob]) -> dict[int, ModelJob]:
        """The jobs among *claims* that their worker may still settle."""
        return {
            one.job_id: self.jobs[one.job_id]
            for one in claims
            if one.job_id in self.jobs and self.jobs[one.job_id].is_held_by(worker_id, one.fence)
        }

    def rescue(self, dead_workers: Collection[int]) -> int:
        """End the leases that are over, and those of *dead_workers*; how many."""
        now = self.clock.steady_ms
        lapsed = [
            job
            for job in self.jobs.values()
            if job.lease_ends is not None
            and (
                not now <= job.lease_ends <= now + LONGEST_LEASE_MS or job.worker_id in dead_workers
            )
        ]
        for job in lapsed:
            if job.rescues < MOST_RESCUES:
                job.let_go(Status.PENDING)
                job.attempt -= 1
            else:
                job.let_go(Status.FAILED)
                job.error_code = "rescued_too_often"
            job.rescues += 1
        self.workers -= set(dead_workers)
        return len(lapsed)

    def selected(self, selector: Selector, allowed: Collection[Status]) -> list[ModelJob]:
        """The jobs that *selector* names and that stand in an *allowed* status."""
        return [
            job
            for job in self.jobs.values()
            if job.status in allowed
            and (not selector.statuses or job.status in selector.statuses)
            and (not selector.models or job.terms.model in selector.models)
            and (
                not (selector.job_ids or selector.batch_ids)
                or job.id in selector.job_ids
                or job.batch_id in selector.batch_ids
            )
        ]

    def cancel(self, selector: Selector) -> int:
        found = self.selected(selector, CANCELLABLE_STATUSES)
        for job in found:
            job.let_go(Status.CANCELLED)
        return len(found)

    def retry(self, selector: Selector) -> int:
        found = self.selected(selector, RETRYABLE_STATUSES)
        for job in found:
            job.status, job.attempt, job.rescues = Status.PENDING, 0, 0
            job.available_at, job.hold, job.error_code = self.clock.wall_ms, Hold.NONE, None
        return len(found)

    def prune(self, selector: Selector) -> int:
        found = self.selected(selector, FINAL_STATUSES)
        gone = {job.id for job in found}
        self.jobs = {job_id: job for job_id, job in self.jobs.items() if job_id not in gone}
        for batch_id in {job.batch_id for job in found} - {None}:
            if batch_id is not None and self._is_spent(batch_id):
                del self.batches[batch_id]
        self.once_jobs = {key: job for key, job in self.once_jobs.items() if job in self.jobs}
        self.once_batches = {key: b for key, b in self.once_batches.items() if b in self.batches}
        return len(found)

    def _is_spent(self, batch_id: int) -> bool:
        return self.batches[batch_id].is_sealed and not self.in_batch(batch_id)

    def counts(self, batch_id: int | None = None) -> Counts:
        """All jobs counted anew, or a batch's."""
        counted = [
            job for job in self.jobs.values() if batch_id is None or job.batch_id == batch_id
        ]
        tally = {status.value: 0 for status in Status} | {label.value: 0 for label in Label}
        for job in counted:
            tally[job.status.value] += 1
            if job.label is not None:
                tally[job.label.value] += 1
        return Counts(**tally)
