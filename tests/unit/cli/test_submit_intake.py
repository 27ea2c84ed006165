from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sentijob.cli.intake import queue_file, queue_stdin, scanned_file
from sentijob.cli.orders import Order, checked_items, queue_items
from sentijob.errors import ConflictError, InputError
from sentijob.ingest import filling
from sentijob.ingest.filling import QueuedBatch
from sentijob.ingest.formats import Format
from sentijob.ingest.options import ReadOptions
from sentijob.jobs import RUN_PRIORITY, Item, Selector, Submitted, Terms
from sentijob.ports import Store
from sentijob.store.sql_store import SqlStore

ORDER = Order(Terms(model="demo"), ReadOptions(max_length=20))


@pytest.fixture
def store() -> Iterator[Store]:
    with SqlStore.open(":memory:") as opened:
        yield opened


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "texts.txt"
    path.write_text("one\ntwo\nthree\nfour\nfive\n")
    return path


Feed = Callable[[bytes], None]


@pytest.fixture
def feed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Feed]:
    """Lets stdin hold some bytes and end."""
    reading, writing = os.pipe()
    with os.fdopen(reading) as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)

        def give(content: bytes) -> None:
            os.write(writing, content)
            os.close(writing)

        yield give


def texts(store: Store, batch_id: int = 1) -> list[str | None]:
    return [job.text for job in store.each_job(Selector(batch_ids=(batch_id,)))]


def submit(store: Store, path: Path, order: Order = ORDER) -> QueuedBatch:
    with scanned_file(path, order) as scanned:
        return queue_file(store, scanned, order)


def break_off(
    store: Store,
    path: Path,
    monkeypatch: pytest.MonkeyPatch,
    error: type[BaseException],
    order: Order = ORDER,
) -> None:
    """Submit in chunks of two, and end with *error* before the third chunk."""
    append = store.append
    calls = iter([append, append])

    def breaking(batch_id: int, items: list[Item], *, first_position: int) -> int:
        call = next(calls, None)
        if call is None:
            raise error
        return call(batch_id, items, first_position=first_position)

    with monkeypatch.context() as patch:
        patch.setattr(filling, "CHUNK_TEXTS", 2)
        patch.setattr(store, "append", breaking)
        with pytest.raises(error):
            submit(store, path, order)


def test_one_item_is_a_job(store: Store) -> None:
    receipt = queue_items(store, [Item("one")], ORDER)
    assert isinstance(receipt, Submitted)
    assert store.job(receipt.job_id).batch_id is None


def test_one_item_with_a_name_is_a_batch(store: Store) -> None:
    receipt = queue_items(store, [Item("one")], ORDER._replace(name="mine"))
    assert isinstance(receipt, QueuedBatch)
    assert receipt.batch.name == "mine"


def test_several_items_are_a_batch_in_their_order(store: Store) -> None:
    receipt = queue_items(store, [Item("one"), Item("two")], ORDER)
    assert isinstance(receipt, QueuedBatch)
    assert receipt.batch.source == "arguments"
    assert receipt.batch.sealed_at is not None
    assert texts(store) == ["one", "two"]


def test_a_key_used_before_gives_the_first_batch_whatever_comes_now(store: Store) -> None:
    order = ORDER._replace(once="monday")
    queue_items(store, [Item("one"), Item("two")], order)
    again = queue_items(store, [Item("three"), Item("four")], order)
    assert isinstance(again, QueuedBatch)
    assert (again.batch.id, again.is_new) == (1, False)
    assert texts(store) == ["one", "two"]


def test_the_refused_one_of_several_arguments_is_named_by_its_place() -> None:
    with pytest.raises(InputError) as refused:
        checked_items(["fine", " "], 20)
    assert refused.value.where == "argument 2"


def test_a_single_refused_argument_needs_no_place() -> None:
    with pytest.raises(InputError) as refused:
        checked_items([" "], 20)
    assert refused.value.where is None


def test_a_file_is_a_batch_named_by_its_path(store: Store, path: Path) -> None:
    receipt = submit(store, path)
    assert receipt.batch.source == str(path)
    assert texts(store) == ["one", "two", "three", "four", "five"]


def test_an_interrupted_file_goes_on_where_it_stopped(
    store: Store,
    path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    break_off(store, path, monkeypatch, KeyboardInterrupt)
    assert capsys.readouterr().err == (
        "b1 holds 4 of 5 texts; the same command goes on from there\n"
    )
    assert store.batch(1).sealed_at is None
    receipt = submit(store, path)
    assert (receipt.batch.id, receipt.present, receipt.is_new) == (1, 4, False)
    assert texts(store) == ["one", "two", "three", "four", "five"]


@pytest.mark.parametrize(
    "order",
    [
        ORDER._replace(terms=Terms(model="vader")),
        ORDER._replace(terms=Terms(model="demo", store_text=False)),
        ORDER._replace(name="other"),
        ORDER._replace(options=ReadOptions(max_length=21)),
    ],
    ids=["model", "storing", "name", "length"],
)
def test_only_the_very_same_submit_goes_on_with_an_interrupted_one(
    store: Store, path: Path, monkeypatch: pytest.MonkeyPatch, order: Order
) -> None:
    break_off(store, path, monkeypatch, KeyboardInterrupt)
    assert submit(store, path, order).batch.id == 2


def test_a_run_goes_on_with_an_interrupted_one_though_its_priority_is_its_own(
    store: Store, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = ORDER._replace(terms=ORDER.terms._replace(priority=RUN_PRIORITY + 1))
    break_off(store, path, monkeypatch, KeyboardInterrupt, first)
    again = ORDER._replace(terms=ORDER.terms._replace(priority=RUN_PRIORITY + 2))
    receipt = submit(store, path, again)
    assert (receipt.batch.id, receipt.batch.priority) == (1, RUN_PRIORITY + 1)


def test_a_store_that_fails_half_way_says_how_to_go_on(
    store: Store,
    path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    break_off(store, path, monkeypatch, ConflictError)
    assert "b1 holds 4 of 5 texts" in capsys.readouterr().err


def test_a_file_whose_submit_is_complete_is_submitted_anew(store: Store, path: Path) -> None:
    assert submit(store, path).batch.id == 1
    assert submit(store, path).batch.id == 2


def test_bad_rows_are_set_aside_where_that_was_asked_for(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "texts.txt"
    path.write_text(f"one\n{'x' * 21}\ntwo\n")
    receipt = submit(store, path, ORDER._replace(options=ReadOptions(max_length=20, skip_bad=True)))
    assert (receipt.rejected, receipt.rejects) == (1, tmp_path / "texts.txt.rejects.jsonl")
    assert texts(store) == ["one", "two"]


def test_stdin_is_a_batch(store: Store, feed: Feed) -> None:
    feed(b"one\ntwo\n")
    receipt = queue_stdin(store, ORDER)
    assert receipt.batch.source == "-"
    assert receipt.batch.sealed_at is not None
    assert texts(store) == ["one", "two"]


def test_stdin_may_be_of_another_format(store: Store, feed: Feed) -> None:
    feed(b'{"id": 7, "text": "one"}\n')
    queue_stdin(store, ORDER._replace(format=Format.JSONL))
    assert store.job(1).key == "7"


def test_an_empty_stdin_is_refused_and_leaves_no_batch(store: Store, feed: Feed) -> None:
    feed(b"")
    with pytest.raises(InputError, match="there are no texts"):
        queue_stdin(store, ORDER)
    assert store.batches() == []


def test_a_bad_first_row_of_stdin_leaves_no_batch(store: Store, feed: Feed) -> None:
    feed(b"x" * 21)
    with pytest.raises(InputError):
        queue_stdin(store, ORDER)
    assert store.batches() == []


def test_a_bad_row_of_stdin_seals_what_came_before_it(
    store: Store, feed: Feed, capsys: pytest.CaptureFixture[str]
) -> None:
    feed(b"one\ntwo\n" + b"x" * 21 + b"\nthree\n")
    with pytest.raises(InputError, match="stdin:3"):
        queue_stdin(store, ORDER)
    assert capsys.readouterr().err == (
        "b1 holds the first 2 texts of stdin; submit what follows, once it is mended\n"
    )
    assert store.batch(1).sealed_at is not None
    assert texts(store) == ["one", "two"]


def test_stdin_with_a_key_stays_open_for_its_second_attempt(
    store: Store, feed: Feed, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    order = ORDER._replace(once="monday")
    feed(b"one\ntwo\n" + b"x" * 21 + b"\n")
    with pytest.raises(InputError):
        queue_stdin(store, order)
    assert store.batch(1).sealed_at is None
    mended = tmp_path / "mended"
    mended.write_bytes(b"one\ntwo\nthree\n")
    with mended.open() as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        receipt = queue_stdin(store, order)
    assert (receipt.batch.id, receipt.present) == (1, 2)
    assert texts(store) == ["one", "two", "three"]


def test_stdin_is_not_read_where_its_key_was_used_before(
    store: Store, feed: Feed, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    order = ORDER._replace(once="monday")
    feed(b"one\n")
    queue_stdin(store, order)
    unread = tmp_path / "unread"
    unread.write_bytes(b"two\n")
    with unread.open() as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        assert queue_stdin(store, order).batch.id == 1
        assert os.lseek(stdin.fileno(), 0, os.SEEK_CUR) == 0
