"""Memory is bounded by settings, never by the size of a file, a batch or the store."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.conftest import Shell

SMALL, LARGE = 20_000, 80_000
TEXT = "a day that was great in every way that anybody could think of and then some"
ALLOWED_MB = 12
"""What a run may take more of than another, by chance: rows that are kept would take twice that."""

FILES: Mapping[str, tuple[str, Callable[[int], str]]] = {
    "csv": ("key,text\n", lambda n: f"k-{n},{TEXT} {n}\n"),
    "jsonl": ("", lambda n: f'{{"key": "k-{n}", "text": "{TEXT} {n}"}}\n'),
    "txt": ("", lambda n: f"{TEXT} {n}\n"),
}


MEASURE = """
import os, subprocess, sys
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
_, status, usage = os.wait4(process.pid, 0)
print(usage.ru_maxrss)
sys.exit(os.waitstatus_to_exitcode(status))
"""
"""A process of its own measures: what is started begins with the size of who starts it."""


def megabytes(shell: Shell, *arguments: str) -> float:
    """The most memory that a command holds at once."""
    command = [sys.executable, "-m", "sentijob", *arguments]
    measured = subprocess.run(  # noqa: S603  # our own command
        [sys.executable, "-c", MEASURE, *command],
        cwd=shell.folder,
        env=shell.environment,
        stdout=subprocess.PIPE,
        check=True,
        timeout=100,
    )
    return int(measured.stdout) * (1 if sys.platform == "darwin" else 1024) / 1e6


def write_rows(shell: Shell, suffix: str, rows: int) -> str:
    header, row = FILES[suffix]
    name = f"{rows}.{suffix}"
    shell.write(name, header + "".join(map(row, range(rows))))
    return name


@pytest.mark.parametrize("suffix", FILES)
def test_a_file_four_times_as_long_takes_no_more_memory_to_submit(
    shell: Shell, suffix: str
) -> None:
    small, large = (
        megabytes(shell, "submit", "-f", write_rows(shell, suffix, rows)) for rows in (SMALL, LARGE)
    )
    assert large - small < ALLOWED_MB
    assert large < 200


def test_a_store_four_times_as_full_takes_no_more_memory_to_score_and_export(
    shell: Shell,
) -> None:
    shell("submit", "-f", write_rows(shell, "csv", SMALL), "--model", "vader")
    steps = (("worker", "--drain"), *(("results", "-o", f"out.{to}") for to in ("jsonl", "csv")))
    small = [megabytes(shell, *step) for step in steps]
    shell("submit", "-f", write_rows(shell, "csv", LARGE), "--model", "vader")
    large = [megabytes(shell, *step) for step in steps]
    assert [after - before < ALLOWED_MB for before, after in zip(small, large, strict=True)] == [
        True
    ] * len(steps)
