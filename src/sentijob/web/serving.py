"""The application behind a socket, until a signal ends it."""

from __future__ import annotations

import uvicorn

from sentijob.ports import Store
from sentijob.settings import Settings
from sentijob.web.app import create_app
from sentijob.web.guard.connections import server_config
from sentijob.web.guard.gate import check_exposure, guarded


def run(store: Store, settings: Settings, *, host: str, port: int) -> None:
    """Serve until a signal.

    Raises:
        UsageError: tokens are needed there, and the store has none.
    """
    check_exposure(store, settings, host)
    app = guarded(create_app(store, settings), store, settings, host=host)
    uvicorn.Server(server_config(app, settings, host=host, port=port)).run()
