"""The ancestor and ``sentijob serve`` as processes beside a test, and clients that post to them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, NamedTuple

from http_clients import HOST
from shell import Shell, eventually
from sites import free_port

BENCH = Path(__file__).parents[2] / "bench"


class Reply(NamedTuple):
    """A status, and the JSON that came with it."""

    status: int
    body: Any


class Site(NamedTuple):
    """A server that answers at a port."""

    process: subprocess.Popen[str]
    port: int

    def ask(self, method: str, path: str, body: object = None) -> Reply:
        """One request."""
        connection = HTTPConnection(HOST, self.port, timeout=30)
        try:
            content = None if body is None else json.dumps(body)
            connection.request(method, path, content, {"Content-Type": "application/json"})
            response = connection.getresponse()
            return Reply(response.status, json.loads(response.read()))
        finally:
            connection.close()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


def serve(shell: Shell, *, port: int | None = None) -> Site:
    """``sentijob serve``, once it answers; what it logs goes to a file in the shell's folder."""
    return _answering(shell, [sys.executable, "-m", "sentijob", "serve"], port)


def serve_ancestor(shell: Shell) -> Site:
    """The ancestor, on a database in the shell's folder, once it answers."""
    shell.variables["ANCESTOR_DATABASE"] = f"sqlite:///{shell.folder / 'ancestor.db'}"
    command = [sys.executable, "-m", "uvicorn", "--app-dir", str(BENCH), "ancestor:app"]
    return _answering(shell, command, None)


def start_clients(port: int, options: Mapping[str, int]) -> subprocess.Popen[str]:
    """``http_clients.py``, once all of its clients are connected."""
    flags = [f"--{name}={value}" for name, value in options.items()]
    clients = subprocess.Popen(  # noqa: S603  # our own command
        [sys.executable, str(BENCH / "http_clients.py"), str(port), *flags],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert clients.stdout is not None
    assert clients.stdout.readline() == "connected\n"
    return clients


def _answering(shell: Shell, command: list[str], port: int | None) -> Site:
    number = port or free_port()
    site = Site(shell.start_run([*command, "--port", str(number)]), number)
    eventually(lambda: _is_healthy(site))
    return site


def _is_healthy(site: Site) -> bool:
    assert site.process.poll() is None, site.process.communicate()[1]
    try:
        return site.ask("GET", "/health").status == 200
    except ConnectionError:
        return False
