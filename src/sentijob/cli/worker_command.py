"""How a worker is started as a process of its own, whatever folder and environment that is in."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sentijob.places import has_password, is_url

if TYPE_CHECKING:
    from sentijob.cli.conduct import Conduct
    from sentijob.settings import Settings


def worker_command(conduct: Conduct, settings: Settings) -> list[str]:
    """The words that start a worker on this very store."""
    return [sys.executable, "-m", "sentijob", "worker", *_named(settings), *conduct.arguments()]


def hidden(settings: Settings) -> dict[str, str]:
    """The store as a variable, where it can't be a flag."""
    return {"SENTIJOB_DB": settings.db} if has_password(settings.db) else {}


def _named(settings: Settings) -> list[str]:
    """The store as a flag; a password in it would be there for all who list processes."""
    if has_password(settings.db):
        return []
    if is_url(settings.db):
        return ["--db", settings.db]
    return ["--db", str(Path(settings.db).absolute())]
