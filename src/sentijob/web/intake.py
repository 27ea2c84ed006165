"""Texts that come in at the same time are queued by one commit."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import NamedTuple

from sentijob.jobs import Item, Submitted, Terms
from sentijob.ports import Submissions

_MOST_TOGETHER = 512


class _Request(NamedTuple):
    item: Item
    terms: Terms
    once: str | None
    receipt: asyncio.Future[Submitted]


class Intake:
    """Queues single texts for many clients at once; each answer follows its commit."""

    def __init__(self, store: Submissions) -> None:
        self._store = store
        self._waiting: asyncio.Queue[_Request] = asyncio.Queue()

    async def submit(self, item: Item, terms: Terms, *, once: str | None = None) -> Submitted:
        """As :meth:`~sentijob.ports.Submissions.submit`."""
        receipt: asyncio.Future[Submitted] = asyncio.get_running_loop().create_future()
        self._waiting.put_nowait(_Request(item, terms, once, receipt))
        return await receipt

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Take texts in for as long as the block runs; what was taken is queued before it ends."""
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            await self._waiting.join()
            task.cancel()

    async def _run(self) -> None:
        while True:
            requests = [await self._waiting.get()]
            while len(requests) < _MOST_TOGETHER and not self._waiting.empty():
                requests.append(self._waiting.get_nowait())
            await asyncio.to_thread(self._submit, requests, asyncio.get_running_loop())
            for _ in requests:
                self._waiting.task_done()

    def _submit(self, requests: Sequence[_Request], loop: asyncio.AbstractEventLoop) -> None:
        for item, terms, once, receipt in requests:
            try:
                submitted = self._store.submit(item, terms, once=once)
            except Exception as exc:  # noqa: BLE001 - whatever it is, it is its client's to hear
                loop.call_soon_threadsafe(_fail, receipt, exc)
            else:
                loop.call_soon_threadsafe(_answer, receipt, submitted)


def _answer(receipt: asyncio.Future[Submitted], submitted: Submitted) -> None:
    if not receipt.done():
        receipt.set_result(submitted)


def _fail(receipt: asyncio.Future[Submitted], exc: Exception) -> None:
    if not receipt.done():
        receipt.set_exception(exc)
