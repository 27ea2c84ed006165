"""How the whole store looks at one moment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from rich import box
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from sentijob.cli.batch_view import bars
from sentijob.cli.progress import format_rate
from sentijob.cli.stats import Snapshot
from sentijob.cli.tables import Column, facts_table, fitted_table
from sentijob.cli.words import age, amount
from sentijob.worker.crew import Member

_PANEL_WIDTH = 100
_PANEL_FRAME = 4


def stats_view(seen: Snapshot, width: int) -> RenderableType:
    """A panel of bars and figures, and a table of the workers."""
    width = min(width, _PANEL_WIDTH)
    body = [*bars(seen.counts, width - _PANEL_FRAME), _figures(seen)]
    panel = Panel(
        Group(*body),
        title=Text(amount(seen.counts.total, "job"), style="bold"),
        title_align="left",
        border_style="dim",
        box=box.ROUNDED,
        padding=(0, 1),
        width=width,
    )
    return Group(panel, _workers(seen.crew, seen.now, width))


def _figures(seen: Snapshot) -> Table:
    pace = f"{format_rate(seen.finished_last_minute / 60)}/s"
    return facts_table(
        [
            (
                "paused",
                "nothing is claimed until 'sentijob worker resume'" if seen.is_paused else None,
            ),
            ("oldest waiting", seen.oldest_pending_at and age(seen.now - seen.oldest_pending_at)),
            ("last minute", f"{amount(seen.finished_last_minute, 'job')} final ({pace})"),
            ("last hour", f"{amount(seen.finished_last_hour, 'job')} final"),
            ("store", seen.location),
        ]
    )


def _workers(members: Sequence[Member], now: datetime, width: int) -> RenderableType:
    if not members:
        return Text("no workers: start one with 'sentijob worker start'", style="dim")
    return fitted_table(worker_columns(now), members, width)


def worker_columns(now: datetime) -> Sequence[Column[Member]]:
    """What a table says of each worker, at time *now*."""
    return (
        Column("worker", lambda one: one.worker.id, justify="right", style=lambda _: "bold"),
        Column(
            "state",
            lambda one: "alive" if one.is_alive else "dead",
            style=lambda one: "green" if one.is_alive else "bold red",
        ),
        Column("holding", lambda one: f"{one.worker.holding:,}", 1, justify="right"),
        Column("completed", lambda one: f"{one.worker.completed:,}", 2, justify="right"),
        Column("texts/s", lambda one: format_rate(one.worker.rate), 2, justify="right"),
        Column("seen", lambda one: age(now - one.worker.last_seen_at), 1, justify="right"),
        Column("up", lambda one: age(now - one.worker.started_at), 3, justify="right"),
        Column("pid", lambda one: one.worker.pid, 4, justify="right"),
        Column("models", lambda one: one.worker.models, 5, widest=20),
        Column("host", lambda one: one.worker.host.partition("/")[0], 6, widest=30),
    )
