"""Texts that come in at the same time are queued by one commit."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import NamedTuple

from sentijob.errors import StoreError
from sentijob.jobs import Item, Submission, Submitted, Terms
from sentijob.ports import Submissions

_MOST_TOGETHER = 512


class _Request(NamedTuple):
    submission: Submission
    receipt: asyncio.Future[Submitted]


class Intake:
    """Queues single texts for many clients at once; each answer follows its commit."""

    def __init__(self, store: Submissions) -> None:
        self._store = store
        self._waiting: asyncio.Queue[_Request] = asyncio.Queue()
        self._is_open = False

    async def submit(self, item: Item, terms: Terms, *, once: str | None = None) -> Submitted:
        """As :meth:`~sentijob.ports.Submissions.submit`."""
        if not self._is_open:
            raise RuntimeError("texts are taken in within Intake.open() alone")
        receipt: asyncio.Future[Submitted] = asyncio.get_running_loop().create_future()
        self._waiting.put_nowait(_Request(Submission(item, terms, once), receipt))
        return await receipt

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Take texts in for as long as the block runs; what was taken is queued before it ends."""
        self._is_open = True
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            self._is_open = False
            await self._waiting.join()
            task.cancel()

    async def _run(self) -> None:
        while True:
            requests = [await self._waiting.get()]
            while len(requests) < _MOST_TOGETHER and not self._waiting.empty():
                requests.append(self._waiting.get_nowait())
            submissions = [request.submission for request in requests]
            answers = await asyncio.to_thread(_answers, self._store, submissions)
            for (_, receipt), answer in zip(requests, answers, strict=True):
                _give(receipt, answer)
                self._waiting.task_done()


def _answers(
    store: Submissions, submissions: Sequence[Submission]
) -> Sequence[Submitted | Exception]:
    """What each submission comes to, in order."""
    try:
        return store.submit_each(submissions)
    except StoreError as exc:
        # It would befall each alone, too; and where a commit is in doubt, none may be repeated.
        return [exc] * len(submissions)
    except Exception as exc:  # noqa: BLE001 - whatever it is, it is its client's to hear
        if len(submissions) == 1:
            return [exc]
    # None was queued, for the sake of one that can't be: the others don't know it.
    return [answer for one in submissions for answer in _answers(store, [one])]


def _give(receipt: asyncio.Future[Submitted], answer: Submitted | Exception) -> None:
    if receipt.done():  # its client went away
        return
    if isinstance(answer, Exception):
        receipt.set_exception(answer)
    else:
        receipt.set_result(answer)
