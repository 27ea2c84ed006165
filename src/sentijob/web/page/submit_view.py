"""Texts in: by hand, or as a file; and what became of those that were written here."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from nicegui import background_tasks
from nicegui.elements.upload import Upload
from nicegui.elements.upload_files import FileUpload
from nicegui.events import GenericEventArguments, UploadEventArguments
from starlette.concurrency import run_in_threadpool

from sentijob.errors import NotFoundError, SentijobError
from sentijob.ingest.texts import checked_text
from sentijob.jobs import INTERACTIVE_PRIORITY, Item, Job, Submitted
from sentijob.ports import Reading
from sentijob.web.page.address import View
from sentijob.web.page.filing import SUFFIXES, queue_file, shown_name
from sentijob.web.page.live import Snapshot
from sentijob.web.page.panel import Panel
from sentijob.web.page.visit import Visit
from sentijob.web.page.words import amount
from sentijob.web.services import Services
from sentijob.web.terms import server_terms

_MOST_SHOWN = 5
_TEXT_SHOWN = 120


class SubmitForm(Panel, Upload, component="submit_view.js"):
    """A box for a text and a place to drop a file; NiceGUI takes the file in."""


class _Receipt(NamedTuple):
    submitted: Submitted
    text: str


def submit_section(services: Services, visit: Visit, models: Sequence[str]) -> None:
    """The form, and what was submitted with it."""
    form = SubmitForm(auto_upload=True)
    form.show(
        models=list(models),
        model=services.settings.model,
        longest=services.settings.max_text_length,
        suffixes=list(SUFFIXES),
        receipts=[],
        answer=None,
        filing=None,
    )
    texts = _Texts(services, visit, form, models)
    form.on("text", texts.take)
    form.on("open-job", lambda event: visit.go(visit.view.opening(event.args)))
    form.on("open-batch", lambda event: visit.go(View.of({"batch": str(event.args)})))
    files = _Files(services, form, models)
    form.on("model", files.choose)
    form.on_upload(files.take)
    visit.on_snapshot(texts.see)
    visit.beside(texts.run)


class _Texts:
    """Single texts, and how they stand."""

    def __init__(
        self, services: Services, visit: Visit, form: SubmitForm, models: Sequence[str]
    ) -> None:
        self._services = services
        self._visit = visit
        self._form = form
        self._models = models
        self._receipts: list[_Receipt] = []
        self._wanted = asyncio.Event()
        self._change: int | None = None
        self._taken = 0

    def see(self, seen: Snapshot) -> None:
        if seen.change != self._change:
            self._change = seen.change
            self._wanted.set()

    async def take(self, event: GenericEventArguments) -> None:
        """Queue what was written; what can't be taken is said beside the box."""
        given = event.args if isinstance(event.args, dict) else {}
        settings = self._services.settings
        try:
            text = checked_text(str(given.get("text", "")), max_length=settings.max_text_length)
            await self._services.room.check()
            submitted = await self._services.intake.submit(
                Item(text), server_terms(settings, INTERACTIVE_PRIORITY, self._model(given))
            )
        except SentijobError as exc:
            self._answer(problem=str(exc))
            return
        self._receipts = [_Receipt(submitted, text), *self._receipts][:_MOST_SHOWN]
        self._answer(problem=None)
        self._wanted.set()

    async def run(self) -> None:
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            if not self._receipts:
                continue
            try:
                jobs = await run_in_threadpool(_standing, self._services.store, self._receipts)
            except SentijobError as exc:
                self._visit.trouble(str(exc))
                continue
            self._form.show(receipts=[self._drawn(job) for job in jobs])

    def _model(self, given: Mapping[str, object]) -> str:
        """The chosen one, where it is one of those that were offered."""
        model = str(given.get("model"))
        return model if model in self._models else self._services.settings.model

    def _answer(self, *, problem: str | None) -> None:
        self._taken += 1
        self._form.show(answer={"number": self._taken, "problem": problem})

    def _drawn(self, job: Job) -> dict[str, object]:
        texts = {receipt.submitted.job_id: receipt.text for receipt in self._receipts}
        sentiment = job.sentiment
        return {
            "uuid": str(job.job_uuid),
            "href": self._visit.view._replace(job=job.job_uuid).address,
            "text": texts.get(job.id, "")[:_TEXT_SHOWN],
            "status": job.status.value,
            "label": sentiment and sentiment.label.value,
            "score": f"{sentiment.score:.3f}" if sentiment else "",
        }


class _Files:
    """Files, one after the other."""

    def __init__(self, services: Services, form: SubmitForm, models: Sequence[str]) -> None:
        self._services = services
        self._form = form
        self._models = models
        self._model = services.settings.model

    def choose(self, event: GenericEventArguments) -> None:
        if event.args in self._models:  # else it is nothing that was offered
            self._model = event.args

    def take(self, event: UploadEventArguments) -> None:
        background_tasks.create(self._queue(event.file))

    async def _queue(self, file: FileUpload) -> None:
        name = shown_name(file.name)
        self._say("working", f"Reading {name} …")
        try:
            batch = await queue_file(self._services, file, self._model)
        except SentijobError as exc:
            self._say("refused", f"{exc}. Nothing of it was queued.")
        else:
            said = f"{amount(batch.counts.total, 'text')} of {name} queued."
            self._say("queued", said, batch=str(batch.batch_uuid))

    def _say(self, state: str, said: str, *, batch: str | None = None) -> None:
        self._form.show(filing={"state": state, "said": said, "batch": batch})


def _standing(store: Reading, receipts: Sequence[_Receipt]) -> list[Job]:
    """The jobs as they stand; those that were pruned are left out."""
    jobs = []
    for receipt in receipts:
        try:
            jobs.append(store.job(receipt.submitted.job_id))
        except NotFoundError:
            continue
    return jobs
