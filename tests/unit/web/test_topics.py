from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import pytest
from awaiting import run, within

from sentijob.errors import StoreBusyError
from sentijob.web.commits import Commits
from sentijob.web.topics import BEAT, GREETING, State, Topic
from sentijob.worker.wake import PollWaker

PAUSE = timedelta(milliseconds=20)
AGES = timedelta(hours=1)


class Thing:
    """What is looked at, as a test sets it."""

    def __init__(self) -> None:
        self.state = State("1", b"one")
        self.looks = 0
        self.error: Exception | None = None

    def look(self) -> State:
        self.looks += 1
        if self.error is not None:
            raise self.error
        return self.state


class Scene:
    """A topic on a thing, with commits as a test tells of them."""

    def __init__(self, *, pause: timedelta = PAUSE, heartbeat: timedelta = AGES) -> None:
        self.thing = Thing()
        self.commits = Commits(PollWaker(), lambda: 1)
        self.topic = Topic(self.thing.look, self.commits, pause=pause, heartbeat=heartbeat)

    def changes_to(self, state: State) -> None:
        self.thing.state = state
        self.commits.tell()


class Listener:
    """All frames that came; each waits until the next is asked for."""

    def __init__(self, topic: Topic, last_id: str | None = None) -> None:
        self.frames: AsyncIterator[bytes] = topic.frames(last_id)

    async def hears(self) -> bytes:
        return await asyncio.wait_for(anext(self.frames), 20)

    async def ends(self) -> bool:
        with pytest.raises(StopAsyncIteration):
            await self.hears()
        return True

    async def hears_nothing(self, seconds: float = 0.15) -> asyncio.Task[bytes]:
        """The next frame, which hasn't come for so long."""
        coming = asyncio.ensure_future(anext(self.frames))
        await asyncio.sleep(seconds)
        assert not coming.done()
        return coming


async def greeted(topic: Topic, last_id: str | None = None) -> Listener:
    listener = Listener(topic, last_id)
    assert await listener.hears() == GREETING
    return listener


def played(act: Callable[[Scene], object], **how: timedelta) -> None:
    async def scene() -> None:
        staged = Scene(**how)
        async with staged.commits.heard():
            await act(staged)  # type: ignore[misc]  # every act is a coroutine

    run(scene())


def test_a_listener_is_told_the_state_and_then_what_differs() -> None:
    async def act(on: Scene) -> None:
        listener = await greeted(on.topic)
        assert await listener.hears() == b"one"
        on.commits.tell()  # nothing that anybody sees
        coming = await listener.hears_nothing()
        on.changes_to(State("2", b"two"))
        assert await coming == b"two"

    played(act)


def test_whoever_has_the_state_isnt_told_again() -> None:
    async def act(on: Scene) -> None:
        listener = await greeted(on.topic, last_id="1")
        coming = await listener.hears_nothing()
        on.changes_to(State("2", b"two"))
        assert await coming == b"two"

    played(act)


def test_whoever_has_an_older_state_is_told_the_current_one() -> None:
    async def act(on: Scene) -> None:
        listener = await greeted(on.topic, last_id="0")
        assert await listener.hears() == b"one"

    played(act)


def test_a_slow_listener_misses_what_was_in_between_and_never_the_last() -> None:
    async def act(on: Scene) -> None:
        slow, quick = await greeted(on.topic), await greeted(on.topic)
        assert await slow.hears() == await quick.hears() == b"one"
        for number in range(2, 6):
            on.changes_to(State(str(number), str(number).encode()))
            assert await quick.hears() == str(number).encode()
        assert await slow.hears() == b"5"

    played(act)


def test_many_listeners_share_each_look() -> None:
    async def act(on: Scene) -> None:
        listeners = [await greeted(on.topic) for _ in range(200)]
        assert {await listener.hears() for listener in listeners} == {b"one"}
        looks = on.thing.looks
        on.changes_to(State("2", b"two"))
        assert {await listener.hears() for listener in listeners} == {b"two"}
        assert on.thing.looks - looks <= 2

    played(act)


def test_however_much_happens_looks_are_apart() -> None:
    async def act(on: Scene) -> None:
        listener = await greeted(on.topic)
        await listener.hears()
        began, looks = time.monotonic(), on.thing.looks
        while time.monotonic() - began < 0.5:
            on.commits.tell()
            await asyncio.sleep(0.001)
        assert on.thing.looks - looks <= 6

    played(act, pause=timedelta(milliseconds=100))


def test_while_nothing_changes_there_are_beats() -> None:
    async def act(on: Scene) -> None:
        listener = await greeted(on.topic)
        assert await listener.hears() == b"one"
        assert await listener.hears() == BEAT
        assert await listener.hears() == BEAT

    played(act, heartbeat=timedelta(milliseconds=50))


def test_the_last_state_is_followed_by_the_end() -> None:
    async def act(on: Scene) -> None:
        listener = await greeted(on.topic)
        await listener.hears()
        on.changes_to(State("2", b"two", b"done"))
        assert await listener.hears() == b"two"
        assert await listener.hears() == b"done"
        assert await listener.ends()

    played(act)


def test_the_end_is_told_to_whoever_had_the_last_state_but_not_the_end() -> None:
    async def act(on: Scene) -> None:
        on.thing.state = State("1", b"one", b"done")
        listener = await greeted(on.topic, last_id="1")
        assert await listener.hears() == b"done"
        assert await listener.ends()

    played(act)


def test_nobody_looks_while_nobody_listens_and_then_nobody_is_told_what_is_old() -> None:
    async def act(on: Scene) -> None:
        listener = await greeted(on.topic)
        await listener.hears()
        await listener.frames.aclose()  # type: ignore[attr-defined]  # it is a generator
        await asyncio.sleep(1.2)  # the look that was under way
        looks = on.thing.looks
        on.changes_to(State("2", b"two"))
        await asyncio.sleep(0.2)
        assert on.thing.looks == looks
        assert await (await greeted(on.topic)).hears() == b"two"

    played(act)


def test_a_store_that_is_busy_for_a_while_is_looked_at_again() -> None:
    async def act(on: Scene) -> None:
        on.thing.error = StoreBusyError("taken")
        listener = await greeted(on.topic)
        coming = await listener.hears_nothing()
        on.thing.error = None
        on.commits.tell()
        assert await coming == b"one"

    played(act)


def test_the_servers_end_ends_every_stream() -> None:
    async def act(on: Scene) -> None:
        listener = await greeted(on.topic)
        await listener.hears()
        coming = asyncio.ensure_future(listener.ends())
        await asyncio.sleep(0)
        on.commits.end()
        assert await coming

    played(act)


def test_a_bug_in_a_look_ends_the_stream_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    async def act(on: Scene) -> None:
        on.thing.error = ZeroDivisionError()
        listener = await greeted(on.topic)
        assert await listener.ends()
        await within(lambda: bool(caplog.records))

    played(act)
    assert "events can't be told" in caplog.text
