"""The jobs, a page at a time, and the filters that choose them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

from starlette.concurrency import run_in_threadpool

from sentijob.errors import NotFoundError, SentijobError
from sentijob.export.documents import instant
from sentijob.jobs import BatchReference, Job, Label, Selector, Status
from sentijob.ports import Reading
from sentijob.web.page.address import View
from sentijob.web.page.live import Snapshot
from sentijob.web.page.panel import Panel
from sentijob.web.page.visit import Visit
from sentijob.web.page.words import batch_title
from sentijob.web.services import Services

PAGE_SIZE = 25
_TEXT_SHOWN = 280
_LEAST_PAUSE = 0.3
"""Seconds between two look-ups that nobody asked for."""
_MOST_BUSY = 4
"""Looking up takes at most one part in so many of the time: a search may have to read everything."""


class JobsTable(Panel, component="jobs_table.js"):
    """Rows, and buttons to the newer and the older ones."""


class Filters(Panel, component="filters.js"):
    """A search and a choice for each thing that jobs can be told apart by."""


class Found(NamedTuple):
    """A page of jobs, with their batches' titles by number."""

    jobs: Sequence[Job]
    has_more: bool
    total: int | None
    """How many there are in all, where that is known without reading them."""
    titles: Mapping[int, str]


def jobs_section(services: Services, visit: Visit, models: Sequence[str]) -> None:
    """The filters and the table."""
    filters, table = Filters(), JobsTable()
    filters.show(view=_chosen(visit.view), choices=_choices(models, None, visit.view))
    table.show(
        rows=None, page=1, size=PAGE_SIZE, hasMore=False, total=None, isFiltered=False, problem=None
    )
    filters.on("filter", lambda event: visit.go(_filtered(visit.view, event.args)))
    table.on("page", lambda event: visit.go(visit.view._replace(page=max(int(event.args), 1))))
    table.on("open", lambda event: visit.go(visit.view.opening(event.args)))

    def show_filters(seen: Snapshot | None = None) -> None:
        seen = seen or visit.last
        filters.show(view=_chosen(visit.view), choices=_choices(models, seen, visit.view))

    visit.on_view(show_filters)
    visit.on_snapshot(show_filters)
    visit.beside(_Filler(services.store, visit, table).run)


class _Filler:
    """Looks the table's jobs up when they may have changed."""

    def __init__(self, store: Reading, visit: Visit, table: JobsTable) -> None:
        self._store = store
        self._visit = visit
        self._table = table
        self._wanted = asyncio.Event()
        self._asked = asyncio.Event()
        """Set where somebody waits for it, which must not be put off."""
        self._change: int | None = None
        visit.on_snapshot(self._see)
        visit.on_view(self._ask)

    async def run(self) -> None:
        self._ask()
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            self._asked.clear()
            began = time.monotonic()
            await self._fill(self._visit.view)
            pause = max(_LEAST_PAUSE, (_MOST_BUSY - 1) * (time.monotonic() - began))
            with suppress(TimeoutError):
                await asyncio.wait_for(self._asked.wait(), pause)

    def _see(self, seen: Snapshot) -> None:
        if seen.change != self._change:
            self._change = seen.change
            self._wanted.set()

    def _ask(self) -> None:
        self._wanted.set()
        self._asked.set()

    async def _fill(self, view: View) -> None:
        try:
            found = await run_in_threadpool(look_up, self._store, view)
        except SentijobError as exc:
            self._table.show(problem=str(exc))
            return
        self._table.show(
            rows=[row(job, view, found.titles) for job in found.jobs],
            page=view.page,
            hasMore=found.has_more,
            total=found.total,
            isFiltered=view.is_filtered,
            problem=None,
        )


def look_up(store: Reading, view: View) -> Found:
    """The jobs that a view names.

    Raises:
        StoreError: the store can't be read.
    """
    selector = selector_of(store, view)
    if selector is None:
        return Found((), has_more=False, total=0, titles={})
    skip = (view.page - 1) * PAGE_SIZE
    jobs = store.jobs(selector, limit=PAGE_SIZE + 1, skip=skip)
    is_counted = not (selector.search or selector.models or (view.status and view.label))
    batch_ids = {job.batch_id for job in jobs if job.batch_id is not None}
    return Found(
        jobs[:PAGE_SIZE],
        has_more=len(jobs) > PAGE_SIZE,
        total=store.count(selector) if is_counted else None,
        titles={batch_id: _title(store, batch_id) for batch_id in batch_ids},
    )


def selector_of(store: Reading, view: View) -> Selector | None:
    """The jobs that a view names; None where there is no such batch."""
    batch_ids: tuple[int, ...] = ()
    if view.batch is not None:
        try:
            reference = store.resolve(str(view.batch))
        except NotFoundError:
            return None
        if not isinstance(reference, BatchReference):
            return None
        batch_ids = (reference.batch_id,)
    return Selector(
        batch_ids=batch_ids,
        statuses=(view.status,) if view.status else (),
        labels=(view.label,) if view.label else (),
        models=(view.model,) if view.model else (),
        search=view.search,
    )


def row(job: Job, view: View, titles: Mapping[int, str]) -> dict[str, object]:
    """What the table draws of one job."""
    sentiment = job.sentiment
    return {
        "uuid": str(job.job_uuid),
        "href": view._replace(job=job.job_uuid).address,
        "text": None if job.text is None else job.text[:_TEXT_SHOWN],
        "status": job.status.value,
        "error": job.error and f"{job.error.code}: {job.error.message}",
        "label": sentiment and sentiment.label.value,
        "score": f"{sentiment.score:.3f}" if sentiment else "",
        "model": job.model,
        "batch": titles.get(job.batch_id or 0, ""),
        "created": instant(job.created_at),
    }


def _title(store: Reading, batch_id: int) -> str:
    try:
        return batch_title(store.batch(batch_id))
    except NotFoundError:  # pruned in between
        return ""


def _choices(models: Sequence[str], seen: Snapshot | None, view: View) -> list[dict[str, object]]:
    """The choices with their options; what is chosen is always among them."""
    batches = {
        str(batch.batch_uuid): batch_title(batch) for batch in (seen.batches if seen else ())
    }
    if view.batch is not None:
        batches.setdefault(str(view.batch), "an earlier batch")
    known = dict.fromkeys((*models, view.model) if view.model else models)
    return [
        _choice("status", "Status", [(status.value, status.value) for status in Status]),
        _choice("label", "Label", [(label.value, label.value) for label in Label]),
        _choice("model", "Model", [(model, model) for model in known]),
        _choice("batch", "Batch", list(batches.items())),
    ]


def _choice(name: str, title: str, options: Sequence[tuple[str, str]]) -> dict[str, object]:
    return {"name": name, "title": title, "options": [list(option) for option in options]}


def _chosen(view: View) -> dict[str, str]:
    return {
        name: "" if value is None else str(value)
        for name, value in view._asdict().items()
        if name not in {"page", "job"}
    }


def _filtered(view: View, written: object) -> View:
    """The first page of what was chosen. A search is sent a moment after its last letter: a job that was opened meanwhile stays open."""
    return View.of(_written(written))._replace(job=view.job)


def _written(given: object) -> dict[str, str]:
    return (
        {str(name): str(value) for name, value in given.items()} if isinstance(given, dict) else {}
    )
