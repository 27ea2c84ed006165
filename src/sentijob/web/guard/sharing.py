"""CORS for origins that were named, and for no others; never with cookies."""

from __future__ import annotations

from collections.abc import Collection

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp


def shared(app: ASGIApp, *, origins: Collection[str]) -> ASGIApp:
    """*app*, whose answers pages of these *origins* may read."""
    if not origins:
        return app
    return CORSMiddleware(
        app,
        allow_origins=origins,
        allow_methods=("GET", "POST", "DELETE"),
        allow_headers=("Authorization", "Content-Type", "Idempotency-Key", "Last-Event-ID"),
        expose_headers=("Link", "Location", "Retry-After"),
        allow_credentials=False,
    )
