"""What several kinds of tests use.

A PostgreSQL server, started once, when a test first asks for it; and how hard the property tests
search: ``HYPOTHESIS_PROFILE=thorough`` takes 2,000 new examples each.
"""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import settings
from postgres_server import PostgresServer, ServerMissingError, running_server

# The same examples every time, so that a change is judged by what it changes.
settings.register_profile("quick", max_examples=60, deadline=None, derandomize=True)
settings.register_profile("thorough", max_examples=2000, deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


@pytest.fixture(scope="session", autouse=True)
def can_be_ended() -> None:
    """A test run in a shell's background, or under nohup, ignores signals, and so would all that it starts."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_DFL)


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    """A command that runs in a test's own process logs to that test's stderr, which is closed after it."""
    logger = logging.getLogger("sentijob")
    before = logger.handlers, logger.level, logger.propagate
    yield
    logger.handlers, logger.level, logger.propagate = before


@contextmanager
def server_or_skip() -> Iterator[PostgresServer]:
    """Where there is none to run, a laptop's test is skipped and CI's fails."""
    try:
        with running_server() as server:
            yield server
    except ServerMissingError as exc:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(exc))


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A server that all tests share; each has a store of its own there."""
    with server_or_skip() as server:
        yield server


@pytest.fixture
def own_server() -> Iterator[PostgresServer]:
    """A server that a test may stop."""
    with server_or_skip() as server:
        yield server
