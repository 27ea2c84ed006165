from __future__ import annotations

import sqlite3
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import timedelta
from pathlib import Path

import pytest

from sentijob.worker.folder_watch import WatchedFolder
from sentijob.worker.wake import CommitWatcher, PollWaker, Waker

AGES = timedelta(seconds=10)
NOW = timedelta(0)
SOON = timedelta(milliseconds=100)
NAMES = ("jobs.db", "jobs.db-wal")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(tmp_path / "jobs.db", isolation_level=None)
    with closing(connection):
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE t (x)")
        yield connection


def watch_by_best_means(folder: Path) -> Waker:
    watcher = CommitWatcher(folder / "jobs.db")
    watcher.wait(NOW)
    return watcher


def watch_by_watchfiles(folder: Path) -> Waker:
    return WatchedFolder(folder, NAMES)


@pytest.fixture(params=[watch_by_best_means, watch_by_watchfiles])
def waker(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    database: sqlite3.Connection,  # noqa: ARG001  # there before it is watched
) -> Iterator[Waker]:
    make: Callable[[Path], Waker] = request.param
    with closing(make(tmp_path)) as made:
        while made.wait(SOON):
            pass
        yield made


def test_a_commit_during_a_wait_ends_it(waker: Waker, database: sqlite3.Connection) -> None:
    woken: list[bool] = []
    waiting = threading.Thread(target=lambda: woken.append(waker.wait(AGES)))
    waiting.start()
    database.execute("INSERT INTO t VALUES (1)")
    waiting.join(AGES.total_seconds())
    assert woken == [True]


def test_a_commit_before_a_wait_ends_it_at_once(waker: Waker, database: sqlite3.Connection) -> None:
    database.execute("INSERT INTO t VALUES (1)")
    assert waker.wait(AGES)


def test_a_burst_of_commits_is_told_of_once(waker: Waker, database: sqlite3.Connection) -> None:
    for number in range(200):
        database.execute("INSERT INTO t VALUES (?)", (number,))
    assert waker.wait(AGES)
    waker.wait(SOON)  # watchfiles may tell of the tail apart
    assert not waker.wait(SOON)


def test_reading_the_database_wakes_nobody(waker: Waker, database: sqlite3.Connection) -> None:
    database.execute("SELECT * FROM t").fetchall()
    database.execute("BEGIN IMMEDIATE")
    database.execute("COMMIT")
    assert not waker.wait(SOON)


def test_other_files_in_the_folder_wake_nobody(waker: Waker, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    assert not waker.wait(SOON)


@pytest.mark.usefixtures("database")
def test_wake_ends_the_wait_that_follows_and_no_more(waker: Waker) -> None:
    waker.wake()
    assert waker.wait(AGES)
    assert not waker.wait(SOON)


def test_a_folder_that_cannot_be_watched_is_slept_beside(tmp_path: Path) -> None:
    watcher = CommitWatcher(tmp_path / "missing" / "jobs.db")
    with closing(watcher):
        assert watcher.wait(NOW)
        assert not watcher.wait(timedelta(milliseconds=1))
        watcher.wake()
        assert watcher.wait(AGES)


def test_a_poll_waker_sleeps_until_it_is_woken() -> None:
    waker = PollWaker()
    assert not waker.wait(timedelta(milliseconds=1))
    waker.wake()
    assert waker.wait(AGES)
    assert not waker.wait(timedelta(milliseconds=1))


def watching() -> int:
    """How many watches this process has open."""
    names = []
    for place in Path("/proc/self/fd").iterdir():
        with suppress(OSError):  # the one that lists them
            names.append(str(place.readlink()))
    return sum("inotify" in name for name in names)


@pytest.mark.skipif(sys.platform != "linux", reason="counts descriptors where Linux lists them")
def test_a_closed_watcher_leaves_no_descriptor_open(tmp_path: Path) -> None:
    before = watching()
    watcher = CommitWatcher(tmp_path / "jobs.db")
    watcher.wait(NOW)
    assert watching() > before
    watcher.close()
    watcher.close()
    assert watching() == before
