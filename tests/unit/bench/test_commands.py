"""Each benchmark is a command that explains itself, in the environment of the tests too."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[3] / "bench"
QUEUES = {
    "peers_celery",
    "peers_dramatiq",
    "peers_huey",
    "peers_rq",
    "peers_sentijob",
}
"""Parts of ``peers.py``: each runs by its word, where its queue is installed."""
COMMANDS = [
    path for path in sorted(BENCH.glob("*.py")) if 'if __name__ == "__main__"' in path.read_text()
]


@pytest.mark.parametrize(
    "command", [path for path in COMMANDS if path.stem not in QUEUES], ids=lambda path: path.stem
)
def test_a_benchmark_says_what_it_measures(command: Path) -> None:
    helped = subprocess.run(  # noqa: S603  # our own script
        [sys.executable, str(command), "--help"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert helped.returncode == 0, helped.stderr
    said = " ".join(helped.stdout.split())
    assert " ".join(summary(command).split()) in said


def test_all_benchmarks_are_found() -> None:
    names = {path.stem for path in COMMANDS}
    assert {"peers", "workers", "growth", "plots", "report", *QUEUES} <= names


def summary(command: Path) -> str:
    """The first line of a script's own words."""
    return command.read_text().removeprefix('"""').partition("\n")[0].removesuffix('"""')
