"""Which pending jobs come next, found by seeks alone.

Pending jobs stand in lanes, one for each priority, model and hold, each ordered by
when a job is due. The index ``job_pending`` holds just that, so the head of a lane is one
seek away, and delayed jobs, however many, never stand before a due one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

from sentijob.store.database import Connection
from sentijob.store.holds import Stretch, stretches


class Lane(NamedTuple):
    """One priority and model, a stretch of what holds its jobs, and when the first there is due."""

    priority: int
    model: str
    stretch: Stretch
    due_at: int
    """Now at the latest where the stretch is ahead of the clock: such jobs are due."""
    head_id: int


_FIRST = (
    "SELECT priority, model FROM job WHERE status = 'pending'"
    " ORDER BY priority DESC, model DESC LIMIT 1"
)
# Two seeks rather than one comparison of rows, for which SQLite walks all of a lane.
_NEXT_MODEL = (
    "SELECT priority, model FROM job WHERE status = 'pending' AND priority = ? AND model < ?"
    " ORDER BY model DESC LIMIT 1"
)
_NEXT_PRIORITY = (
    "SELECT priority, model FROM job WHERE status = 'pending' AND priority < ?"
    " ORDER BY priority DESC, model DESC LIMIT 1"
)
_HEAD = (
    "SELECT available_at, id FROM job WHERE status = 'pending' AND priority = ? AND model = ?"
    " AND hold = ? AND available_at > ? ORDER BY available_at, id LIMIT 1"
)


def lanes(
    connection: Connection, *, now_ms: int, min_priority: int | None = None
) -> Iterator[Lane]:
    """Every lane that has a pending job, the most urgent first."""
    found = connection.execute(_FIRST).fetchone()
    while found is not None:
        priority, model = found
        if min_priority is not None and priority < min_priority:
            return
        yield from _heads(connection, priority, model, now_ms)
        found = (
            connection.execute(_NEXT_MODEL, (priority, model)).fetchone()
            or connection.execute(_NEXT_PRIORITY, (priority,)).fetchone()
        )


def _heads(connection: Connection, priority: int, model: str, now_ms: int) -> Iterator[Lane]:
    for stretch in stretches(now_ms):
        head = connection.execute(
            _HEAD, (priority, model, stretch.hold.value, stretch.after)
        ).fetchone()
        if head is not None:
            due_at = min(head[0], now_ms) if stretch.is_ahead else head[0]
            yield Lane(priority, model, stretch, due_at, head[1])


def due_lanes(
    connection: Connection,
    *,
    now_ms: int,
    models: Collection[str] | None = None,
    exclude_models: Collection[str] = (),
    min_priority: int | None = None,
) -> Iterator[Lane]:
    """Lanes to claim from, in turn: by priority, and within one by whose head is due longest.

    What is ahead of the clock came before the clock was set back, so before what came since.
    """
    level: list[Lane] = []
    for lane in lanes(connection, now_ms=now_ms, min_priority=min_priority):
        if level and lane.priority != level[0].priority:
            yield from _longest_due_first(level)
            level = []
        is_served = models is None or lane.model in models
        if is_served and lane.model not in exclude_models and lane.due_at <= now_ms:
            level.append(lane)
    yield from _longest_due_first(level)


def _longest_due_first(level: list[Lane]) -> list[Lane]:
    return sorted(level, key=lambda lane: (not lane.stretch.is_ahead, lane.due_at, lane.head_id))
