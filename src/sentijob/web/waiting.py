"""Requests that wait for a job's result: one look at the store serves all of them."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

from starlette.concurrency import run_in_threadpool

from sentijob.durations import parse_duration
from sentijob.errors import StoreError
from sentijob.jobs import FINAL_STATUSES, Job, Selector
from sentijob.ports import Reading
from sentijob.web.commits import Commits

LONGEST_WAIT = timedelta(seconds=60)
WAIT = r"^(([0-9]{1,4}|[0-5][0-9]{4}|60000)ms|([0-5]?[0-9](\.[0-9]{1,3})?|60)s?|1m)$"
"""A duration of at most that, in one unit."""
_PREFERENCE = r"(?:^|,)\s*wait\s*=\s*\"?([0-9]{1,9})\"?\s*(?:[;,]|$)"
_MOST_WAITING = 10_000
"""Whoever comes on top of them is answered at once: a look names each job that is awaited."""
_BETWEEN_LOOKS = 0.005
"""Seconds in which requests gather that would each have looked."""


class Waiting:
    """Finals of single jobs, for whoever awaits them.

    While anybody waits, the store is looked at after each commit, and for requests that came in
    meanwhile; each look is one question about all the jobs that are awaited.
    """

    def __init__(self, store: Reading, commits: Commits) -> None:
        self._store = store
        self._commits = commits
        self._awaited: dict[int, list[asyncio.Future[Job | None]]] = {}
        self._looking: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Serve for as long as the block runs."""
        try:
            yield
        finally:
            if self._looking is not None:
                self._looking.cancel()

    async def final(self, job_id: int, within: timedelta) -> Job | None:
        """The job once it is final; None where it isn't in time, or the server stops."""
        if not within or self._commits.has_ended or len(self._awaited) >= _MOST_WAITING:
            return None
        awaited: asyncio.Future[Job | None] = asyncio.get_running_loop().create_future()
        self._awaited.setdefault(job_id, []).append(awaited)
        try:
            if self._looking is None or self._looking.done():
                self._looking = asyncio.create_task(self._look())
            else:
                self._commits.tell()  # it may be final already
            return await asyncio.wait_for(awaited, within.total_seconds())
        except TimeoutError:
            return None
        finally:
            self._forget(job_id, awaited)

    async def _look(self) -> None:
        """Look whenever something may be final, for as long as anybody waits."""
        try:
            while self._awaited and not self._commits.has_ended:
                seen, began = self._commits.number, time.monotonic()
                for job in await self._finals(tuple(self._awaited)):
                    self._answer(job.id, job)
                # At most half the time goes into looking, however many wait.
                await asyncio.sleep(max(_BETWEEN_LOOKS, time.monotonic() - began))
                await self._commits.news(since=seen)
        finally:
            for job_id in tuple(self._awaited):
                self._answer(job_id, None)

    async def _finals(self, job_ids: Collection[int]) -> Sequence[Job]:
        """Those of the jobs that are final; none while the store can't be looked at."""
        selector = Selector(job_ids=tuple(job_ids), statuses=tuple(FINAL_STATUSES))
        try:
            return await run_in_threadpool(self._store.jobs, selector, limit=len(job_ids))
        except StoreError:
            return ()

    def _answer(self, job_id: int, job: Job | None) -> None:
        for awaited in self._awaited.pop(job_id, ()):
            if not awaited.done():
                awaited.set_result(job)

    def _forget(self, job_id: int, awaited: asyncio.Future[Job | None]) -> None:
        others = self._awaited.get(job_id, [])
        if awaited in others:
            others.remove(awaited)
            if not others:
                del self._awaited[job_id]


def checked_wait(written: str) -> str:
    """*written*, which meets :data:`WAIT`.

    Raises:
        ValueError: it doesn't.
    """
    if not re.fullmatch(WAIT, written):
        raise ValueError("write a duration of at most 60s, as 500ms, 2s or 1m")
    return written


def wait_asked(query: str | None, prefer: Sequence[str]) -> timedelta:
    """How long a request wants to wait, by its *query* or else its ``Prefer`` headers; nothing where it doesn't say.

    *query* meets :data:`WAIT`. A preference that makes no sense is passed over, and one that is
    too long cut.

    Source: RFC 7240, Prefer Header for HTTP, sections 2 and 4.3.
    """
    if query is not None:
        return parse_duration(query)
    found = re.search(_PREFERENCE, ",".join(prefer), re.IGNORECASE)
    return min(timedelta(seconds=int(found[1])), LONGEST_WAIT) if found else timedelta(0)
