"""Cancelling and retrying from the page: always asked for twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from nicegui import background_tasks
from starlette.concurrency import run_in_threadpool

from sentijob.errors import SentijobError
from sentijob.jobs import CANCELLABLE_STATUSES, RETRYABLE_STATUSES, Selector
from sentijob.ports import Store
from sentijob.web.page.panel import Panel
from sentijob.web.page.visit import Visit
from sentijob.web.page.words import amount
from sentijob.web.services import Services


class ConfirmDialog(Panel, component="confirm.js"):
    """A question with two answers."""


class Verb(NamedTuple):
    """A way to change jobs."""

    word: str
    done: str
    statuses: tuple[str, ...]
    act: Callable[[Store, Selector], int]
    consequence: str


CANCEL = Verb(
    "Cancel",
    "cancelled",
    tuple(sorted(CANCELLABLE_STATUSES)),
    lambda store, selector: store.cancel(selector),
    "What is completed stays. A cancelled job can be retried.",
)
RETRY = Verb(
    "Retry",
    "put back in the queue",
    tuple(sorted(RETRYABLE_STATUSES)),
    lambda store, selector: store.retry(selector),
    "Failed and cancelled jobs go back to the queue with fresh attempts.",
)


class Changing:
    """Asks, changes, and says what came of it."""

    def __init__(self, services: Services, visit: Visit) -> None:
        self._store = services.store
        self._visit = visit
        self._asked: tuple[Verb, Selector] | None = None
        self._dialog = ConfirmDialog()
        self._dialog.show(question=None, consequence="", verb="")
        self._dialog.on("answer", self._answer)

    def ask(self, verb: Verb, selector: Selector, count: int, of: str) -> None:
        """Ask whether *count* jobs are really meant; *of* says which."""
        self._asked = verb, selector
        what = f"{amount(count, 'job')} of {of}" if count != 1 else f"the job {of}"
        self._dialog.show(
            question=f"{verb.word} {what}?", consequence=verb.consequence, verb=verb.word
        )

    def _answer(self, event: object) -> None:
        asked, self._asked = self._asked, None
        self._dialog.show(question=None)
        if asked is not None and getattr(event, "args", None) is True:
            background_tasks.create(self._change(*asked))

    async def _change(self, verb: Verb, selector: Selector) -> None:
        try:
            count = await run_in_threadpool(verb.act, self._store, selector)
        except SentijobError as exc:
            self._visit.notify(str(exc), is_bad=True)
            return
        self._visit.notify(f"{amount(count, 'job')} {verb.done}.")
