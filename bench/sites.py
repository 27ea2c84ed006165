"""The servers that are loaded: `sentijob serve` and its ancestor, each with a database of its own."""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

from draining import null_model_installed
from harness import SENTIJOB, scratch_store, store_of, wait_until, worker_running
from http_clients import HOST

from sentijob.jobs import Selector

OPEN = ("pending", "processing")


class Site(NamedTuple):
    """A server that can be started, and its database."""

    command: Sequence[str]
    """What ``--port NUMBER`` completes."""
    env: Mapping[str, str]
    count_open: Callable[[], int]
    statuses: Callable[[], Mapping[str, str]]
    """Where every job in the database stands, by UUID."""


@contextmanager
def our_site(model: str) -> Iterator[Site]:
    """`sentijob serve` as it comes, with a worker in a process of its own that scores by *model*."""
    installed = null_model_installed() if model == "null" else nullcontext()
    with installed, scratch_store() as scratch, closing(store_of(scratch)) as store:
        env = {**scratch, "SENTIJOB_MODEL": model}
        if model == "null":
            env["PYTHONPATH"] = os.environ["PYTHONPATH"]

        def count_open() -> int:
            counts = store.counts()
            return counts.pending + counts.processing

        def statuses() -> Mapping[str, str]:
            return {str(job.job_uuid): job.status.value for job in store.each_job(Selector())}

        with worker_running(env, store):
            yield Site([SENTIJOB, "serve"], env, count_open, statuses)


@contextmanager
def ancestors_site(**variables: str) -> Iterator[Site]:
    """The ancestor under uvicorn, which is its worker too."""
    with tempfile.TemporaryDirectory(prefix="sentijob-bench-") as folder:
        database = Path(folder) / "ancestor.db"

        def rows(query: str) -> list[tuple[str, str]]:
            with closing(sqlite3.connect(database, timeout=60)) as connection:
                return connection.execute(query).fetchall()

        yield Site(
            [sys.executable, "-m", "uvicorn", "ancestor:app", "--no-access-log"],
            {
                **os.environ,
                "PYTHONPATH": str(Path(__file__).parent),
                "ANCESTOR_DATABASE": f"sqlite:///{database}",
                **variables,
            },
            lambda: len(rows(f"SELECT 1 FROM jobs WHERE status IN {OPEN}")),  # noqa: S608 - our own words
            lambda: dict(rows("SELECT job_uuid, status FROM jobs")),
        )


class Server(AbstractContextManager["Server"]):
    """A site's server at a port, as often as it is started."""

    def __init__(self, site: Site, port: int) -> None:
        self._site = site
        self._port = port
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(
            [*self._site.command, "--port", str(self._port)],
            env=self._site.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_until(self._listens, f"port {self._port} is served", seconds=60)

    def restart(self) -> float:
        """Kill it and start it again; the seconds until it is back."""
        began = perf_counter()
        self._kill()
        self.start()
        return perf_counter() - began

    def _listens(self) -> bool:
        if self._process is None or self._process.poll() is not None:
            raise SystemExit(f"{self._site.command} ended: start it by hand to see why.")
        with socket.socket() as probe:
            return probe.connect_ex((HOST, self._port)) == 0

    def _kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def __exit__(self, *_: object) -> None:
        self._kill()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
