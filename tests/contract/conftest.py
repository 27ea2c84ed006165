"""Stores to hold the contract against, on a clock that the test moves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from movable_clock import MovableClock
from postgres_server import PostgresServer

from sentijob.ports import Store
from sentijob.store.sql_store import SqlStore


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture(params=["sqlite", "postgresql"])
def location(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a new store may be made that others can open too."""
    if request.param == "sqlite":
        return str(tmp_path / "jobs.db")
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.new_url()


@pytest.fixture
def open_store(location: str, clock: MovableClock) -> Iterator[Callable[[], Store]]:
    """Open one and the same store again and again, as other processes would."""
    opened: list[Store] = []

    def open_one() -> Store:
        opened.append(SqlStore.open(location, clock=clock))
        return opened[-1]

    yield open_one
    for store in opened:
        store.close()


@pytest.fixture(params=["file", "memory", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path, clock: MovableClock) -> Iterator[Store]:
    places: dict[str, Callable[[], str]] = {
        "file": lambda: str(tmp_path / "store.db"),
        "memory": lambda: ":memory:",
        "postgresql": lambda: request.getfixturevalue("postgres").new_url(),
    }
    with SqlStore.open(places[request.param](), clock=clock) as opened:
        yield opened
