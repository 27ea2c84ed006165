"""One job in full: its text, its probabilities, how it went, and why it has its label."""

from __future__ import annotations

import asyncio
from uuid import UUID

from nicegui import background_tasks
from starlette.concurrency import run_in_threadpool

from sentijob.errors import NotFoundError, SentijobError
from sentijob.export.documents import instant
from sentijob.jobs import Job, JobReference, Label, Selector, Sentiment
from sentijob.ports import Reading
from sentijob.web.page.changing import CANCEL, RETRY, Changing, Verb
from sentijob.web.page.explaining import can_be_explained, explained
from sentijob.web.page.live import Snapshot
from sentijob.web.page.panel import Panel
from sentijob.web.page.visit import Visit
from sentijob.web.page.words import amount, batch_title
from sentijob.web.services import Services


class JobDialog(Panel, component="job_view.js"):
    """A dialog with the job; closing it is told."""


def job_view(services: Services, visit: Visit, changing: Changing) -> None:
    """The dialog, open while the view names a job."""
    shown = _ShownJob(services, visit, changing)
    visit.on_view(shown.look_again)
    visit.on_snapshot(shown.see)
    visit.beside(shown.run)


class _ShownJob:
    """The job that the view names, kept as it stands."""

    def __init__(self, services: Services, visit: Visit, changing: Changing) -> None:
        self._services = services
        self._visit = visit
        self._changing = changing
        self._job: Job | None = None
        self._change: int | None = None
        self._wanted = asyncio.Event()
        self._dialog = JobDialog()
        self._dialog.show(open=None, job=None, problem=None, why=None, progress=None)
        self._dialog.on("leave", lambda: visit.go(visit.view._replace(job=None)))
        self._dialog.on("cancel-job", lambda: self._ask(CANCEL))
        self._dialog.on("retry-job", lambda: self._ask(RETRY))
        self._dialog.on("explain", self._explain)

    def look_again(self) -> None:
        self._wanted.set()

    def see(self, seen: Snapshot) -> None:
        if seen.change != self._change:
            self._change = seen.change
            self._wanted.set()

    async def run(self) -> None:
        self._wanted.set()
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            await self._show(self._visit.view.job)

    async def _show(self, job_uuid: UUID | None) -> None:
        if job_uuid is None:
            self._job = None
            self._dialog.show(open=None)
            return
        if self._job is None or self._job.job_uuid != job_uuid:
            self._dialog.show(job=None, problem=None, why=None, progress=None)
        self._dialog.show(open=str(job_uuid))
        try:
            job, batch = await run_in_threadpool(_found, self._services.store, job_uuid)
        except SentijobError as exc:
            self._job = None
            self._dialog.show(job=None, problem=str(exc))
            return
        self._job = job
        self._dialog.show(job=drawn(job, batch), problem=None)

    def _ask(self, verb: Verb) -> None:
        job = self._job
        if job is not None:
            name = f"“{job.text[:40]}”" if job.text else str(job.job_uuid)
            self._changing.ask(verb, Selector(job_ids=(job.id,)), 1, name)

    def _explain(self) -> None:
        if self._job is not None and can_be_explained(self._job):
            background_tasks.create(self._explained(self._job))

    async def _explained(self, job: Job) -> None:
        loop = asyncio.get_running_loop()

        def tell(done: int, total: int) -> None:
            loop.call_soon_threadsafe(self._tell, job, f"{done:,} of {total:,} variants scored")

        self._tell(job, "Loading the model …")
        try:
            why: dict[str, object] = await explained(job, self._services.settings, tell)
        except SentijobError as exc:
            why = {"problem": str(exc)}
        if self._is_shown(job):
            self._dialog.show(why=why, progress=None)

    def _tell(self, job: Job, progress: str) -> None:
        if self._is_shown(job):
            self._dialog.show(progress=progress)

    def _is_shown(self, job: Job) -> bool:
        return self._job is not None and self._job.job_uuid == job.job_uuid


def _found(store: Reading, job_uuid: UUID) -> tuple[Job, str | None]:
    """The job of that UUID, and its batch's title.

    Raises:
        NotFoundError: there is none.
    """
    try:
        reference = store.resolve(str(job_uuid))
    except NotFoundError:
        reference = None
    if not isinstance(reference, JobReference):
        raise NotFoundError(f"there is no job {job_uuid}; it may have been pruned")
    job = store.job(reference.job_id)
    return job, None if job.batch_id is None else batch_title(store.batch(job.batch_id))


def drawn(job: Job, batch: str | None) -> dict[str, object]:
    """What the dialog draws of a job."""
    sentiment = job.sentiment
    return {
        "uuid": str(job.job_uuid),
        "status": job.status.value,
        "text": job.text,
        "label": sentiment and sentiment.label.value,
        "probabilities": sentiment
        and [
            {"label": label.value, "chance": f"{chance:.3f}", "width": 100 * chance}
            for label in Label
            for chance in [getattr(sentiment, label)]
        ],
        "error": job.error and {"code": job.error.code, "message": job.error.message},
        "canCancel": job.status in CANCEL.statuses,
        "canRetry": job.status in RETRY.statuses,
        "canExplain": can_be_explained(job),
        "times": [
            [name, instant(moment)]
            for name, moment in (
                ("Created", job.created_at),
                ("Started", job.started_at),
                ("Finished", job.finished_at),
            )
            if moment is not None
        ],
        "facts": [[name, value] for name, value in _facts(job, batch) if value],
    }


def _facts(job: Job, batch: str | None) -> list[tuple[str, str | None]]:
    return [
        ("Model", f"{job.model} ({job.model_revision})" if job.model_revision else job.model),
        ("Read", job.sentiment and _read(job.sentiment)),
        ("Attempt", f"{job.attempt} of {job.max_attempts}" if job.attempt else None),
        ("Rescued", amount(job.rescues, "time") if job.rescues else None),
        ("Batch", batch),
        ("Place", None if job.position is None else f"{job.position + 1:,}"),
        ("Key", job.key),
        *((name, str(value)) for name, value in job.meta.items()),
    ]


def _read(sentiment: Sentiment) -> str:
    read = amount(sentiment.tokens, "token")
    if sentiment.windows > 1:
        read += f" in {sentiment.windows} overlapping windows"
    return read
