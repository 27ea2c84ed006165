"""What a model's process does to itself at its start, so that it can harm nobody and outlive nobody."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from pathlib import Path

_IGNORED = ("SIGINT", "SIGHUP", "SIGTERM")
_PR_SET_PDEATHSIG = 1
_OOM_SCORE_ADJ = Path("/proc/self/oom_score_adj")
_FIRST_TO_GO = 500
"""Half of what can be asked for: the kernel takes this process before its worker, and before most."""


def confine(*, parent: int, memory: int) -> None:
    """End with *parent* and by nothing else it is told, and take no more than *memory* bytes (0: all)."""
    ignore_signals()
    die_with(parent)
    offer_to_the_oom_killer()
    limit_memory(memory)


def ignore_signals() -> None:
    """Leave stopping to the worker: what stops it is often sent to all processes of a service."""
    numbers = {getattr(signal, name) for name in _IGNORED if hasattr(signal, name)}
    for number in numbers:
        signal.signal(number, signal.SIG_IGN)
    # The worker starts us with these held back, so that none comes before it can be ignored.
    signal.pthread_sigmask(signal.SIG_UNBLOCK, numbers)


def die_with(parent: int) -> None:
    """Be killed when the thread that started us ends, even in a call that never returns.

    Elsewhere than on Linux the end of the pipe alone tells, as it does here too.
    """
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    if os.getppid() != parent:
        os._exit(0)  # it died before we had asked


def offer_to_the_oom_killer() -> None:
    """Where memory runs out, let the kernel take us and not the worker, which holds more than memory."""
    with contextlib.suppress(OSError, ValueError):
        if int(_OOM_SCORE_ADJ.read_text()) < _FIRST_TO_GO:
            _OOM_SCORE_ADJ.write_text(str(_FIRST_TO_GO))


def limit_memory(memory: int) -> None:
    """Make asking for more than *memory* bytes fail; Linux alone counts all that is asked for."""
    if not memory or sys.platform != "linux":
        return
    import resource

    # Not RLIMIT_AS: it counts address space that is only reserved, of which threads and GPUs take much.
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    soft = memory if hard == resource.RLIM_INFINITY else min(memory, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))
