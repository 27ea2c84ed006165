"""The scenarios, and on which databases each can run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import storm
from reporting import Outcome
from trials import Trial

SQLITE = "sqlite"
POSTGRESQL = "postgresql"
EVERY = frozenset({SQLITE, POSTGRESQL})


@dataclass(frozen=True, slots=True)
class Scenario:
    """One way to break a store."""

    name: str
    summary: str
    run: Callable[[Trial], Outcome]
    databases: frozenset[str] = EVERY


SCENARIOS = (
    Scenario("storm", "workers and submitters are killed at any moment", storm.run),
)


def database_kind(db: str | None) -> str:
    """Which kind of database a ``--db`` names."""
    return POSTGRESQL if db is not None and db.startswith("postgres") else SQLITE
