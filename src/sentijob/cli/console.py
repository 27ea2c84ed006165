"""Where things are said: data on stdout, all else on stderr; Rich only where something is drawn."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

_PIPE_WIDTH = 120


def output_console() -> Console:
    """What draws on stdout: coloured on a terminal, plain and 120 columns wide in a pipe."""
    from rich.console import Console

    return Console(width=_width(), highlight=False, markup=False, emoji=False)


def is_terminal() -> bool:
    """Whether a person looks at stdout."""
    return sys.stdout.isatty()


def can_ask() -> bool:
    """Whether a person can be asked something."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def put(line: str) -> None:
    """A line of data on stdout, as it is."""
    sys.stdout.write(f"{line}\n")


def note(message: str) -> None:
    """A line for a person on stderr, made inert."""
    from sentijob.cli.inert import inert

    sys.stdout.flush()  # so that the two streams stay in order where they meet
    sys.stderr.write(f"{inert(message)}\n")
    sys.stderr.flush()


def _width() -> int | None:
    """None lets Rich ask the terminal or ``COLUMNS``."""
    return None if is_terminal() or os.environ.get("COLUMNS") else _PIPE_WIDTH
