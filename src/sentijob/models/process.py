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
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import IO, NamedTuple, cast

from sentijob.errors import (
    ModelCrashError,
    ModelError,
    ModelMemoryError,
    ModelTimeoutError,
    ModelUnavailableError,
)
from sentijob.jobs import Sentiment
from sentijob.models.chatter import Chatter
from sentijob.models.frames import Channel, encode
from sentijob.models.wire import error_from, sentiments_from

# -P: a folder that happens to be the current one brings no modules.
COMMAND = (sys.executable, "-P", "-m", "sentijob.models.serve")
LARGEST_ANSWER = 1 << 26
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


class ProcessModel:
    """Starts its process at once, and is a SentimentModel as soon as :meth:`await_loaded` has returned.

    Once the process is lost, every call fails: load another. One thread
    calls; any other may :meth:`close`, which ends a call that runs.
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
                answer = self._ask(self._terms, self._limits.load)
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
            ModelLostError: the process is gone; any of the *texts* may have done it.
        """
        deadline = self._limits.call + self._limits.per_text * len(texts)
        try:
            answer = self._ask({"texts": list(texts)}, deadline)
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

    def _ask(self, message: object, patience: timedelta) -> dict[str, object]:
        """Send a message; its answer."""
        with self._lock:
            deadline = time.monotonic() + patience.total_seconds()
            try:
                self._channel.send(encode(message), deadline=deadline)
                answer = self._channel.receive(deadline=deadline)
            except TimeoutError:
                self.close()
                raise ModelTimeoutError(
                    f"the model {self.name} gave no answer within {patience.total_seconds():g}s,"
                    " and was killed"
                ) from None
            except (EOFError, OSError) as exc:
                raise self._death() from exc
            except ValueError as exc:
                self.close()
                raise ModelCrashError(
                    f"the process of model {self.name} said what can't be understood: {exc}"
                ) from exc
            except BaseException:
                self.close()  # an answer may come yet, and would be taken for that to the next call
                raise
        if error := error_from(answer):
            raise error
        if not isinstance(answer, dict):
            raise ModelError(f"the process of model {self.name} gave no answer but {answer!r:.80}")
        return answer

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
