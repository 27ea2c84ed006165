"""Which machine this is, and since which boot."""

from __future__ import annotations

import socket
import time
from pathlib import Path

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_PROCESSES = Path("/proc/self/ns/pid")
"""Containers of one machine may share its name, and not each other's process ids."""
_SEPARATOR = "/"


def host_identity() -> str:
    """The machine's name and its boot: only where both are ours does a worker's process id mean anything here."""
    return f"{socket.gethostname()}{_SEPARATOR}{_boot()}"


def machine_of(identity: str) -> str:
    """The machine's name alone."""
    return identity.rpartition(_SEPARATOR)[0]


def _boot() -> str:
    try:
        return f"{_BOOT_ID.read_text().strip()}.{_PROCESSES.stat().st_ino}"
    except OSError:
        # To the minute: a clock that is being set moves this estimate a little, a reboot moves it far.
        return f"{(time.time() - time.monotonic()) // 60:.0f}"
