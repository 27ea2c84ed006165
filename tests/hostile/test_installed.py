"""Bombs and lies through the installed command: a process of its own, its memory measured."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from nasty.files import NastyFile, all_files
from nasty.parquet_files import BOMBS

MOST_MEMORY_MB = 350
DEADLINE = 100
SAMPLE = {
    **BOMBS,
    **{
        name: all_files()[name]
        for name in (
            "gzip that unfolds to a thousand times its size",
            "a line of 5 MB",
            "a quote left open",
            "100,000 columns",
            "100,000 brackets",
            "a clipboard filled",
            "Parquet whose histogram contradicts itself",
            "Parquet of a page larger than the file",
        )
    },
}
SUBMIT_AND_WEIGH = """
import re, sys
from pathlib import Path
from sentijob.cli.app import main

status = main(sys.argv[1:])
# Not getrusage, which begins with what the process that started this one held.
print(int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) >> 10)
sys.exit(status)
"""


def started(folder: Path, *command: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(  # noqa: S603  # our own command
        [sys.executable, *command],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), "SENTIJOB_DB": "jobs.db"},
        input=stdin,
        capture_output=True,
        timeout=DEADLINE,
        check=False,
    )


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
@pytest.mark.parametrize("nasty", SAMPLE.values(), ids=SAMPLE.keys())
def test_a_hostile_file_neither_fills_the_memory_nor_ends_the_process(
    tmp_path: Path, nasty: NastyFile
) -> None:
    (tmp_path / f"x{nasty.suffix}").write_bytes(nasty.make())
    done = started(
        tmp_path, "-c", SUBMIT_AND_WEIGH, "submit", "-f", f"x{nasty.suffix}", "--model", "demo"
    )
    said = done.stderr.decode()
    assert done.returncode == (3 if isinstance(nasty.outcome, str) else 0), said
    assert "Traceback" not in said
    assert int(done.stdout.split()[-1]) < MOST_MEMORY_MB
    if isinstance(nasty.outcome, str):
        assert nasty.outcome in said


def test_arguments_that_are_no_utf8_are_refused_in_a_line(tmp_path: Path) -> None:
    command = ("-m", "sentijob")
    assert started(tmp_path, *command, "submit", "good", "--model", "demo").returncode == 0
    word = os.fsdecode(b"caf\xe9")
    for arguments in (
        ("status", word),
        ("cancel", "--batch", word),
        ("list", "--key", word),
        ("list", "--search", word),
        ("submit", "--name", word, "a", "b"),
        ("submit", "--once", word, "a"),
        ("submit", "--model", word, "a"),
    ):
        done = started(tmp_path, *command, *arguments)
        assert done.returncode in {2, 4, 7}, done.stderr
        assert done.stdout == b""
        assert done.stderr.isascii()
