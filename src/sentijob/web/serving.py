"""The application behind a socket, until a signal ends it."""

from __future__ import annotations

import uvicorn

from sentijob.ports import Store
from sentijob.settings import Settings
from sentijob.web.app import create_app


def run(store: Store, settings: Settings, *, host: str, port: int) -> None:
    """Serve until a signal."""
    config = uvicorn.Config(
        create_app(store, settings, has_page=True),
        host=host,
        port=port,
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=5,
    )
    uvicorn.Server(config).run()
