"""A model in a process of its own: what hangs it, kills it or takes all its memory harms nobody else."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import IO, NamedTuple, cast

from sentijob.errors import (
    ModelCrashError,
    ModelError,
    ModelMemoryError,
    ModelTimeoutError,
    ModelUnavailableError,
    ModelUnreachedError,
)
from sentijob.jobs import Sentiment
from sentijob.models.chatter import Chatter
from sentijob.models.frames import Channel, encode
from sentijob.models.wire import error_from, sentiments_from

# -P: a folder that happens to be the current one brings no modules.
COMMAND = (sys.executable, "-P", "-m", "sentijob.models.serve")
LARGEST_ANSWER = 1 << 26
_MOST_ANNOUNCED = 2
"""The call that runs, and the next."""
_LAST_WAIT = 5.0
"""Seconds for a process to end that was killed or has closed its pipe; the kernel may be slow to let it go."""
_HELD_BACK = {
    getattr(signal, name)
    for name in ("SIGINT", "SIGHUP", "SIGTERM")
    if sys.platform != "win32" and hasattr(signal, name)
}
_LOGGER = logging.getLogger("sentijob.model")


class Limits(NamedTuple):
    """What a model's process may take before it is killed."""

    call: timedelta = timedelta(minutes=2)
    per_text: timedelta = timedelta(0)
    """What each text adds to a call: a model may wait on purpose."""
    load: timedelta = timedelta(minutes=10)
    memory: int = 0
    """In bytes; 0 for no limit."""


class _Call:
    """A message to the process, and what became of it."""

    def __init__(self, message: object, patience: timedelta, texts: Sequence[str] = ()) -> None:
        self.frame = encode(message)
        self.patience = patience.total_seconds()
        self.texts = texts
        self.answer: object = None
        self.loss: ModelError | None = None


class ProcessModel:
    """Starts its process at once, and is a SentimentModel as soon as :meth:`await_loaded` has returned.

    Once the process is lost, every call fails: load another. One thread
    calls; any other may :meth:`close`, which ends a call that runs.

    Calls are answered in the order in which they were sent. One may be sent
    while another runs, by :meth:`announce`: then the process goes on to it
    at once, and doesn't wait until its last answer has been read. If it is
    lost, the call that it was at is to blame, and none behind it.
    """

    def __init__(
        self,
        name: str,
        terms: Mapping[str, object],
        limits: Limits,
        *,
        command: Sequence[str] = COMMAND,
        logger: logging.Logger = _LOGGER,
    ) -> None:
        self.name = name
        self.revision = ""
        self._terms = {"model": name, **terms}
        self._limits = limits
        self._lock = threading.RLock()
        self._is_loaded = False
        self._sent: deque[_Call] = deque()
        """Not yet answered; the process is at the first."""
        self._announced: deque[_Call] = deque(maxlen=_MOST_ANNOUNCED)
        """Not yet asked for by :meth:`predict`, whether answered or not."""
        self._process, reading, writing = _start(command, limits.memory)
        self._channel = Channel(
            reading, writing, largest=LARGEST_ANSWER, is_cut=lambda: not self.is_alive
        )
        self._chatter = Chatter(name, cast("IO[bytes]", self._process.stdout), logger)
        self._chatter.start()

    @property
    def is_alive(self) -> bool:
        """Whether the process runs."""
        return self._process.poll() is None

    @property
    def pid(self) -> int:
        return self._process.pid

    def await_loaded(self) -> None:
        """Wait until the model can predict.

        Raises:
            ModelUnavailableError: it can't be loaded; its process has ended.
        """
        with self._lock:
            if self._is_loaded:
                return
            try:
                answer = self._answer_to(self._send(_Call(self._terms, self._limits.load)))
            except (ModelTimeoutError, ModelCrashError) as exc:
                said = self._chatter.last_line()
                why = f"{exc}; it said: {said}" if said else str(exc)
                raise ModelUnavailableError(
                    f"the model {self.name} can't be loaded: {why}"
                ) from exc
            except ModelError as exc:
                self.close()
                raise ModelUnavailableError(self._why_not(exc)) from exc
            self.name, self.revision = str(answer.get("name")), str(answer.get("revision"))
            self._is_loaded = True

    def predict(self, texts: Sequence[str]) -> Sequence[Sentiment]:
        """See :class:`sentijob.ports.SentimentModel`.

        Raises:
            ModelUnreachedError: the process is gone, over other texts that were announced before.
            ModelLostError: the process is gone; any of the *texts* may have done it.
        """
        try:
            with self._lock:
                answer = self._answer_to(self._taken(texts) or self._send(self._call(texts)))
        except ModelMemoryError as exc:
            # It may go on to hold what it couldn't use, and fail every text from now on.
            self.close()
            raise ModelMemoryError(self._starved(exc)) from exc
        self.revision = str(answer.get("revision"))
        return sentiments_from(answer)

    def close(self) -> None:
        """End the process, at once: it holds nothing that could be lost."""
        self._kill()
        with self._lock:
            self._channel.close()

    def announce(self, texts: Sequence[str]) -> None:
        """Have the process go on to *texts* next; :meth:`predict` of the same gives what it said.

        Of what is announced and never asked for, the newest is kept. Whatever
        goes wrong is raised by :meth:`predict`.
        """
        with self._lock:
            if any(call.texts == texts for call in self._announced):
                return
            self._announced.append(self._send(self._call(texts)))

    def _call(self, texts: Sequence[str]) -> _Call:
        patience = self._limits.call + self._limits.per_text * len(texts)
        return _Call({"texts": list(texts)}, patience, texts)

    def _taken(self, texts: Sequence[str]) -> _Call | None:
        """The call that announced *texts*; those announced before it aren't waited for any more."""
        for place, call in enumerate(self._announced):
            if call.texts == texts:
                for _ in range(place + 1):
                    self._announced.popleft()
                return call
        return None

    def _send(self, call: _Call) -> _Call:
        self._sent.append(call)
        with self._losses_noted():
            self._channel.send(call.frame, deadline=time.monotonic() + self._sent[0].patience)
        return call

    def _answer_to(self, call: _Call) -> dict[str, object]:
        """The answer to a call that was sent; those before it are read, and kept."""
        while call in self._sent:
            first = self._sent[0]
            with self._losses_noted():
                first.answer = self._channel.receive(deadline=time.monotonic() + first.patience)
                self._sent.popleft()
        if call.loss is not None:
            raise call.loss
        if error := error_from(call.answer):
            raise error
        if not isinstance(call.answer, dict):
            raise ModelError(
                f"the process of model {self.name} gave no answer but {call.answer!r:.80}"
            )
        return call.answer

    @contextlib.contextmanager
    def _losses_noted(self) -> Iterator[None]:
        """Turn an end of the process into the loss of each call that isn't answered."""
        try:
            yield
        except TimeoutError:
            self.close()
            patience = f"{self._sent[0].patience:g}s"
            self._lose(
                ModelTimeoutError(
                    f"the model {self.name} gave no answer within {patience}, and was killed"
                )
            )
        except (EOFError, OSError):
            self._lose(self._death())
        except ValueError as exc:
            self.close()
            self._lose(
                ModelCrashError(
                    f"the process of model {self.name} said what can't be understood: {exc}"
                )
            )
        except BaseException:
            self.close()  # an answer may come yet, and would be taken for that to the next call
            raise

    def _lose(self, loss: ModelError) -> None:
        """The first call, at which the process was, is to blame; no other is."""
        for place, call in enumerate(self._sent):
            call.loss = ModelUnreachedError(f"{loss}, over other texts") if place else loss
        self._sent.clear()

    def _why_not(self, error: ModelError) -> str:
        """What is told of a model that can't be loaded."""
        if isinstance(error, ModelMemoryError):
            return self._starved(error)
        if isinstance(error, ModelUnavailableError):
            return str(error)
        return f"the model {self.name} can't be loaded: {error}"

    def _starved(self, error: ModelError) -> str:
        return (
            f"the model {self.name} had no memory left ({error});"
            " SENTIJOB_MODEL_MEMORY allows it more"
        )

    def _death(self) -> ModelCrashError:
        """How the process came to its end."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_LAST_WAIT)
        status = self._process.returncode
        self.close()
        return ModelCrashError(f"the process of model {self.name} {_ending(status)}")

    def _kill(self) -> None:
        if self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)  # and whatever it has started
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_LAST_WAIT)


def _start(command: Sequence[str], memory: int) -> tuple[subprocess.Popen[bytes], int, int]:
    """The process, and the ends of its pipes to read from and to write to, which don't block."""
    their_reading, writing = os.pipe()
    reading, their_writing = os.pipe()
    arguments = [str(one) for one in (their_reading, their_writing, os.getpid(), memory)]
    try:
        with _signals_held_back():
            process = subprocess.Popen(  # noqa: S603  # our own module
                [*command, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                pass_fds=(their_reading, their_writing),
                process_group=0,  # out of the reach of Ctrl-C, and killed with all that it starts
            )
    except BaseException:
        os.close(reading)
        os.close(writing)
        raise
    finally:
        os.close(their_reading)
        os.close(their_writing)
    os.set_blocking(reading, False)
    os.set_blocking(writing, False)
    return process, reading, writing


@contextlib.contextmanager
def _signals_held_back() -> Iterator[None]:
    """Let a process that is started within be born with the signals held back that it is going to ignore."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _HELD_BACK)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _ending(status: int | None) -> str:
    if status is None:
        return "closed its pipe"
    if status >= 0:
        return f"ended with status {status}"
    with contextlib.suppress(ValueError):
        name = signal.Signals(-status).name
        return f"was killed by {name}" + (", as where memory runs out" if name == "SIGKILL" else "")
    return f"was killed by signal {-status}"
