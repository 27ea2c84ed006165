"""Runs commands in this process, fast enough for hundreds, and looks at every byte that they show."""

from __future__ import annotations

import io
import re
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pytest

from sentijob.cli import exits
from sentijob.cli.app import main

SLOWEST = 20.0
"""Seconds: a bound against hanging, on a machine that may be busy."""
DEFINED = {exits.DONE, exits.USAGE, *exits.EXIT_STATUSES.values(), exits.INTERRUPTED}
ACTING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
"""What no output may hold: it acts on a terminal, or reorders what is read there."""


class Shown(NamedTuple):
    """What a command left on a terminal."""

    status: int
    stdout: str
    stderr: str


@dataclass
class Commander:
    """A folder with a store of its own, and a way to run sentijob in it."""

    folder: Path
    monkeypatch: pytest.MonkeyPatch

    def __call__(self, *arguments: str, given: bytes = b"", is_inert: bool = True) -> Shown:
        """Run to the end; it must have ended in time, with a status that means something."""
        with self.monkeypatch.context() as patched:
            stdin = self.folder / "stdin"
            stdin.write_bytes(given)
            out, err = _stream(), _stream()
            with stdin.open() as opened:
                patched.setattr(sys, "stdin", opened)
                patched.setattr(sys, "stdout", out)
                patched.setattr(sys, "stderr", err)
                began = time.monotonic()
                status = main(list(arguments))
                took = time.monotonic() - began
        shown = Shown(status, _written(out), _written(err))
        about = f"{[argument[:60] for argument in arguments]}: {shown.stderr[:500]!r}"
        assert status in DEFINED, about
        assert "Traceback" not in shown.stderr, about
        assert took < SLOWEST, about
        if is_inert:
            found = ACTING.search(shown.stdout + shown.stderr)
            assert found is None, (about, found)
        return shown


def _stream() -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="")


def _written(stream: io.TextIOWrapper) -> str:
    stream.flush()
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode()
