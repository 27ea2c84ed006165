"""Shells whose store lies on a disk that is soon full."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from shell import Shell
from small_disk import SmallDisk, small_disk


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    folder = tmp_path / "home"
    folder.mkdir()
    with closing(Shell(folder)) as opened:
        yield opened


@pytest.fixture
def disk(shell: Shell, tmp_path: Path) -> Iterator[SmallDisk]:
    """A disk of a megabyte that the shell's store lies on."""
    with small_disk(tmp_path / "disk", "1m") as mounted:
        shell.store_folder = mounted.folder / "store"
        yield mounted
        shell.close()
