"""Shells to drive the installed command from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest
from shell import Shell, eventually

__all__ = ["Shell"]


@pytest.fixture(scope="session")
def new_shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Shell]]:
    """Makes shells that last to the end."""
    with ExitStack() as stack:

        def opened() -> Shell:
            return stack.enter_context(closing(Shell(tmp_path_factory.mktemp("shell"))))

        yield opened


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    with closing(Shell(tmp_path)) as opened:
        yield opened


@pytest.fixture(name="eventually")
def eventually_fixture() -> Callable[..., Any]:
    return eventually
