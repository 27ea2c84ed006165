from __future__ import annotations

from collections.abc import Iterator

import pytest

from sentijob.ingest import filling
from sentijob.ingest.filling import Filling
from sentijob.jobs import Item, OpenedBatch, Selector, Terms
from sentijob.ports import Store
from sentijob.store.sql_store import SqlStore


@pytest.fixture
def store() -> Iterator[Store]:
    with SqlStore.open(":memory:") as opened:
        yield opened


def begin(store: Store, *, once: str | None = None) -> OpenedBatch:
    return store.open_batch(Terms(), source="-", fingerprint="f", once=once)


def texts(store: Store) -> list[str | None]:
    return [job.text for job in store.each_job(Selector(batch_ids=(1,)))]


def test_nothing_is_opened_before_there_is_something_to_write(store: Store) -> None:
    batch = Filling(store, lambda: begin(store))
    batch.flush()
    assert batch.is_empty
    assert store.batches() == []


def test_what_gathered_is_written_at_a_flush(store: Store) -> None:
    batch = Filling(store, lambda: begin(store))
    batch.take([Item("one")], 3)
    assert store.batches() == []
    batch.flush()
    batch.take([Item("two")], 3)
    batch.flush()
    assert texts(store) == ["one", "two"]
    assert batch.queued == 2


def test_a_full_chunk_is_written_at_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filling, "CHUNK_TEXTS", 2)
    batch = Filling(store, lambda: begin(store))
    batch.take([Item(text) for text in ("one", "two", "three")], 11)
    assert texts(store) == ["one", "two"]


def test_long_rows_fill_a_chunk_by_their_characters(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filling, "CHUNK_CHARACTERS", 100)
    batch = Filling(store, lambda: begin(store))
    batch.take([Item("x" * 50)], 50)
    assert batch.queued == 0
    batch.take([Item("x", meta={"note": "y" * 50})], 51)
    assert batch.queued == 2


def test_sealing_writes_the_rest(store: Store) -> None:
    batch = Filling(store, lambda: begin(store))
    batch.take([Item("one")], 3)
    receipt = batch.seal()
    assert receipt.batch.sealed_at is not None
    assert receipt.batch.counts.pending == 1
    assert (receipt.is_new, receipt.present) == (True, 0)


def test_what_an_interrupted_submit_had_queued_is_passed_over(store: Store) -> None:
    first = Filling(store, lambda: begin(store))
    first.take([Item("one")], 3)
    first.take([Item("two")], 3)
    first.flush()
    again = Filling(store, lambda: begin(store))
    assert again.opened.present == 2
    again.take([Item("one")], 3)
    again.take([Item("two"), Item("three")], 8)
    receipt = again.seal()
    assert texts(store) == ["one", "two", "three"]
    assert (receipt.is_new, receipt.present) == (False, 2)


def test_progress_hears_of_every_chunk(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filling, "CHUNK_TEXTS", 2)
    batch = Filling(store, lambda: begin(store))
    heard: list[int] = []
    batch.progress = heard.append
    batch.take([Item(text) for text in ("one", "two", "three")], 11)
    batch.seal()
    assert heard == [2, 3]
