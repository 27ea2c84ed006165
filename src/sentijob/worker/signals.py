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


class Received:
    """Which signals have come."""

    def __init__(self) -> None:
        self.numbers: list[int] = []

    @property
    def first(self) -> int | None:
        """The first one; None where none has come."""
        return self.numbers[0] if self.numbers else None


@contextlib.contextmanager
def stopped_by_signals(worker: Stoppable) -> Iterator[Received]:
    """Within the block SIGTERM, Ctrl-C or a closed terminal stop the *worker*; from the main thread alone.

    What whoever started us wants ignored, as nohup does SIGHUP, stays ignored.
    """
    received = Received()

    def handle(number: int, _frame: FrameType | None) -> None:
        received.numbers.append(number)
        if len(received.numbers) == 1:
            worker.request_stop()
        else:
            worker.release_now()

    before = {
        number: handler
        for number in STOPPING
        if (handler := signal.getsignal(number)) is not signal.SIG_IGN
    }
    for number in before:
        signal.signal(number, handle)
    try:
        yield received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
