from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Coroutine
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from awaiting import run, within
from working import submit

from sentijob.errors import StoreUnreachableError
from sentijob.ports import Store
from sentijob.store.sql_store import SqlStore
from sentijob.web.commits import Commits
from sentijob.worker.wake import CommitWatcher

AGES = timedelta(seconds=20)
MOMENT = timedelta(milliseconds=50)


class HandWaker:
    """Wakes when a test says so."""

    def __init__(self) -> None:
        self._woken = threading.Event()
        self.naps: list[float] = []
        self.is_closed = False

    def wait(self, timeout: timedelta) -> bool:
        self.naps.append(timeout.total_seconds())
        is_woken = self._woken.wait(timeout.total_seconds())
        self._woken.clear()
        return is_woken

    def wake(self) -> None:
        self._woken.set()

    def close(self) -> None:
        self.is_closed = True


class Token:
    """What a store's change token says, as a test sets it."""

    def __init__(self) -> None:
        self.value = 1
        self.asked = 0
        self.error: Exception | None = None

    def __call__(self) -> int:
        self.asked += 1
        if self.error is not None:
            raise self.error
        return self.value


@pytest.fixture
def waker() -> HandWaker:
    return HandWaker()


@pytest.fixture
def token() -> Token:
    return Token()


async def settled(commits: Commits, waker: HandWaker) -> None:
    """Past what the thread says at its start, and into its long naps."""
    await within(lambda: commits.number > 0 and max(waker.naps) > 0.5)


async def seconds(waiting: Coroutine[Any, Any, None]) -> float:
    began = time.monotonic()
    await waiting
    return time.monotonic() - began


def test_a_commit_ends_the_wait_of_everyone(waker: HandWaker, token: Token) -> None:
    async def scene() -> None:
        commits = Commits(waker, token)
        async with commits.heard():
            await settled(commits, waker)
            waiting = [asyncio.create_task(commits.news(AGES)) for _ in range(100)]
            await asyncio.sleep(0)
            token.value = 2
            waker.wake()
            await asyncio.wait_for(asyncio.gather(*waiting), 10)

    run(scene())


def test_what_was_committed_since_a_look_is_news_at_once(waker: HandWaker, token: Token) -> None:
    async def scene() -> None:
        commits = Commits(waker, token)
        async with commits.heard():
            await settled(commits, waker)
            seen = commits.number
            token.value = 2
            waker.wake()
            await within(lambda: commits.number > seen)
            assert await seconds(commits.news(AGES, since=seen)) < 10
            assert await seconds(commits.news(MOMENT, since=commits.number)) >= 0.045

    run(scene())


def test_a_write_that_nobody_can_see_is_no_news(waker: HandWaker, token: Token) -> None:
    async def scene() -> None:
        commits = Commits(waker, token)
        async with commits.heard():
            await settled(commits, waker)
            seen, asked = commits.number, token.asked
            waker.wake()
            await within(lambda: token.asked > asked + 2)
            assert commits.number == seen

    run(scene())


def test_a_commit_that_shows_only_after_it_woke_is_seen_soon(
    waker: HandWaker, token: Token
) -> None:
    async def scene() -> None:
        commits = Commits(waker, token)
        async with commits.heard():
            await settled(commits, waker)
            seen, asked = commits.number, token.asked
            waker.wake()
            await within(lambda: token.asked > asked + 1)
            began = time.monotonic()
            token.value = 2  # synced; nothing tells
            await within(lambda: commits.number > seen)
            assert time.monotonic() - began < 0.5

    run(scene())


def test_commits_in_a_row_are_passed_on_together(waker: HandWaker, token: Token) -> None:
    async def scene() -> None:
        commits = Commits(waker, token)
        async with commits.heard():
            await settled(commits, waker)
            seen, began = commits.number, time.monotonic()
            for value in range(2, 200):
                token.value = value
                waker.wake()
                await asyncio.sleep(0.001)
            most = (time.monotonic() - began) / 0.005
            assert 1 <= commits.number - seen <= most + 1

    run(scene())


def test_a_wait_with_no_news_ends_when_it_was_to(waker: HandWaker, token: Token) -> None:
    async def scene() -> None:
        commits = Commits(waker, token)
        async with commits.heard():
            await settled(commits, waker)
            assert 0.045 <= await seconds(commits.news(MOMENT)) < 10

    run(scene())


def test_the_end_sends_everyone_away_and_closes_the_waker(waker: HandWaker, token: Token) -> None:
    async def scene() -> None:
        commits = Commits(waker, token)
        async with commits.heard():
            await settled(commits, waker)
            waiting = asyncio.create_task(commits.news(AGES))
            await asyncio.sleep(0)
            commits.end()
            await asyncio.wait_for(waiting, 10)
            assert await seconds(commits.news(AGES, since=commits.number)) < 10
        assert waker.is_closed
        assert commits.has_ended

    run(scene())


def test_a_store_that_is_away_for_a_while_is_heard_again(
    waker: HandWaker, token: Token, caplog: pytest.LogCaptureFixture
) -> None:
    async def scene() -> None:
        commits = Commits(waker, token)
        async with commits.heard():
            await settled(commits, waker)
            seen, asked = commits.number, token.asked
            token.error = StoreUnreachableError("gone fishing")
            waker.wake()
            await within(lambda: token.asked > asked + 3)
            assert commits.number == seen
            token.value, token.error = 2, None
            await within(lambda: commits.number > seen)

    run(scene())
    assert [record.message for record in caplog.records] == [
        "commits can't be heard for now: gone fishing"
    ]


def test_nobody_waits_for_commits_that_nobody_hears(waker: HandWaker, token: Token) -> None:
    with pytest.raises(RuntimeError, match="heard within"):
        run(Commits(waker, token).news())


def test_a_commit_on_a_real_store_is_heard_in_a_moment(tmp_path: Path) -> None:
    async def scene(store: Store) -> None:
        commits = Commits(CommitWatcher(tmp_path / "jobs.db"), store.change_token)
        async with commits.heard():
            await within(lambda: commits.number > 0)
            seen = commits.number
            waiting = asyncio.create_task(commits.news(AGES, since=seen))
            began = time.monotonic()
            await asyncio.to_thread(submit, store)
            await waiting
            assert time.monotonic() - began < 0.8

    with SqlStore.open(str(tmp_path / "jobs.db")) as store:
        run(scene(store))
