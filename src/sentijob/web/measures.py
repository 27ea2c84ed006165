"""What is measured for Prometheus: the store, as it stands when somebody asks, and the server's own answers."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from prometheus_client import (
    CollectorRegistry,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
)
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sentijob import __version__, wiring
from sentijob.errors import StoreError
from sentijob.jobs import Label, Selector, Status
from sentijob.ports import Reading, Store
from sentijob.settings import Settings
from sentijob.web.guard.access import METHODS
from sentijob.web.job_times import JobTimes
from sentijob.web.templates import route_template
from sentijob.worker.crew import crew, working_rate

_COUNTED_AGAIN = timedelta(days=1)
"""The store forgets after a week how many jobs finished in which minute."""
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)


class Measures:
    """A registry of its own: nothing is shared with other users of the library in this process."""

    def __init__(self, store: Store, settings: Settings) -> None:
        # When a label was first seen is nobody's question.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = CollectorRegistry()
        self.answers = Histogram(
            "sentijob_http_request_duration_seconds",
            "Time from a request's first byte to the beginning of its answer.",
            ("method", "route", "status"),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.registry.register(StoreMeasures(store, wiring.run_folder(settings)))
        ProcessCollector(registry=self.registry)


class Measured:
    """Times the answers of a server, those of its defences too, by route and status."""

    def __init__(self, app: ASGIApp, *, measures: Measures) -> None:
        self.app = app
        self._answers = measures.answers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()

        async def noted(message: Message) -> None:
            if message["type"] == "http.response.start":
                method = scope["method"] if scope["method"] in METHODS else "other"
                taken = time.perf_counter() - began
                status = str(message["status"])
                self._answers.labels(method, route_template(scope), status).observe(taken)
            await send(message)

        await self.app(scope, receive, noted)


class StoreMeasures(Collector):
    """Reads the store at each scrape; all of it by counters and indexes, whatever its size."""

    def __init__(self, store: Store, folder: Path) -> None:
        self._store = store
        self._folder = folder
        self._finished = Finished(store)
        self._times = JobTimes(store)

    def describe(self) -> list[Metric]:
        """Nothing: whoever registers this must not have to wait for the store."""
        return []

    def collect(self) -> Iterator[Metric]:
        """What can be said; that the store can't be read, where it can't."""
        try:
            families, is_up = list(self._families()), True
        except StoreError:
            families, is_up = [], False
        yield GaugeMetricFamily("sentijob_store_up", "Whether the store can be read.", int(is_up))
        yield InfoMetricFamily(
            "sentijob_build",
            "The version that runs, and its database.",
            {"version": __version__, "engine": self._store.engine},
        )
        yield from families

    def _families(self) -> Iterator[Metric]:
        now = self._store.now()
        yield from self._jobs()
        yield from self._queue(now)
        yield from self._workers()
        yield from self._times.collect()

    def _jobs(self) -> Iterator[Metric]:
        counts = self._store.counts()
        jobs = GaugeMetricFamily("sentijob_jobs", "Jobs by status.", labels=["status"])
        for status in Status:
            jobs.add_metric([status], getattr(counts, status))
        yield jobs
        completed = GaugeMetricFamily(
            "sentijob_completed_jobs", "Completed jobs by label.", labels=["label"]
        )
        for label in Label:
            completed.add_metric([label], getattr(counts, label))
        yield completed
        yield GaugeMetricFamily(
            "sentijob_jobs_rescued_too_often",
            "Jobs that failed because worker after worker died or stalled over them.",
            self._store.count(Selector(error_codes=("rescued_too_often",))),
        )

    def _queue(self, now: datetime) -> Iterator[Metric]:
        oldest = self._store.oldest_pending_at()
        yield GaugeMetricFamily(
            "sentijob_oldest_pending_age_seconds",
            "Age of the oldest job that is due and waits; 0 where none does.",
            0.0 if oldest is None else max((now - oldest).total_seconds(), 0.0),
        )
        yield CounterMetricFamily(
            "sentijob_jobs_finished_total",
            "Jobs that became final since the minute in which the server was first asked.",
            self._finished.total(now),
        )
        yield GaugeMetricFamily(
            "sentijob_paused", "Whether all claiming is paused.", int(self._store.is_paused())
        )

    def _workers(self) -> Iterator[Metric]:
        members = crew(self._store, self._folder)
        workers = GaugeMetricFamily(
            "sentijob_workers", "Registered workers, alive and dead.", labels=["state"]
        )
        held = GaugeMetricFamily(
            "sentijob_held_jobs", "Jobs that workers hold, alive and dead.", labels=["state"]
        )
        for state, is_alive in (("alive", True), ("dead", False)):
            some = [member.worker for member in members if member.is_alive is is_alive]
            workers.add_metric([state], len(some))
            held.add_metric([state], sum(worker.holding for worker in some))
        yield workers
        yield held
        yield GaugeMetricFamily(
            "sentijob_scoring_rate",
            "Texts a second of the workers that hold jobs, as they last measured.",
            working_rate(members) or 0.0,
        )


class Finished:
    """A counter out of the store's minutes, each of which it forgets in the end."""

    def __init__(self, store: Reading) -> None:
        self._store = store
        self._since: datetime | None = None
        self._before = 0
        self._last = 0

    def total(self, now: datetime) -> int:
        """How many jobs became final since the minute of the first call; never less than at the last."""
        if self._since is None:
            self._since = now
        later = self._store.finished_since(self._since)
        if now - self._since > _COUNTED_AGAIN:
            # The minutes before this one are over: what was counted of them won't change.
            current = self._store.finished_since(now)
            self._before += later - current
            self._since, later = now, current
        self._last = max(self._before + later, self._last)
        return self._last
