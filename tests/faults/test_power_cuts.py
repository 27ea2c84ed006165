"""A power cut at any moment takes nothing that a durable call has acknowledged, and leaves nothing half done.

In ``make test`` a sample of the moments; every one, each torn in twenty ways or as many as ``SENTIJOB_FAULTS_SEEDS`` says::

    SENTIJOB_FAULTS=all .venv/bin/pytest -n 2 tests/faults/test_power_cuts.py
"""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from apsw_driver import connector
from movable_clock import MovableClock
from power import RecordingDisk, cuts
from store_ledger import Ledger, Promise, broken, text_of
from store_life import Life
from thoroughness import SEEDS, sample
from watched_disk import Change, watched

from sentijob.errors import StoreError
from sentijob.jobs import Item, Scored, Selector, Sentiment, Terms
from sentijob.store.sql_store import SqlStore
from sentijob.store.sqlite import SqliteDatabase

pytestmark = pytest.mark.timeout(1800)

Story = Callable[[Callable[[], SqlStore], Ledger, MovableClock], None]


def whole_life(open_store: Callable[[], SqlStore], ledger: Ledger, clock: MovableClock) -> None:
    with open_store() as store:
        Life(store, ledger, clock).live()


def one_submit(open_store: Callable[[], SqlStore], ledger: Ledger, clock: MovableClock) -> None:
    with open_store() as store:
        Life(store, ledger, clock).submit("only")


def comings_and_goings(
    open_store: Callable[[], SqlStore], ledger: Ledger, clock: MovableClock
) -> None:
    """Each process starts the log anew, and who starts it only reads."""
    for visit in range(3):
        with open_store() as watching:
            watching.counts()
            with open_store() as store:
                Life(store, ledger, clock).submit(f"visit {visit}")
            with open_store() as store:
                worker = Life(store, ledger, clock)
                worker.register()
                for _ in range(3):
                    worker.release(worker.claim(1))
                worker.complete(worker.claim(1))


def recorded(
    story: Story, path: Path, monkeypatch: pytest.MonkeyPatch, **overruled: str
) -> RecordingDisk:
    """What the *story* does to its disk, and promises."""
    disk, clock = RecordingDisk(), MovableClock()
    ledger = Ledger(lambda: disk.mark(ledger.after_cut))
    folder = path.parent.stat().st_ino

    def noted(descriptor: int) -> None:
        if os.fstat(descriptor).st_ino == folder:
            disk.change(Change("sync folder", "", has_names=True), lambda _: None)

    monkeypatch.setattr(os, "fsync", noted)
    with watched(disk) as vfs:
        connect = connector(vfs=vfs, pages_before_checkpoint=6, **overruled)

        def open_store() -> SqlStore:
            return SqlStore(SqliteDatabase.open(str(path), clock=clock, connect=connect))

        story(open_store, ledger, clock)
    monkeypatch.undo()
    assert ledger.refusals == []
    return disk


def complaints_of(path: Path, promise: Promise) -> list[str]:
    """What is wrong with the store that a cut has left, and once a worker has done what was left to do."""
    try:
        database = SqliteDatabase.open(str(path), clock=MovableClock(), connect=connector())
        with SqlStore(database) as store:
            return broken(store, promise) or _unfinishable(store)
    except StoreError as exc:
        return [f"the store is lost: {exc}"]


def _unfinishable(store: SqlStore) -> list[str]:
    store.rescue(dead_workers=[worker.id for worker in store.workers()])
    worker = store.register_worker(host="after", pid=1).id
    while claims := store.claim(worker, limit=100, lease=timedelta(seconds=60)):
        sentiments = [Sentiment.of(0, 0, 1, tokens=len(claim.text)) for claim in claims]
        scored = [
            Scored(claim, one, "after") for claim, one in zip(claims, sentiments, strict=True)
        ]
        store.complete(worker, scored)
    ended = {text_of(job): frozenset({str(job.status)}) for job in store.each_job(Selector())}
    batches = {
        batch.source: frozenset({"open" if batch.sealed_at is None else "sealed"})
        for batch in store.batches()
    }
    left = [
        f"{text[:20]!r} is {min(states)}" for text, states in ended.items() if not states & _ENDS
    ]
    return left + broken(store, Promise(ended | batches, ()))


_ENDS = {"completed", "failed", "cancelled", "pending"}
"""Where a job may be at the end; pending where its retry isn't due."""


def survey(
    disk: RecordingDisk, files: dict[str, bytes], folder: Path, *, every: int = 1
) -> tuple[int, dict[str, list[str]]]:
    """How many cuts were made, and what was wrong after them."""
    total = sum(isinstance(entry, Change) for entry in disk.log)
    numbers = set(sample(total, every=every))
    made, bad = 0, {}
    for number, promise, how, left in cuts(disk.log, files, SEEDS):
        if number not in numbers:
            continue
        made += 1
        for old in folder.iterdir():
            old.unlink()
        for name, content in left.items():
            (folder / name).write_bytes(content)
        if complaints := complaints_of(folder / "jobs.db", promise):
            bad[f"change {number}, {how}"] = complaints
    print(f"{made} cuts at {len(numbers)} of {total} changes, {len(bad)} bad")  # noqa: T201  # pytest -rP shows it
    return made, bad


@pytest.fixture(scope="module")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("empty") / "jobs.db"
    SqliteDatabase.open(str(path), connect=connector()).close()
    return path.read_bytes()


@pytest.fixture
def path(tmp_path: Path, empty_store: bytes) -> Path:
    path = tmp_path / "running" / "jobs.db"
    path.parent.mkdir()
    path.write_bytes(empty_store)
    return path


@pytest.fixture
def left(tmp_path: Path) -> Path:
    """Where the files are put that a cut has left."""
    folder = tmp_path / "left"
    folder.mkdir()
    return folder


@pytest.mark.parametrize(("story", "every"), [(whole_life, 12), (comings_and_goings, 9)])
def test_a_power_cut_takes_nothing_that_was_durable_and_leaves_nothing_half_done(
    story: Story,
    every: int,
    path: Path,
    left: Path,
    empty_store: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    disk = recorded(story, path, monkeypatch)
    made, bad = survey(disk, {"jobs.db": empty_store}, left, every=every)
    assert made
    assert bad == {}


def test_a_power_cut_while_a_store_is_made_leaves_none_or_a_sound_one(
    tmp_path: Path, left: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "running" / "jobs.db"
    path.parent.mkdir()
    disk = recorded(one_submit, path, monkeypatch)
    disk.log.insert(0, Change("create", "jobs.db"))
    made, bad = survey(disk, {}, left, every=14)
    assert made
    assert bad == {}


@pytest.mark.parametrize(
    ("synchronous", "loss"),
    [("NORMAL", r"is absent, not (open|pending)"), ("OFF", r"the store is lost: .* is damaged")],
)
def test_the_survey_sees_what_a_store_loses_that_syncs_too_little(
    synchronous: str,
    loss: str,
    path: Path,
    left: Path,
    empty_store: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    disk = recorded(whole_life, path, monkeypatch, synchronous=synchronous)
    _, bad = survey(disk, {"jobs.db": empty_store}, left, every=25)
    assert re.search(loss, repr(bad))


def test_a_store_syncs_what_is_durable_on_a_library_that_by_itself_would_not(path: Path) -> None:
    lax = connector()

    def connect(location: str) -> sqlite3.Connection:
        connection = lax(location)
        connection.execute("PRAGMA synchronous = OFF")
        return connection

    with SqlStore(SqliteDatabase.open(str(path), connect=connect)) as store:
        store.submit(Item("x"), Terms())
        writer = store._db._writer  # type: ignore[attr-defined]  # noqa: SLF001  # only SQLite knows
        assert writer.execute("PRAGMA synchronous").fetchone() == (2,)


def test_folders_that_a_store_makes_outlast_a_power_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: set[int] = set()
    monkeypatch.setattr(os, "fsync", lambda descriptor: synced.add(os.fstat(descriptor).st_ino))
    path = tmp_path / "new" / "newer" / "jobs.db"
    with SqlStore(SqliteDatabase.open(str(path), connect=connector())) as store:
        store.submit(Item("x"), Terms())
    assert synced >= {folder.stat().st_ino for folder in path.parents[:3]}
