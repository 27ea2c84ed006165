"""The scenarios, and on which databases each can run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import clocks
import crowds
import soak
import storm
import zombies
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
    Scenario("zombies", "workers are stopped past their lease, and wake", zombies.run),
    Scenario(
        "clocks",
        "the wall clock jumps an hour forward and back",
        clocks.run,
        frozenset({SQLITE}),  # a server goes by its own clock, which is not ours to set
    ),
    Scenario("crowds", "fifty submit at once, beside workers and watchers", crowds.run),
    Scenario("soak", "all of them in turn, beside workers whose memory is watched", soak.run),
)


def database_kind(db: str | None) -> str:
    """Which kind of database a ``--db`` names."""
    return POSTGRESQL if db is not None and db.startswith("postgres") else SQLITE
