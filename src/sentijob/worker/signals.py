"""Signals that stop a worker: the first lets it finish its chunk, the second doesn't."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from types import FrameType
from typing import Protocol

STOPPING = tuple(
    getattr(signal, name) for name in ("SIGTERM", "SIGINT", "SIGHUP") if hasattr(signal, name)
)


class Stoppable(Protocol):
    """What can be stopped in two steps, from a signal's handler."""

    def request_stop(self) -> None: ...

    def release_now(self) -> None: ...


@contextlib.contextmanager
def stopped_by_signals(worker: Stoppable) -> Iterator[None]:
    """Within the block SIGTERM, Ctrl-C or a closed terminal stop the *worker*; from the main thread alone."""
    received = 0

    def handle(_number: int, _frame: FrameType | None) -> None:
        nonlocal received
        received += 1
        if received == 1:
            worker.request_stop()
        else:
            worker.release_now()

    before = {number: signal.signal(number, handle) for number in STOPPING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
