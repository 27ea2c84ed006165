"""A disk that fails beneath SQLite at any moment, once or for ever, costs nothing that was acknowledged.

In ``make test`` a sample of the moments; all of them, in every way::

    SENTIJOB_FAULTS=all .venv/bin/pytest -n 2 tests/faults/test_io_faults.py
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import apsw
import pytest
from apsw_driver import connector
from movable_clock import MovableClock
from store_ledger import Ledger, broken
from store_life import Life
from thoroughness import sample
from watched_disk import Change, watched

from sentijob.cli.exits import exit_status
from sentijob.errors import StoreError
from sentijob.jobs import Item, Terms
from sentijob.store.sql_store import SqlStore
from sentijob.store.sqlite import SqliteDatabase

pytestmark = pytest.mark.timeout(900)

_FAILS = {
    "write": apsw.SQLITE_IOERR_WRITE,
    "truncate": apsw.SQLITE_IOERR_TRUNCATE,
    "sync": apsw.SQLITE_IOERR_FSYNC,
    "create": apsw.SQLITE_CANTOPEN,
    "delete": apsw.SQLITE_IOERR_DELETE,
}
_WAYS = ("error", "full", "short")


@dataclass
class FailingDisk:
    """Fails the change of a number, and where it *lasts* all that follow, until it is mended."""

    fails_at: int = 0
    way: str = "error"
    lasts: bool = False
    changes: int = 0
    faults: int = 0

    def mend(self) -> None:
        self.fails_at = 0

    def change(self, change: Change, make: Callable[[Change], None]) -> None:
        self.changes += 1
        is_due = self.changes >= self.fails_at if self.lasts else self.changes == self.fails_at
        if not (self.fails_at and is_due):
            make(change)
            return
        self.faults += 1
        if self.way == "short" and change.data:
            make(change._replace(data=change.data[: len(change.data) // 2]))
        is_about_room = self.way == "full" and change.kind in {"write", "sync"}
        raise apsw.exception_for(apsw.SQLITE_FULL if is_about_room else _FAILS[change.kind])


Story = Callable[[SqlStore, Ledger, MovableClock], None]


def whole_life(store: SqlStore, ledger: Ledger, clock: MovableClock) -> None:
    Life(store, ledger, clock).live()


def one_submit(store: SqlStore, ledger: Ledger, clock: MovableClock) -> None:
    Life(store, ledger, clock).submit("only")


def play(story: Story, path: Path, disk: FailingDisk) -> Ledger:
    """Open the store on *disk* and have the *story* happen, as far as it goes."""
    clock, ledger = MovableClock(), Ledger()
    with watched(disk) as vfs:
        connect = connector(vfs=vfs, pages_before_checkpoint=6)
        try:
            database = SqliteDatabase.open(str(path), clock=clock, connect=connect)
        except StoreError as exc:
            ledger.refusals.append(exc)
            return ledger
        with SqlStore(database) as store:
            story(store, ledger, clock)
            if not disk.lasts:
                assert broken(store, ledger.now) == []
    return ledger


def complaints_of(path: Path, ledger: Ledger) -> list[str]:
    """What is wrong once the disk is sound again: for the next to open the store, and after a submit."""
    database = SqliteDatabase.open(str(path), clock=MovableClock(), connect=connector())
    with SqlStore(database) as store:
        found = broken(store, ledger.now)
        ledger.step(
            lambda: store.submit(Item("afterwards"), Terms()),
            {"afterwards": "pending"},
            is_durable=True,
        )
        return found + broken(store, ledger.now)


@pytest.fixture(scope="module")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("empty") / "jobs.db"
    SqliteDatabase.open(str(path), connect=connector()).close()
    return path


@pytest.mark.parametrize("lasts", [False, True], ids=["once", "for ever"])
@pytest.mark.parametrize("way", _WAYS)
@pytest.mark.parametrize("story", [one_submit, whole_life])
def test_a_failing_disk_costs_nothing_that_was_acknowledged(
    story: Story,
    way: str,
    lasts: bool,  # noqa: FBT001  # pytest hands it over by name
    tmp_path: Path,
    empty_store: Path,
) -> None:
    def prepared(name: str) -> Path:
        path = tmp_path / name / "jobs.db"
        path.parent.mkdir()
        if story is whole_life:
            shutil.copyfile(empty_store, path)
        return path

    sound = FailingDisk()
    assert play(story, prepared("sound"), sound).refusals == []
    bad: dict[int, object] = {}
    series = _WAYS.index(way) * 2 + lasts
    numbers = sample(sound.changes, every=12, start=series * 2)
    for number in numbers:
        path = prepared(str(number))
        disk = FailingDisk(number, way, lasts)
        ledger = play(story, path, disk)
        assert disk.faults, f"change {number} never came"
        statuses = {exit_status(refusal) for refusal in ledger.refusals}
        complaints = complaints_of(path, ledger)
        if complaints or not statuses <= {6}:
            bad[number] = complaints or statuses
        shutil.rmtree(path.parent)
    print(f"{len(numbers)} faults in {sound.changes} changes")  # noqa: T201  # pytest -rP shows it
    assert bad == {}


def test_a_store_that_forgets_what_it_acknowledged_is_found_out(tmp_path: Path) -> None:
    path = tmp_path / "jobs.db"
    ledger = play(one_submit, path, FailingDisk())
    path.unlink()
    assert complaints_of(path, ledger) == ["'only' is absent, not pending"] * 2
