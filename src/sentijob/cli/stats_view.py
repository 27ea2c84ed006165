"""How the whole store looks at one moment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from rich import box
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from sentijob.cli.batch_view import label_bar, label_legend, status_bar, status_legend
from sentijob.cli.crew import Member
from sentijob.cli.inert import inert
from sentijob.cli.progress import format_rate
from sentijob.cli.stats import Snapshot
from sentijob.cli.tables import Column, fitted_table
from sentijob.cli.words import age, amount

_PANEL_WIDTH = 100
_PANEL_FRAME = 4


def stats_view(seen: Snapshot, width: int) -> RenderableType:
    """A panel of bars and figures, and a table of the workers."""
    width = min(width, _PANEL_WIDTH)
    inside = width - _PANEL_FRAME
    body: list[RenderableType] = []
    if seen.counts.total:
        body += [status_bar(seen.counts, inside), status_legend(seen.counts), Text()]
    if seen.counts.completed:
        body += [label_bar(seen.counts, inside), label_legend(seen.counts), Text()]
    body.append(_figures(seen))
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
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim")
    grid.add_column(overflow="fold")
    if seen.is_paused:
        grid.add_row(
            Text("paused"), Text("nothing is claimed until 'sentijob worker resume'", "bold yellow")
        )
    if seen.oldest_pending_at:
        grid.add_row(Text("oldest waiting"), Text(age(seen.now - seen.oldest_pending_at)))
    per_second = seen.finished_last_minute / 60
    grid.add_row(
        Text("last minute"),
        Text(f"{amount(seen.finished_last_minute, 'job')} final ({format_rate(per_second)}/s)"),
    )
    grid.add_row(Text("last hour"), Text(f"{amount(seen.finished_last_hour, 'job')} final"))
    grid.add_row(Text("store"), Text(inert(seen.location)))
    return grid


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
