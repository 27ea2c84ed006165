from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from awaiting import run, within
from working import submit

from sentijob.errors import StoreBusyError
from sentijob.ports import Store
from sentijob.settings import load_settings
from sentijob.store.sql_store import SqlStore
from sentijob.web.commits import Commits
from sentijob.web.page.live import Live, Snapshot
from sentijob.web.services import Services
from sentijob.worker.wake import CommitWatcher


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with SqlStore.open(str(tmp_path / "jobs.db")) as opened:
        yield opened


class Watched:
    """A store, and how often its counts were asked for."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.looks = 0
        self.error: Exception | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def counts(self) -> Any:
        self.looks += 1
        if self.error is not None:
            raise self.error
        return self._store.counts()


@asynccontextmanager
async def opened(store: Store) -> AsyncIterator[tuple[Live, Watched]]:
    commits = Commits(CommitWatcher(Path(store.location)), store.change_token)
    watched = Watched(store)
    settings = load_settings({"db": store.location}, environ={})
    services = SimpleNamespace(store=watched, settings=settings, commits=commits)
    async with commits.heard():
        yield Live(cast("Services", services)), watched


async def until_pending(live: Live, count: int) -> Snapshot:
    async with asyncio.timeout(20), aclosing(cast("Any", live.follow())) as snapshots:
        async for seen in snapshots:
            if isinstance(seen, Snapshot) and seen.counts.pending == count:
                return seen
    raise AssertionError("it ended")


def test_all_followers_share_one_look(store: Store) -> None:
    async def scene() -> None:
        async with opened(store) as (live, watched):
            followers = [asyncio.create_task(until_pending(live, 1)) for _ in range(50)]
            await until_pending(live, 0)
            await asyncio.to_thread(submit, store, "news")
            await asyncio.gather(*followers)
            assert watched.looks < 10

    run(scene())


def test_nobody_looks_where_nobody_follows(store: Store) -> None:
    async def scene() -> None:
        async with opened(store) as (live, watched):
            alone = len(asyncio.all_tasks())
            await until_pending(live, 0)
            await within(lambda: len(asyncio.all_tasks()) == alone)
            before = watched.looks
            await asyncio.to_thread(submit, store, "seen by who comes next")
            assert watched.looks == before
            await until_pending(live, 1)

    run(scene())


def test_trouble_is_told_and_passes(store: Store) -> None:
    async def scene() -> None:
        async with opened(store) as (live, watched):
            watched.error = StoreBusyError("busy")
            async with asyncio.timeout(20), aclosing(cast("Any", live.follow())) as snapshots:
                assert await anext(snapshots) is watched.error
                watched.error = None
                while not isinstance(await anext(snapshots), Snapshot):
                    pass

    run(scene())


def test_followers_leave_when_the_server_ends(store: Store) -> None:
    async def all_of(live: Live) -> None:
        async for _ in live.follow():
            pass

    async def scene() -> None:
        async with opened(store) as (live, _):
            leaving = asyncio.create_task(all_of(live))
            await until_pending(live, 0)
        await asyncio.wait_for(leaving, 20)

    run(scene())
