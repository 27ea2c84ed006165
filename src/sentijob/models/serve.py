"""A model's process: loads one model, answers calls over its pipes, and ends with them.

Run as ``python -m sentijob.models.serve READING WRITING PARENT MEMORY``: two
descriptors, the pid of who started it, and how many bytes it may take. The
first message says what to load; each of the others holds texts.
"""

from __future__ import annotations

import faulthandler
import os
import sys
import threading
from collections.abc import Callable
from datetime import timedelta
from io import TextIOWrapper
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from sentijob.garbage import collected_rarely
from sentijob.models.confinement import confine
from sentijob.models.frames import Channel, encode
from sentijob.models.wire import answer_document, error_document

if TYPE_CHECKING:
    from sentijob.ports import SentimentModel

Message = Any


def main() -> None:
    """Serve until the pipe ends."""
    reading, writing, parent, memory = map(int, sys.argv[1:5])
    confine(parent=parent, memory=memory)
    # Whatever a model starts must not hold our pipes open.
    for descriptor in (reading, writing):
        os.set_inheritable(descriptor, False)  # noqa: FBT003  # it has no name
    faulthandler.enable()
    _print_line_by_line()
    channel = Channel(reading, writing)
    messages: SimpleQueue[Message] = SimpleQueue()
    threading.Thread(target=_listen, args=(channel, messages), daemon=True).start()
    with collected_rarely():
        _Service(channel, messages).run()


class _Service:
    """Answers every message with a document, or with what the model raised."""

    _model: SentimentModel

    def __init__(self, channel: Channel, messages: SimpleQueue[Message]) -> None:
        self._channel = channel
        self._messages = messages

    def run(self) -> None:
        self._answer(self._load)
        while True:
            self._answer(self._call)

    def _answer(self, step: Callable[[Message], object]) -> None:
        message = self._messages.get()
        error: object = None
        try:
            frame = encode(step(message))
        except BaseException as exc:  # noqa: BLE001  # a model is foreign code, and may raise SystemExit too
            error = error_document(exc)
        # By now the traceback is gone, and with it all the memory that it held on to.
        self._channel.send(frame if error is None else encode(error))

    def _load(self, message: Message) -> object:
        from sentijob.models.registry import load

        delay = timedelta(seconds=message["demo_delay"])
        self._model = load(message["model"], threads=message["threads"], demo_delay=delay)
        return {"name": self._model.name, "revision": self._model.revision}

    def _call(self, message: Message) -> object:
        sentiments = self._model.predict(message["texts"])
        return answer_document(self._model.revision, sentiments)


def _listen(channel: Channel, messages: SimpleQueue[Message]) -> None:
    """Take messages as they come; when they end, end the process, whatever the model is doing."""
    try:
        while True:
            messages.put(channel.receive())
    finally:
        os._exit(0)


def _print_line_by_line() -> None:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(line_buffering=True)


if __name__ == "__main__":
    main()
