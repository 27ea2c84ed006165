"""One store under torture: its environment, its ledgers, and the processes on it, none of which outlives it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Protocol

from ledger_worker import Life
from predictable import NAME

from sentijob.jobs import Counts, Selector
from sentijob.ports import Store
from sentijob.settings import load_settings
from sentijob.wiring import open_store

HERE = Path(__file__).parent
SENTIJOB = str(Path(sys.executable).with_name("sentijob"))
_PATIENCE = 120.0


class Server(Protocol):
    """The database server behind a store, where there is one that may be broken too."""

    def restart(self) -> None:
        """End it at once and start it again; returns when it takes connections."""
        ...

    def new_url(self) -> str:
        """Names a store that doesn't exist yet."""
        ...


class TortureError(Exception):
    """The harness itself can't go on; says nothing about the store's promises."""


@dataclass
class Worker:
    """A worker process and what it left behind."""

    process: subprocess.Popen[str]
    ledger: Path
    log: Path

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def is_running(self) -> bool:
        return self.process.poll() is None

    def await_ready(self) -> bool:
        """Wait until it works; False where it has ended instead."""
        assert self.process.stdout is not None  # noqa: S101  # spawned with a pipe
        return self.process.stdout.readline() == "ready\n"

    def send(self, number: int) -> None:
        """Send a signal; nothing happens where it has ended."""
        self.process.send_signal(number)

    def end(self, number: int = signal.SIGKILL) -> int:
        """Send a signal and wait for the end; the exit status."""
        self.send(number)
        status = self.process.wait(_PATIENCE)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return status

    def logged(self) -> str:
        return self.log.read_text(encoding="utf-8")


@dataclass
class Arena:
    """A store, its folder for ledgers and logs, and every process started on it; safe for threads."""

    folder: Path
    db: str
    preload: Mapping[str, str] = field(default_factory=dict)
    """More environment for whatever is started."""
    _started: list[subprocess.Popen[str]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _is_closed: bool = False

    @property
    def environment(self) -> dict[str, str]:
        """What every process here is started with; nothing of the caller's own settings gets in."""
        own = {k: v for k, v in os.environ.items() if not k.startswith(("SENTIJOB_", "PYTHON"))}
        return {
            **own,
            "SENTIJOB_DB": self.db,
            "SENTIJOB_CONFIG": str(self.folder / "config.toml"),
            "SENTIJOB_MODEL": NAME,
            "NO_COLOR": "1",
            **self.preload,
        }

    def open_store(self) -> Store:
        """The store, in this process."""
        return open_store(load_settings(environ=self.environment))

    def start_worker(self, **conduct: object) -> Worker:
        """A worker that lives as the fields of :class:`~ledger_worker.Life` say."""
        with self._lock:
            name = f"{len(self._started):05}"
            ledger, log = self.folder / f"settles-{name}.jsonl", self.folder / f"worker-{name}.log"
            life = Life(ledger=str(ledger), **conduct)  # type: ignore[arg-type]  # as named there
            command = [sys.executable, str(HERE / "ledger_worker.py"), json.dumps(asdict(life))]
            with log.open("w") as errors:
                process = self._start(command, stdout=subprocess.PIPE, stderr=errors)
            return Worker(process, ledger, log)

    def start_command(
        self,
        arguments: Sequence[str],
        *,
        stdin: int | IO[str] = subprocess.DEVNULL,
        stdout: int | IO[str] = subprocess.DEVNULL,
        stderr: int | IO[str] = subprocess.DEVNULL,
    ) -> subprocess.Popen[str]:
        """``sentijob`` with these arguments."""
        with self._lock:
            return self._start([SENTIJOB, *arguments], stdin=stdin, stdout=stdout, stderr=stderr)

    def start_script(self, name: str, *arguments: str) -> subprocess.Popen[str]:
        """A script of this folder, with a pipe to and from it."""
        with self._lock:
            command = [sys.executable, str(HERE / name), *arguments]
            return self._start(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def run(self, *arguments: str) -> str:
        """``sentijob`` to its end; what it wrote.

        Raises:
            TortureError: it failed.
        """
        finished = subprocess.run(
            [SENTIJOB, *arguments],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            check=False,
        )
        if finished.returncode:
            raise TortureError(f"sentijob {' '.join(arguments)}: {finished.stderr.strip()}")
        return finished.stdout

    def export(self, ids: Sequence[str]) -> Iterable[str]:
        """The lines of ``sentijob results``."""
        return self.run("results", *ids, "--format", "jsonl").splitlines()

    def clear(self) -> None:
        """Empty the store of what an earlier scenario has put there."""
        with self.open_store() as store:
            store.cancel(Selector())
            store.prune(Selector())

    def close(self) -> None:
        """Kill what still runs; nothing more is started."""
        with self._lock:
            self._is_closed = True
        for process in self._started:
            if process.poll() is None:
                process.kill()
                process.wait(_PATIENCE)
            for stream in (process.stdin, process.stdout, process.stderr):
                if stream is not None:
                    with contextlib.suppress(OSError):
                        stream.close()

    def _start(
        self,
        command: Sequence[str],
        *,
        stdin: int | IO[str] = subprocess.DEVNULL,
        stdout: int | IO[str] = subprocess.DEVNULL,
        stderr: int | IO[str] = subprocess.DEVNULL,
    ) -> subprocess.Popen[str]:
        if self._is_closed:
            raise TortureError("this arena is closed")
        process = subprocess.Popen(
            command, env=self.environment, stdin=stdin, stdout=stdout, stderr=stderr, text=True
        )
        self._started.append(process)
        return process


@contextlib.contextmanager
def opened_arena(
    folder: Path, db: str | None, preload: Mapping[str, str] | None = None
) -> Iterator[Arena]:
    """An arena in an empty *folder*; its store is *db*, or else a SQLite file there.

    Raises:
        TortureError: *db* holds jobs that we haven't put there.
    """
    folder.mkdir(parents=True)
    arena = Arena(folder, db or str(folder / "jobs.db"), preload or {})
    with arena.open_store() as store:
        if store.counts() != Counts():
            raise TortureError(f"{store.location} holds jobs; name an empty database")
    try:
        yield arena
    finally:
        arena.close()
        if db is not None:
            arena.clear()


def wait_until(holds: Callable[[], bool], what: str, *, seconds: float = _PATIENCE) -> None:
    """Look every few milliseconds until it holds.

    Raises:
        TortureError: it didn't within *seconds*.
    """
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise TortureError(f"{what}: not within {seconds:g} s")
        time.sleep(0.01)
