from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager

import pytest

from sentijob.errors import ConflictError, StoreFullError
from sentijob.jobs import Counts, Item, Selector, Submission, Submitted, Terms
from sentijob.store.sql_store import SqlStore
from sentijob.web.intake import Intake

DEADLINE = 30.0


class SlowStore(SqlStore):
    """Notes how many texts come together, and keeps the first ones until it is told to go on."""

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)  # type: ignore[arg-type]  # whatever a store takes
        self.together: list[int] = []
        self.is_entered = threading.Event()
        self.may_go_on = threading.Event()

    def submit_each(self, submissions: Sequence[Submission]) -> Sequence[Submitted | ConflictError]:
        self.together.append(len(submissions))
        self.is_entered.set()
        assert self.may_go_on.wait(DEADLINE)
        return super().submit_each(submissions)


class FullStore(SlowStore):
    def submit_each(self, submissions: Sequence[Submission]) -> Sequence[Submitted | ConflictError]:
        super().submit_each([])
        raise StoreFullError(f"no room for {len(submissions)}")


@pytest.fixture
def store() -> Iterator[SlowStore]:
    with SlowStore.open(":memory:") as opened:
        yield opened


Taken = tuple[Intake, Callable[[int], list[asyncio.Task[Submitted]]]]


@asynccontextmanager
async def busy(store: SlowStore) -> AsyncIterator[Taken]:
    """An intake whose store holds one text already, and what has others come in meanwhile."""
    intake = Intake(store)
    async with asyncio.timeout(DEADLINE), intake.open():
        first = asyncio.create_task(intake.submit(Item("first"), Terms()))
        assert await asyncio.to_thread(store.is_entered.wait, DEADLINE)

        def come(count: int) -> list[asyncio.Task[Submitted]]:
            return [
                asyncio.create_task(intake.submit(Item(f"text {number}"), Terms()))
                for number in range(count)
            ]

        yield intake, come
        store.may_go_on.set()
        await first


def test_texts_that_come_while_others_are_queued_go_together_and_each_is_answered(
    store: SlowStore,
) -> None:
    async def work() -> None:
        async with busy(store) as (_, come):
            coming = come(600)
            await asyncio.sleep(0)
            store.may_go_on.set()
            receipts = await asyncio.gather(*coming)
        texts = [store.job(receipt.job_id).text for receipt in receipts]
        assert texts == [f"text {number}" for number in range(600)]

    asyncio.run(work())
    assert store.together == [1, 512, 88]


def test_what_is_wrong_with_one_text_reaches_its_client_alone(store: SlowStore) -> None:
    store.open_batch(Terms(), source="-", once="batch")

    async def work() -> None:
        async with busy(store) as (intake, come):
            bad = Item("bad", meta={"no": object()})
            failing = [
                asyncio.create_task(intake.submit(bad, Terms())),
                asyncio.create_task(intake.submit(Item("x"), Terms(), once="batch")),
            ]
            coming = come(5)
            await asyncio.sleep(0)
            store.may_go_on.set()
            assert all(receipt.is_new for receipt in await asyncio.gather(*coming))
            of_no_json, conflict = await asyncio.gather(*failing, return_exceptions=True)
        assert isinstance(of_no_json, TypeError)
        assert isinstance(conflict, ConflictError)

    asyncio.run(work())
    assert store.counts() == Counts(pending=6)


def test_what_is_wrong_with_the_store_reaches_all_and_nothing_is_tried_again() -> None:
    async def work(store: SlowStore) -> None:
        intake = Intake(store)
        store.may_go_on.set()
        async with asyncio.timeout(DEADLINE), intake.open():
            several = [intake.submit(Item("x"), Terms()) for _ in range(5)]
            answers = await asyncio.gather(*several, return_exceptions=True)
        assert [type(answer) for answer in answers] == [StoreFullError] * 5

    with FullStore.open(":memory:") as store:
        asyncio.run(work(store))
        assert store.together == [0]


def test_closing_answers_all_that_were_taken_and_takes_no_more(store: SlowStore) -> None:
    async def work() -> None:
        async with asyncio.timeout(DEADLINE):
            async with busy(store) as (intake, come):
                coming = come(20)
                await asyncio.sleep(0)
            assert store.counts() == Counts(pending=21)
            assert all(receipt.is_new for receipt in await asyncio.gather(*coming))
            with pytest.raises(RuntimeError, match=r"within Intake\.open"):
                await intake.submit(Item("late"), Terms())

    asyncio.run(work())


def test_a_client_that_goes_away_keeps_nobody_from_an_answer(store: SlowStore) -> None:
    async def work() -> None:
        async with busy(store) as (_, come):
            gone, *others = come(3)
            await asyncio.sleep(0)
            gone.cancel()
            await asyncio.sleep(0)
            store.may_go_on.set()
            await asyncio.gather(*others)

    asyncio.run(work())
    assert {job.text for job in store.each_job(Selector())} == {
        "first",
        "text 0",
        "text 1",
        "text 2",
    }
