"""Linux tells of writes in a folder: through inotify, for no processor time while nothing happens.

Source: inotify(7).
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import select
import struct
import time
from collections.abc import Collection
from datetime import timedelta
from pathlib import Path

_IN_MODIFY = 0x2
_IN_CREATE = 0x100
_IN_MOVED_TO = 0x80
_HEAD = struct.Struct("iIII")
_OVERFLOWN = 0x4000


class FolderEvents:
    """Waits for writes to the files of certain *names* in a folder; none of them is opened.

    Writes between two waits are kept by the system, and end the next one.

    Raises:
        OSError: this system has no inotify, or no watch to spare.
    """

    def __init__(self, folder: Path, names: Collection[str]) -> None:
        self._names = {os.fsencode(name) for name in names}
        self._stop = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._events = -1
        try:
            self._events = _watch(folder)
        except OSError:
            self.close()
            raise
        self._poll = select.poll()
        self._poll.register(self._events, select.POLLIN)
        self._poll.register(self._stop, select.POLLIN)

    def wait(self, timeout: timedelta) -> bool:
        """Whether something was written, or :meth:`wake` was called, before *timeout* had passed."""
        deadline = time.monotonic() + timeout.total_seconds()
        while True:
            left = max(deadline - time.monotonic(), 0.0)
            ready = {fd for fd, _ in self._poll.poll(left * 1000)}
            if not ready:
                return False
            if self._stop in ready:
                os.eventfd_read(self._stop)
                return True
            if self._is_news(self._drained()):
                return True

    def wake(self) -> None:
        """End a wait that is under way, or else the next."""
        os.eventfd_write(self._stop, 1)

    def close(self) -> None:
        """Give the descriptors back; nobody may be waiting."""
        for fd in (self._stop, self._events):
            if fd >= 0:
                os.close(fd)

    def _drained(self) -> bytes:
        """All events that are queued, so that a burst of writes wakes once."""
        content = b""
        with contextlib.suppress(BlockingIOError):
            while True:
                content += os.read(self._events, 65536)
        return content

    def _is_news(self, content: bytes) -> bool:
        at = 0
        while at < len(content):
            _, mask, _, length = _HEAD.unpack_from(content, at)
            at += _HEAD.size + length
            name = content[at - length : at].rstrip(b"\0")
            if mask & _OVERFLOWN or name in self._names:
                return True
        return False


def _watch(folder: Path) -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    fd: int = libc.inotify_init1(os.O_CLOEXEC | os.O_NONBLOCK)
    if fd < 0:
        raise OSError(ctypes.get_errno(), "no inotify")
    mask = _IN_MODIFY | _IN_CREATE | _IN_MOVED_TO
    if libc.inotify_add_watch(fd, os.fsencode(folder), mask) < 0:
        error = ctypes.get_errno()
        os.close(fd)
        raise OSError(error, f"{folder} can't be watched")
    return fd
