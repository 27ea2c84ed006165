"""Stores to hold the contract against, on a clock that the test moves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from movable_clock import MovableClock

from sentijob.ports import Store
from sentijob.store.sql_store import SqlStore


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def open_store(tmp_path: Path, clock: MovableClock) -> Iterator[Callable[[], Store]]:
    """Open one and the same store again and again, as other processes would."""
    opened: list[Store] = []

    def open_one() -> Store:
        opened.append(SqlStore.open(str(tmp_path / "jobs.db"), clock=clock))
        return opened[-1]

    yield open_one
    for store in opened:
        store.close()


@pytest.fixture(params=["file", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path, clock: MovableClock) -> Iterator[Store]:
    location = ":memory:" if request.param == "memory" else str(tmp_path / "store.db")
    with SqlStore.open(location, clock=clock) as opened:
        yield opened
