"""A worker in the background: at most one for each store, found by the lock it holds and never by its pid alone."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from enum import Enum
from pathlib import Path
from typing import NamedTuple

from sentijob.errors import ConflictError, StoreError, UsageError
from sentijob.worker import locks

READY_VARIABLE = "SENTIJOB_READY_FD"
"""Names the descriptor on which a background worker says that it is ready."""
LOG_LIMIT = 5_000_000
"""Bytes of a log that is set aside, as ``worker.log.1``, at the next start."""
_LAST_LINES = 10
_LOOKS, _BETWEEN_LOOKS = 100, 0.01
_LOOK_EVERY = timedelta(milliseconds=20)


class DaemonStatus(NamedTuple):
    """Whether a background worker runs, and as which process; its pid may be unknown for an instant."""

    is_running: bool
    pid: int | None


class Stopped(Enum):
    """How a background worker came to its end."""

    WAS_NOT_RUNNING = "was not running"
    FINISHED = "finished its chunk"
    RELEASED = "released its chunk"


def log_path(folder: Path) -> Path:
    """Where the background worker of this run folder writes its log."""
    return folder / "worker.log"


def status(folder: Path) -> DaemonStatus:
    """Whether a background worker holds this run folder.

    Raises:
        StoreError: somebody else may have filled the folder, or its lock can't be read.
    """
    try:
        locks.insist_on_own_folder(folder)
        is_running = locks.is_held(_lock_path(folder))
    except FileNotFoundError:
        is_running = False
    return DaemonStatus(is_running, _read_holder(folder)[0] if is_running else None)


def start(
    command: Sequence[str],
    folder: Path,
    *,
    environment: Mapping[str, str] | None = None,
    timeout: timedelta = timedelta(seconds=30),
) -> int:
    """Run *command* detached, once it says that it is ready; its pid.

    The command must :func:`hold` the same folder and then :func:`report_ready`. What everyone who can
    list processes must not see goes into *environment*, which is added to our own.

    Raises:
        ConflictError: a background worker runs already.
        StoreError: it ended before it was ready; the message has its last lines.
        UsageError: this system can't run it so.
    """
    if sys.platform == "win32":
        raise UsageError("there is no background worker on Windows: run `sentijob worker` instead")
    locks.make_private_folder(folder)
    _refuse_second(folder)
    log = _open_log(folder)
    ready, child_end = os.pipe()
    try:
        process = subprocess.Popen(  # noqa: S603  # the command is our own
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            pass_fds=(child_end,),
            env={**os.environ, **(environment or {}), READY_VARIABLE: str(child_end)},
        )
        os.close(child_end)
        _await_ready(ready, process, folder, timeout)
    finally:
        os.close(log)
        os.close(ready)
    return process.pid


@contextlib.contextmanager
def hold(folder: Path) -> Iterator[None]:
    """Be the background worker of this run folder until the block, or the process, ends.

    Raises:
        ConflictError: another one is.
    """
    locks.make_private_folder(folder)
    fd = locks.open_private(_lock_path(folder))
    try:
        if not _is_taken(fd, folder):
            raise ConflictError(f"a background worker is just starting in {folder}")
        holder = json.dumps({"pid": os.getpid(), "started": _start_of(os.getpid())})
        os.ftruncate(fd, 0)
        os.pwrite(fd, holder.encode(), 0)
        yield
    finally:
        os.close(fd)


def report_ready(environ: Mapping[str, str] = os.environ) -> None:
    """Tell the process that started this one that all is well; without one, nothing happens."""
    written = environ.get(READY_VARIABLE, "")
    if written.isdecimal():
        with contextlib.suppress(OSError):  # whoever started us has gone
            os.write(int(written), b"ready")
            os.close(int(written))


def stop(
    folder: Path,
    *,
    timeout: timedelta = timedelta(seconds=25),
    last_wait: timedelta = timedelta(seconds=10),
) -> Stopped:
    """Ask the background worker to finish its chunk; after *timeout*, to release it and end in *last_wait*.

    Raises:
        ConflictError: it runs on, or can't be told for certain.
    """
    if not status(folder).is_running:
        return Stopped.WAS_NOT_RUNNING
    _terminate(folder)
    if _is_free_within(folder, timeout):
        return Stopped.FINISHED
    _terminate(folder)
    if _is_free_within(folder, last_wait):
        return Stopped.RELEASED
    pid = status(folder).pid
    raise ConflictError(f"the background worker (pid {pid}) doesn't end; see {log_path(folder)}")


def last_lines(folder: Path, count: int = _LAST_LINES) -> list[str]:
    """The end of the log; nothing where there is none."""
    try:
        with os.fdopen(locks.open_for_reading(log_path(folder)), "rb") as log:
            log.seek(max(log.seek(0, os.SEEK_END) - 200 * count, 0))
            return log.read().decode(errors="replace").splitlines()[-count:]
    except FileNotFoundError:
        return []


def _is_taken(fd: int, folder: Path) -> bool:
    """Take the lock; whoever only looks whether it is held holds it too, for a moment, and is waited out.

    Raises:
        ConflictError: another worker holds it.
    """
    for _ in range(_LOOKS):
        if locks.take(fd):
            return True
        _refuse_second(folder)
        time.sleep(_BETWEEN_LOOKS)
    return False


def _lock_path(folder: Path) -> Path:
    return folder / "daemon.lock"


def _refuse_second(folder: Path) -> None:
    found = status(folder)
    if found.is_running:
        raise ConflictError(
            f"a background worker runs already (pid {found.pid});"
            " `sentijob worker stop` ends it, `sentijob worker` starts another in the foreground"
        )


def _open_log(folder: Path) -> int:
    path = log_path(folder)
    with contextlib.suppress(FileNotFoundError):
        if path.lstat().st_size > LOG_LIMIT:
            path.replace(path.with_name(f"{path.name}.1"))
    fd = locks.open_private(path, os.O_APPEND)
    os.fchmod(fd, 0o600)
    return fd


def _await_ready(
    ready: int, process: subprocess.Popen[bytes], folder: Path, timeout: timedelta
) -> None:
    readable, _, _ = select.select([ready], [], [], timeout.total_seconds())
    if readable and os.read(ready, 5):
        process.returncode = 0  # it is on its own now, and nobody will wait for it
        return
    if not readable:
        process.terminate()
    code = process.wait()
    _refuse_second(folder)
    tail = "\n".join(last_lines(folder))
    why = f"ended with status {code}" if readable else "wasn't ready in time"
    raise StoreError(f"the background worker {why}; {log_path(folder)} says:\n{tail}")


def _read_holder(folder: Path) -> tuple[int | None, str | None]:
    """The pid and start that the lock's holder wrote; None where it hasn't yet."""
    try:
        with os.fdopen(locks.open_for_reading(_lock_path(folder)), "rb") as file:
            holder = json.load(file)
        return int(holder["pid"]), holder["started"]
    except (OSError, StoreError, ValueError, KeyError, TypeError):
        return None, None


def _start_of(pid: int) -> str | None:
    """When a process began, as Linux counts; None elsewhere, and where there is none of that pid."""
    try:
        content = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    # Field 22; the second one, in parentheses, may hold spaces. Source: proc(5).
    return content.rpartition(")")[2].split()[19]


def _terminate(folder: Path) -> None:
    """Send SIGTERM to the lock's holder, and to nobody who has its pid by chance."""
    pid, started = _read_holder(folder)
    if pid is None:
        raise ConflictError(f"{_lock_path(folder)} doesn't say who holds it; try again")
    with contextlib.suppress(ProcessLookupError):
        if sys.platform == "linux":
            # Opened before it is checked: what it names can't change any more.
            pidfd = os.pidfd_open(pid)
            try:
                if _start_of(pid) == started and status(folder).is_running:
                    signal.pidfd_send_signal(pidfd, signal.SIGTERM)
            finally:
                os.close(pidfd)
        elif status(folder).is_running:
            os.kill(pid, signal.SIGTERM)


def _is_free_within(folder: Path, timeout: timedelta) -> bool:
    deadline = time.monotonic() + timeout.total_seconds()
    while status(folder).is_running:
        if time.monotonic() >= deadline:
            return False
        time.sleep(_LOOK_EVERY.total_seconds())
    return True
