"""Which route a request went to, for logs and metrics: never the address, which could hold a text."""

from __future__ import annotations

from starlette.types import Scope


def route_template(scope: Scope) -> str:
    """As ``/jobs/{job_uuid}``; ``-`` where no route took it, or none yet."""
    path = getattr(scope.get("route"), "path", None)
    return path if isinstance(path, str) and path else "-"
