"""Which machine this is, and since which boot."""

from __future__ import annotations

import socket
import time
from pathlib import Path

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_SEPARATOR = "/"


def host_identity() -> str:
    """The machine's name and its boot: a worker of another boot of this machine is dead for certain."""
    return f"{socket.gethostname()}{_SEPARATOR}{_boot()}"


def machine_of(identity: str) -> str:
    """The machine's name alone."""
    return identity.rpartition(_SEPARATOR)[0]


def _boot() -> str:
    try:
        return _BOOT_ID.read_text().strip()
    except OSError:
        # To the minute: a clock that is being set moves this estimate a little, a reboot moves it far.
        return f"{(time.time() - time.monotonic()) // 60:.0f}"
