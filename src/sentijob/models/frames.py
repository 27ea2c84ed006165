"""Messages between a worker and a model's process: JSON documents, each with its length before it.

Nothing that is read is ever run: JSON can say no more than it says.
"""

from __future__ import annotations

import json
import os
import select
import struct
import time
from collections.abc import Callable

_LENGTH = struct.Struct("!I")
_PIECE = 1 << 18
_LOOK_EVERY = 1.0


def encode(document: object) -> bytes:
    """A document as it goes over the pipe.

    Raises:
        TypeError, ValueError: JSON has no word for something in it.
    """
    body = _dumps(document).encode("utf-8", "surrogatepass")
    return _LENGTH.pack(len(body)) + body


class Channel:
    """A pipe to read from and a pipe to write to.

    Deadlines are by :func:`time.monotonic`, and hold where the pipes don't
    block. *is_cut* is asked now and then in a long wait: whether the other
    end is gone, though somebody else still holds its pipe open.
    """

    def __init__(
        self,
        reading: int,
        writing: int,
        *,
        largest: int = 2**32 - 1,
        is_cut: Callable[[], bool] = lambda: False,
    ) -> None:
        self._reading = reading
        self._writing = writing
        self._largest = largest
        self._is_cut = is_cut

    def send(self, frame: bytes, *, deadline: float | None = None) -> None:
        """Write a frame whole.

        Raises:
            TimeoutError: the other end doesn't read.
            EOFError: it is gone.
        """
        rest = memoryview(frame)
        while rest:
            try:
                rest = rest[os.write(self._writing, rest) :]
            except BlockingIOError:
                self._wait(self._writing, select.POLLOUT, deadline)
            except BrokenPipeError:
                raise EOFError from None

    def receive(self, *, deadline: float | None = None) -> object:
        """The next document.

        Raises:
            TimeoutError: none came in time.
            EOFError: the other end is gone.
            ValueError: what came is no document, or is larger than it may be.
        """
        (length,) = _LENGTH.unpack(self._read(_LENGTH.size, deadline))
        if length > self._largest:
            raise ValueError(f"a message of {length} bytes")
        try:
            return json.loads(self._read(length, deadline))
        except RecursionError:
            raise ValueError("a message that is nested too deeply") from None

    def close(self) -> None:
        """Close both pipes; nobody may be using them. Calling it twice is harmless."""
        for descriptor in (self._reading, self._writing):
            if descriptor >= 0:
                os.close(descriptor)
        self._reading = self._writing = -1

    def _read(self, count: int, deadline: float | None) -> bytes:
        read = bytearray()
        while len(read) < count:
            try:
                piece = os.read(self._reading, min(count - len(read), _PIECE))
            except BlockingIOError:
                self._wait(self._reading, select.POLLIN, deadline)
                continue
            if not piece:
                raise EOFError
            read += piece
        return bytes(read)

    def _wait(self, descriptor: int, event: int, deadline: float | None) -> None:
        """Wait until the pipe may be used; what is there already is never called late."""
        poll = select.poll()
        poll.register(descriptor, event)
        while not poll.poll(_milliseconds(deadline)):
            if deadline is not None and time.monotonic() >= deadline:
                raise TimeoutError
            if self._is_cut():
                # What it wrote before it died is still in the pipe.
                if poll.poll(0):
                    return
                raise EOFError


def _milliseconds(deadline: float | None) -> float:
    if deadline is None:
        return _LOOK_EVERY * 1000
    return min(max(deadline - time.monotonic(), 0), _LOOK_EVERY) * 1000


_dumps = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
