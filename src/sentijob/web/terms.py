"""What is asked for texts that come in here, where their sender doesn't say."""

from __future__ import annotations

from sentijob.jobs import Terms
from sentijob.settings import Settings


def server_terms(settings: Settings, priority: int, model: str | None = None) -> Terms:
    """Terms as the server is set, for *model* or else its own."""
    return Terms(
        settings.model if model is None else model,
        priority,
        max_attempts=settings.max_attempts,
        store_text=settings.store_text,
    )
