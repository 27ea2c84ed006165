"""A command at a terminal of its own, and what it shows there."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
from collections.abc import Iterator, Mapping, Sequence
from time import monotonic

_STYLES = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")
PATIENCE = 60.0


class Terminal:
    """What a command wrote to its terminal."""

    def __init__(self, master: int) -> None:
        self._master = master
        self._shown = ""

    def wait_for(self, words: str) -> None:
        """Return as soon as *words* are shown, after what an earlier wait was for.

        Raises:
            TimeoutError: they aren't, for a minute.
        """
        deadline = monotonic() + PATIENCE
        while words not in (plain := _STYLES.sub("", self._shown)):
            if not select.select([self._master], [], [], deadline - monotonic())[0]:
                raise TimeoutError(f"{words!r} was never shown; last: {plain[-300:]!r}")
            self._shown += os.read(self._master, 65536).decode(errors="replace")
        self._shown = ""


@contextlib.contextmanager
def at_terminal(command: Sequence[str], env: Mapping[str, str]) -> Iterator[Terminal]:
    """A command that runs at a terminal until the block ends."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 100, 0, 0))
    shown_to = {**env, "TERM": "xterm-256color"}
    process = subprocess.Popen(command, env=shown_to, stdin=slave, stdout=slave, stderr=slave)
    os.close(slave)
    try:
        yield Terminal(master)
    finally:
        process.terminate()
        process.wait(timeout=60)
        os.close(master)
