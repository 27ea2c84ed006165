"""Drives the installed command as a person or a script would: a process, a folder, a terminal."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import sqlite3
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from fcntl import ioctl
from pathlib import Path
from typing import Any

DEADLINE = 30.0


@dataclass
class Shell:
    """A folder with a store of its own, and a way to run sentijob in it."""

    folder: Path
    variables: dict[str, str] = field(default_factory=dict)
    prefix: list[str] = field(default_factory=list)
    """What the command is an argument of, to run it under limits."""
    store_folder: Path | None = None
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def database(self) -> Path:
        return (self.store_folder or self.folder / "store") / "jobs.db"

    @property
    def environment(self) -> Mapping[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "LANG": "C.UTF-8",
            "TERM": "xterm-256color",
            "PYTHONWARNINGS": "error",
            "SENTIJOB_DB": str(self.database),
            "SENTIJOB_CONFIG": str(self.folder / "config.toml"),
            "SENTIJOB_DEMO_DELAY": "0",
            "SENTIJOB_MODEL": "demo",
            **self.variables,
        }

    def write(self, name: str, content: str | bytes) -> Path:
        """A file in the folder."""
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def attempt(
        self, *arguments: str, given: str | bytes | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run to the end, whatever its exit status; *given* is its stdin."""
        finished = subprocess.run(  # noqa: S603  # our own command
            [*self.prefix, sys.executable, "-m", "sentijob", *arguments],
            cwd=self.folder,
            env=self.environment,
            input=given.encode() if isinstance(given, str) else given,
            stdin=subprocess.DEVNULL if given is None else None,
            capture_output=True,
            timeout=DEADLINE,
            check=False,
        )
        return subprocess.CompletedProcess(
            finished.args, finished.returncode, finished.stdout.decode(), finished.stderr.decode()
        )

    def __call__(self, *arguments: str, given: str | bytes | None = None) -> str:
        """Run to the end and expect success; what it wrote to stdout."""
        finished = self.attempt(*arguments, given=given)
        assert finished.returncode == 0, finished.stderr
        return finished.stdout

    def json(self, *arguments: str) -> Any:
        """Run with ``--json`` and expect success; the document it wrote."""
        return json.loads(self(*arguments, "--json"))

    def lines(self, *arguments: str) -> list[dict[str, Any]]:
        """Run and expect success; the JSON lines it wrote."""
        return [json.loads(line) for line in self(*arguments).splitlines()]

    def start(
        self, *arguments: str, stdin: int = subprocess.DEVNULL, stdout: int = subprocess.PIPE
    ) -> subprocess.Popen[str]:
        """Run beside the test; what still runs at its end is killed."""
        command = [*self.prefix, sys.executable, "-m", "sentijob", *arguments]
        return self.start_run(command, stdin=stdin, stdout=stdout)

    def start_run(
        self, command: list[str], *, stdin: int = subprocess.DEVNULL, stdout: int = subprocess.PIPE
    ) -> subprocess.Popen[str]:
        """The same for a whole command line."""
        process = subprocess.Popen(  # noqa: S603  # our own command
            command,
            cwd=self.folder,
            env=self.environment,
            stdin=stdin,
            stdout=stdout,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.started.append(process)
        return process

    def at_terminal(self, *arguments: str, columns: int = 80) -> Screen:
        """Run at a terminal of its own."""
        command = [*self.prefix, sys.executable, "-m", "sentijob", *arguments]
        return self.at_terminal_run(command, columns=columns)

    def at_terminal_run(self, command: list[str], *, columns: int = 80) -> Screen:
        """The same for a whole command line."""
        return Screen.of(
            command,
            environment=self.environment,
            folder=self.folder,
            columns=columns,
        )

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Look into the database past the command line."""
        with closing(sqlite3.connect(f"{self.database.as_uri()}?mode=ro", uri=True)) as connection:
            return connection.execute(query).fetchall()

    def count(self, condition: str = "1") -> int:
        """How many jobs there are, 0 while there is no store."""
        try:
            return int(
                self.rows(f"SELECT count(*) FROM job WHERE {condition}")[0][0]
            )  # a test's own words
        except sqlite3.OperationalError:
            return 0

    def dump(self) -> list[list[tuple[Any, ...]]]:
        """All jobs and batches, to compare."""
        return [
            self.rows(f"SELECT * FROM {table}") for table in ("job", "job_text", "batch", "once")
        ]  # our names

    def close(self) -> None:
        """Kill what still runs."""
        for process in self.started:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout, process.stderr):
                if stream is not None:
                    stream.close()


@dataclass
class Screen:
    """A process at a pseudo-terminal, and all that it wrote there."""

    process: subprocess.Popen[bytes]
    master: int
    shown: str = ""

    @classmethod
    def of(
        cls, command: list[str], *, environment: Mapping[str, str], folder: Path, columns: int
    ) -> Screen:
        master, slave = pty.openpty()
        ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
        process = subprocess.Popen(  # noqa: S603  # our own command
            command,
            cwd=folder,
            env=environment,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)
        return cls(process, master)

    def read_until(self, condition: Callable[[str], bool]) -> str:
        """Read until what was shown meets *condition*."""
        end = time.monotonic() + DEADLINE
        while not condition(self.shown):
            assert time.monotonic() < end, f"never came: {self.shown!r}"
            assert self._read(), f"ended first: {self.shown!r}"
        return self.shown

    def finish(self) -> str:
        """Read to the end; all that was shown."""
        end = time.monotonic() + DEADLINE
        while self._read():
            assert time.monotonic() < end, f"never ended: {self.shown!r}"
        self.process.wait(DEADLINE)
        os.close(self.master)
        return self.shown

    def type(self, keys: str) -> None:
        """Press keys, control characters among them."""
        os.write(self.master, keys.encode())

    def interrupt(self) -> None:
        """Press Ctrl-C."""
        self.process.send_signal(signal.SIGINT)

    def _read(self) -> bool:
        if not select.select([self.master], [], [], 0.1)[0]:
            return True
        try:
            piece = os.read(self.master, 65536)
        except OSError:  # how Linux says that the other end is closed
            return False
        self.shown += piece.decode(errors="replace")
        return bool(piece)


def eventually(condition: Callable[[], Any], *, within: float = DEADLINE) -> Any:
    """What *condition* gives as soon as it is true."""
    end = time.monotonic() + within
    while not (outcome := condition()):
        assert time.monotonic() < end, "the condition never came true"
        time.sleep(0.005)
    return outcome
