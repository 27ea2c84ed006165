"""A worker beside the server: started again when it dies, stopped with the server, and never left behind."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from datetime import timedelta

from sentijob.durations import format_duration
from sentijob.errors import UsageError
from sentijob.worker.leash import LEASH_VARIABLE

FIRST_PAUSE = timedelta(seconds=1)
LONGEST_PAUSE = timedelta(minutes=1)
_STEADY = timedelta(minutes=1)
"""A worker that ran for longer didn't die over what it needs to begin."""
_PATIENCE = 25.0
"""Seconds to finish a chunk in; then it is to be released."""
_LAST_WAIT = 10.0

_log = logging.getLogger(__name__)


class Companion:
    """Keeps *command* running, a worker's, from :meth:`start` on until it is told to stop.

    Should this process be killed, the worker notices, finishes its chunk and ends.

    Raises:
        UsageError: this system can't run it so.
    """

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str] | None = None,
        *,
        first_pause: timedelta = FIRST_PAUSE,
    ) -> None:
        if sys.platform == "win32":
            raise UsageError("there is no worker beside a server on Windows: run `sentijob worker`")
        self._command = command
        self._environment = {**os.environ, **(environment or {})}
        self._first_pause = first_pause
        self._is_stopping = threading.Event()
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep, name="companion", daemon=True)

    def start(self) -> None:
        """Begin; at most once."""
        self._thread.start()

    def request_stop(self) -> None:
        """Have the worker finish its chunk and end, and start no other. Returns at once."""
        with self._lock:
            if not self._is_stopping.is_set():
                self._is_stopping.set()
                self._terminate()

    def close(self) -> None:
        """Wait until it has stopped, less and less patiently."""
        self.request_stop()
        if self._thread.ident is None:
            return
        self._thread.join(_PATIENCE)
        if self._thread.is_alive():
            self._terminate()
            self._thread.join(_LAST_WAIT)
        if self._thread.is_alive() and self._process is not None:
            self._process.kill()
            self._thread.join(_LAST_WAIT)

    def _terminate(self) -> None:
        if self._process is not None:
            self._process.terminate()

    def _keep(self) -> None:
        pause = self._first_pause
        while not self._is_stopping.is_set():
            began = time.monotonic()
            status = self._run_once()
            if self._is_stopping.is_set():
                return
            if time.monotonic() - began > _STEADY.total_seconds():
                pause = self._first_pause
            _log.warning(
                "the worker %s; another one starts in %s", _ending(status), format_duration(pause)
            )
            self._is_stopping.wait(pause.total_seconds())
            pause = min(pause * 2, LONGEST_PAUSE)

    def _run_once(self) -> int | None:
        """The worker's exit status; None where there wasn't to be one, or none could be started."""
        theirs, ours = os.pipe()
        try:
            with self._lock:
                if self._is_stopping.is_set():
                    return None
                self._process = process = self._started(theirs)
            os.close(theirs)
            theirs = -1
            return process.wait()
        except OSError as exc:
            _log.warning("no worker can be started: %s", exc)
            return None
        finally:
            os.close(ours)
            if theirs >= 0:
                os.close(theirs)

    def _started(self, leash: int) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603  # the command is our own
            self._command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=(leash,),
            env={**self._environment, LEASH_VARIABLE: str(leash)},
            process_group=0,  # Ctrl-C is for the server, which stops its worker once and in order
        )


def _ending(status: int | None) -> str:
    if status is None:
        return "didn't start"
    if status < 0:
        return f"was killed by {signal.Signals(-status).name}"
    return f"ended with status {status}"
