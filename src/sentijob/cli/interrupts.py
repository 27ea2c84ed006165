"""Signals that end a command, turned into an exception, so that whatever is open is closed on the way out.

By themselves SIGTERM and SIGHUP would end the process where it stands: with a
half-written file beside its name, and the terminal's cursor hidden.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from types import FrameType
from typing import Any

_ENDING = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)
_PATIENCE = 1.0
"""Seconds in which a further signal can't cut off what the first one began: keys bounce, and a
terminal that closes sends several."""
_MOMENT = 0.01
"""Seconds."""


class Interrupted(BaseException):
    """A signal asks the command to end.

    No KeyboardInterrupt, which Typer makes a status of its own of, whatever signal it was.
    """

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number

    @property
    def exit_status(self) -> int:
        """What a shell reports of a tool that the signal ended."""
        return 128 + self.number


@contextmanager
def interruptible() -> Iterator[None]:
    """Within the block the first signal raises Interrupted; one that comes much later ends the process at once.

    Where it comes while Python runs a destructor or a callback of an import, which swallow
    what is raised in them, it raises again a moment later. After the block a signal ends the process as it
    does every other. What whoever started us wants ignored, as nohup does SIGHUP, stays ignored.
    """
    first_at: float | None = None

    def handle(number: int, _frame: FrameType | None) -> None:
        nonlocal first_at
        if first_at is None:
            first_at = time.monotonic()
            raise Interrupted(number)
        if time.monotonic() - first_at > _PATIENCE:
            os._exit(128 + number)

    taken = [number for number in _ENDING if signal.getsignal(number) is signal.SIG_DFL]
    for number in taken:
        signal.signal(number, handle)
    hook = sys.unraisablehook
    sys.unraisablehook = partial(_raise_again, hook)
    try:
        yield
    finally:
        sys.unraisablehook = hook
        for number in taken:
            signal.signal(number, signal.SIG_DFL)


def _raise_again(hook: Callable[[Any], None], swallowed: Any) -> None:  # noqa: ANN401  # has no public type
    """Have an Interrupted that was swallowed raised once more, when what swallowed it is over; else call *hook*."""
    interrupted = swallowed.exc_value
    if not isinstance(interrupted, Interrupted):
        hook(swallowed)
        return

    def handle(_number: int, _frame: FrameType | None) -> None:
        raise Interrupted(interrupted.number)

    signal.signal(signal.SIGALRM, handle)
    signal.setitimer(signal.ITIMER_REAL, _MOMENT)


def ignore_endings() -> None:
    """Let no signal that asks for an end change how one turns out that is under way."""
    for number in (*_ENDING, signal.SIGALRM):
        signal.signal(number, signal.SIG_IGN)


def interruption(exc: BaseException) -> Interrupted | None:
    """The signal behind *exc*: cleaning up after it may have failed, at a closed terminal for one."""
    seen: BaseException | None = exc
    while seen is not None:
        if isinstance(seen, Interrupted):
            return seen
        seen = seen.__cause__ or seen.__context__
    return None
