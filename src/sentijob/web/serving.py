"""The application behind a socket, until a signal ends it."""

from __future__ import annotations

import uvicorn

from sentijob.ports import Store
from sentijob.settings import Settings
from sentijob.web.app import create_app
from sentijob.web.guard.connections import patient
from sentijob.web.guard.gate import check_exposure, guarded

_LARGEST_MESSAGE = 2**20
"""Bytes, from a page's websocket."""


def run(store: Store, settings: Settings, *, host: str, port: int) -> None:
    """Serve until a signal.

    Raises:
        UsageError: tokens are needed there, and the store has none.
    """
    check_exposure(store, settings, host)
    uvicorn.Server(configured(store, settings, host=host, port=port)).run()


def configured(store: Store, settings: Settings, *, host: str, port: int) -> uvicorn.Config:
    """How uvicorn is to serve the application, guarded."""
    return uvicorn.Config(
        guarded(create_app(store, settings), store, settings, host=host),
        host=host,
        port=port,
        http=patient(settings.client_timeout),
        limit_concurrency=settings.max_connections,
        proxy_headers=False,  # anybody could write them
        ws_max_size=_LARGEST_MESSAGE,
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=5,
    )
