"""Small trials, each on a store of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from arena import opened_arena
from postgres_server import PostgresServer
from trials import Trial


@pytest.fixture
def new_trial(tmp_path: Path) -> Iterator[Callable[[float], Trial]]:
    """Makes a trial of so many seconds, with the seed 1."""
    with ExitStack() as stack:
        yield lambda duration: Trial(
            stack.enter_context(opened_arena(tmp_path / "arena", None)), seed=1, duration=duration
        )


@pytest.fixture
def new_server_trial(
    tmp_path: Path, own_server: PostgresServer
) -> Iterator[Callable[[float], Trial]]:
    """The same on a PostgreSQL server that may be restarted."""
    with ExitStack() as stack:
        yield lambda duration: Trial(
            stack.enter_context(opened_arena(tmp_path / "arena", own_server.new_url())),
            seed=1,
            duration=duration,
            server=own_server,
        )
