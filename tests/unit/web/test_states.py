from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from awaiting import run
from working import claim, scored, submit, worker

from sentijob.jobs import Batch, Item, Selector, Status, Terms
from sentijob.ports import Store
from sentijob.settings import load_settings
from sentijob.store.sql_store import SqlStore
from sentijob.web.batch_documents import BatchDocument
from sentijob.web.commits import Commits
from sentijob.web.states import Events
from sentijob.worker.wake import PollWaker


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with SqlStore.open(str(tmp_path / "jobs.db")) as opened:
        yield opened


@pytest.fixture
def batch(store: Store) -> Batch:
    opened = store.open_batch(Terms(), source="-").batch
    store.append(opened.id, [Item("fine"), Item("fine too")], first_position=0)
    return store.seal(opened.id)


def events_of(store: Store, commits: Commits) -> Events:
    return Events(store, load_settings({"db": store.location}, environ={}), commits)


def told(store: Store, batch_id: int | None, *, to_the_end: bool = False) -> list[dict[str, str]]:
    """The event that a listener gets at once, or all until the end."""
    events: list[dict[str, str]] = []

    async def scene() -> None:
        commits = Commits(PollWaker(), lambda: 1)
        async with commits.heard():
            async for frame in events_of(store, commits).topic(batch_id).frames():
                lines = (line.partition(": ") for line in frame.decode().splitlines() if line)
                events.append({name: value for name, _, value in lines})
                if "event" in events[-1] and not to_the_end:
                    commits.end()

    run(scene())
    return events[1:]


def has_told_all(store: Store, batch: Batch, event: dict[str, str]) -> bool:
    return events_of(store, Commits(PollWaker(), lambda: 1)).has_told_all(batch.id, event["id"])


def test_the_store_is_told_of_in_counts(store: Store) -> None:
    submit(store)
    submit(store)
    worker_id = worker(store)
    store.complete(worker_id, scored(claim(store, worker_id, 1)))
    (event,) = told(store, None)
    data = json.loads(event["data"])
    assert event["event"] == "counts"
    assert (data["counts"]["pending"], data["counts"]["completed"]) == (1, 1)
    assert data["counts"]["labels"] == {"negative": 0, "neutral": 0, "positive": 1}
    assert data["rate"] is None


def test_a_batch_is_told_of_as_it_is_shown(store: Store, batch: Batch) -> None:
    (event,) = told(store, batch.id)
    assert event["event"] == "batch"
    assert json.loads(event["data"]) == BatchDocument.of(batch).model_dump(mode="json")


def test_the_same_state_has_the_same_id_and_another_another(store: Store, batch: Batch) -> None:
    first, second = told(store, batch.id), told(store, batch.id)
    store.cancel(Selector(batch_ids=(batch.id,), statuses=(Status.PENDING,)))
    third = told(store, batch.id)
    assert first == second
    assert first[0]["id"] != third[0]["id"]


def test_a_final_batch_is_told_of_and_done(store: Store, batch: Batch) -> None:
    worker_id = worker(store)
    store.complete(worker_id, scored(claim(store, worker_id)))
    state, done = told(store, batch.id, to_the_end=True)
    assert (state["event"], done["event"]) == ("batch", "done")
    assert json.loads(done["data"]) == {"why": "final"}
    assert has_told_all(store, batch, done)
    assert not has_told_all(store, batch, state)


def test_an_end_that_was_undone_isnt_the_end(store: Store, batch: Batch) -> None:
    store.cancel(Selector(batch_ids=(batch.id,)))
    *_, done = told(store, batch.id, to_the_end=True)
    store.retry(Selector(batch_ids=(batch.id,)))
    assert not has_told_all(store, batch, done)


def test_a_batch_that_was_pruned_ends_its_stream(store: Store, batch: Batch) -> None:
    store.cancel(Selector(batch_ids=(batch.id,)))
    store.prune(Selector(batch_ids=(batch.id,)))
    (done,) = told(store, batch.id, to_the_end=True)
    assert json.loads(done["data"]) == {"why": "pruned"}
