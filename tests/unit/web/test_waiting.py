from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from awaiting import run, within
from working import claim, scored, submit, worker

from sentijob.errors import StoreBusyError
from sentijob.jobs import Job, Selector, Status
from sentijob.ports import Store
from sentijob.store.sql_store import SqlStore
from sentijob.web.commits import Commits
from sentijob.web.waiting import LONGEST_WAIT, Waiting, checked_wait, wait_asked
from sentijob.worker.wake import CommitWatcher

AGES = timedelta(seconds=30)
MOMENT = timedelta(milliseconds=50)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with SqlStore.open(str(tmp_path / "jobs.db")) as opened:
        yield opened


class Watched:
    """A store's jobs, and how often they were looked at."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.looks: list[Selector] = []
        self.error: Exception | None = None

    def jobs(self, selector: Selector, **how: Any) -> Sequence[Job]:
        self.looks.append(selector)
        if self.error is not None:
            raise self.error
        return self._store.jobs(selector, **how)


class OnlyCommits(Commits):
    """With them nobody looks merely because time passes."""

    async def news(self, within: timedelta = AGES, *, since: int | None = None) -> None:
        await super().news(max(within, AGES), since=since)


@asynccontextmanager
async def opened(
    store: Store, looked_at: Any = None, kind: type[Commits] = OnlyCommits
) -> AsyncIterator[Waiting]:
    commits = kind(CommitWatcher(Path(store.location)), store.change_token)
    waiting = Waiting(looked_at or store, commits)
    async with commits.heard(), waiting.open():
        yield waiting


def complete_all(store: Store) -> None:
    worker_id = worker(store)
    store.complete(worker_id, scored(claim(store, worker_id, 1000)))


def test_a_result_is_told_of_when_it_comes(store: Store) -> None:
    async def scene() -> None:
        job_id = submit(store)
        async with opened(store) as waiting:
            asked = asyncio.create_task(waiting.final(job_id, AGES))
            await asyncio.sleep(0.05)
            assert not asked.done()
            await asyncio.to_thread(complete_all, store)
            job = await asked
            assert job is not None
            assert job.status is Status.COMPLETED

    run(scene())


def test_a_job_that_was_cancelled_is_final_too(store: Store) -> None:
    async def scene() -> None:
        job_id = submit(store)
        async with opened(store) as waiting:
            asked = asyncio.create_task(waiting.final(job_id, AGES))
            await asyncio.to_thread(store.cancel, Selector(job_ids=(job_id,)))
            job = await asked
            assert job is not None
            assert job.status is Status.CANCELLED

    run(scene())


def test_what_is_final_already_needs_no_news(store: Store) -> None:
    async def scene() -> None:
        first, second = submit(store), submit(store)
        complete_all(store)
        third = submit(store)
        async with opened(store) as waiting:
            assert await waiting.final(first, AGES)
            beside = asyncio.create_task(waiting.final(third, AGES))
            await asyncio.sleep(0.3)  # nobody looks any more until something happens
            assert await waiting.final(second, AGES)
            beside.cancel()

    run(scene())


def test_what_isnt_final_in_time_is_none(store: Store) -> None:
    async def scene() -> None:
        job_id = submit(store)
        async with opened(store) as waiting:
            began = time.monotonic()
            assert await waiting.final(job_id, MOMENT) is None
            assert await waiting.final(job_id, timedelta(0)) is None
            assert 0.045 < time.monotonic() - began < 10

    run(scene())


def test_many_who_wait_share_each_look(store: Store) -> None:
    async def scene() -> None:
        job_ids = [submit(store) for _ in range(200)]
        watched = Watched(store)
        async with opened(store, watched) as waiting:
            asked = [asyncio.create_task(waiting.final(one, AGES)) for one in job_ids * 2]
            await within(lambda: any(len(look.job_ids) == 200 for look in watched.looks))
            before = len(watched.looks)
            await asyncio.to_thread(complete_all, store)
            jobs = await asyncio.gather(*asked)
        assert [job and job.id for job in jobs] == job_ids * 2
        # The claim, the results, and the workers' own commits; never one for each who waits.
        assert len(watched.looks) - before <= 20

    run(scene())


def test_nobody_looks_while_nobody_waits(store: Store) -> None:
    async def scene() -> None:
        job_id = submit(store)
        watched = Watched(store)
        async with opened(store, watched) as waiting:
            assert await waiting.final(job_id, MOMENT) is None
            await asyncio.to_thread(submit, store)  # ends the look that was under way
            await asyncio.sleep(0.2)
            before = len(watched.looks)
            await asyncio.to_thread(complete_all, store)
            await asyncio.sleep(0.2)
            assert len(watched.looks) == before

    run(scene())


def test_a_store_that_is_busy_for_a_while_is_looked_at_again(store: Store) -> None:
    async def scene() -> None:
        job_id = submit(store)
        watched = Watched(store)
        watched.error = StoreBusyError("taken")
        async with opened(store, watched, Commits) as waiting:
            asked = asyncio.create_task(waiting.final(job_id, AGES))
            await within(lambda: len(watched.looks) > 0)
            complete_all(store)
            watched.error = None
            assert await asked

    run(scene())


def test_the_servers_end_sends_everyone_away(store: Store) -> None:
    async def scene() -> None:
        job_id = submit(store)
        commits = Commits(CommitWatcher(Path(store.location)), store.change_token)
        waiting = Waiting(store, commits)
        async with commits.heard(), waiting.open():
            asked = asyncio.create_task(waiting.final(job_id, AGES))
            await asyncio.sleep(0.05)
            began = time.monotonic()
            commits.end()
            assert await asked is None
            assert time.monotonic() - began < 10
            assert await waiting.final(job_id, AGES) is None

    run(scene())


@pytest.mark.parametrize(
    ("query", "prefer", "seconds"),
    [
        (None, [], 0),
        ("2s", [], 2),
        ("2", [], 2),
        ("1.5s", [], 1.5),
        ("500ms", [], 0.5),
        ("1m", [], 60),
        ("2s", ["wait=7"], 2),
        (None, ["wait=7"], 7),
        (None, ["respond-async, Wait = 7"], 7),
        (None, ["respond-async", 'wait="7"; foo=1'], 7),
        (None, ["wait=100000"], 60),
        (None, ["wait=soon"], 0),
        (None, ["wait=7s"], 0),
        (None, ["foo; wait=7"], 0),
        (None, ["await=7"], 0),
        (None, ["wait=-1"], 0),
        (None, ["wait=٣"], 0),
    ],
)
def test_how_long_to_wait_is_in_the_query_or_else_in_a_preference(
    query: str | None, prefer: list[str], seconds: float
) -> None:
    assert wait_asked(query, prefer) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "written", ["0", "0ms", "60", "60s", "59.999s", "60000ms", "1m", "9999ms", "05s", "1.5"]
)
def test_a_wait_that_is_taken_is_a_duration_and_not_too_long(written: str) -> None:
    assert wait_asked(checked_wait(written), ()) <= LONGEST_WAIT
