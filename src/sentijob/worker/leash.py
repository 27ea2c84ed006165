"""A worker that ends with the process that started it, however that ends: by a pipe that closes with it."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping

from sentijob.worker.signals import Stoppable

LEASH_VARIABLE = "SENTIJOB_LEASH_FD"
"""Names the descriptor to read from; nothing is ever written to its other end."""


def follow(worker: Stoppable, environ: Mapping[str, str] = os.environ) -> None:
    """Have the worker stop when whoever started it is gone; without a leash, nothing happens."""
    written = environ.get(LEASH_VARIABLE, "")
    if written.isdecimal():
        threading.Thread(
            target=_stop_at_its_end, args=(int(written), worker), name="leash", daemon=True
        ).start()


def _stop_at_its_end(fd: int, worker: Stoppable) -> None:
    try:
        os.read(fd, 1)
    except OSError:
        return  # it isn't ours
    worker.request_stop()
