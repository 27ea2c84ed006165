"""stdin as it comes: a pause in it is a chance to write down what has come so far."""

from __future__ import annotations

import os
import select
import time
from collections.abc import Callable

_PATIENCE = 0.1
"""Seconds a text may wait for more to come before it is written down."""


class PatientStream:
    """The bytes of a descriptor; *on_pause* is called before a wait for more of them grows long.

    A source that brings its bytes in small pieces causes at most ten calls a second.
    """

    def __init__(self, descriptor: int, on_pause: Callable[[], None]) -> None:
        self._descriptor = descriptor
        self._on_pause = on_pause
        self._paused_at = time.monotonic()

    def read1(self, size: int, /) -> bytes:
        """Up to *size* bytes, as soon as there are any; none only at the end."""
        patience = max(self._paused_at + _PATIENCE - time.monotonic(), 0)
        if not select.select([self._descriptor], [], [], patience)[0]:
            self._on_pause()
            self._paused_at = time.monotonic()
        return os.read(self._descriptor, size)
