"""How long jobs took, as histograms: of those that finished between two looks, or the newest of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from prometheus_client import Counter, Histogram
from prometheus_client.core import Metric

from sentijob.jobs import Job, Selector, Sort
from sentijob.ports import Reading

MOST_READ = 500
"""Jobs that a look reads: some ten milliseconds. On a busier store the histograms are of a sample."""
_SECONDS = (0.01, 0.025, 0.1, 0.25, 1.0, 2.5, 10.0, 30.0, 60.0, 300.0, 1800.0, 7200.0, 43200.0)


class JobTimes:
    """Histograms that grow at each look."""

    def __init__(self, store: Reading) -> None:
        self._store = store
        self._seen: frozenset[tuple[int, datetime | None]] = frozenset()
        self._to_claim = _histogram("time_to_claim", "from creation to the last claim")
        self._to_result = _histogram("time_to_result", "from creation to the end")
        self._processing = _histogram("processing", "from the last claim to the end")
        self._rescues = Counter(
            "sentijob_job_rescues",
            "How often the jobs of the histograms were taken back from a worker that died or stalled.",
            registry=None,
        )

    def collect(self) -> Iterator[Metric]:
        """Take in what has finished since the last call."""
        newest = self._store.jobs(Selector(), sort=Sort.FINISHED, limit=MOST_READ)
        self._take([job for job in newest if _end(job) not in self._seen])
        self._seen = frozenset(map(_end, newest))
        for family in (self._to_claim, self._to_result, self._processing, self._rescues):
            yield from family.collect()

    def _take(self, jobs: Sequence[Job]) -> None:
        for job in jobs:
            if job.started_at is None or job.finished_at is None:
                continue
            self._to_claim.observe(_seconds(job.started_at - job.created_at))
            self._to_result.observe(_seconds(job.finished_at - job.created_at))
            self._processing.observe(_seconds(job.finished_at - job.started_at))
            self._rescues.inc(job.rescues)


def _end(job: Job) -> tuple[int, datetime | None]:
    """A job ends again when it has been retried."""
    return job.id, job.finished_at


def _histogram(name: str, of: str) -> Histogram:
    return Histogram(
        f"sentijob_job_{name}_seconds",
        f"Jobs' time {of}; of at most {MOST_READ} between two looks.",
        buckets=_SECONDS,
        registry=None,
    )


def _seconds(time: timedelta) -> float:
    return max(time.total_seconds(), 0.0)
