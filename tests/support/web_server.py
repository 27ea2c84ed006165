"""The server itself, guarded and on a real socket, in a thread of the test."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from sentijob.ports import Store
from sentijob.settings import Settings
from sentijob.web.app import create_app
from sentijob.web.guard.connections import server_config
from sentijob.web.guard.gate import guarded


@contextmanager
def served(store: Store, settings: Settings, *, host: str = "127.0.0.1") -> Iterator[str]:
    """Its address, for as long as the block runs."""
    app = guarded(create_app(store, settings), store, settings, host=host)
    server = uvicorn.Server(server_config(app, settings, host=host, port=0))
    thread = threading.Thread(target=server.run, name="server")
    thread.start()
    try:
        _await_start(server, thread)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


def _await_start(server: uvicorn.Server, thread: threading.Thread) -> None:
    deadline = time.monotonic() + 30
    while not server.started:
        assert thread.is_alive(), "the server didn't start"
        assert time.monotonic() < deadline, "the server takes too long to start"
        time.sleep(0.01)
