"""How batches look: as the rows of a table, and one in full, with its progress and its label mix."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from rich import box
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from sentijob.cli.bars import Part, stacked_bar
from sentijob.cli.inert import inert
from sentijob.cli.progress import format_rate
from sentijob.cli.tables import Column, facts_table
from sentijob.cli.words import LABEL_STYLES, STATUS_STYLES, age, amount, happened, percent
from sentijob.durations import format_duration
from sentijob.jobs import Batch, Counts, Label, Status

_PANEL_WIDTH = 100
_PANEL_FRAME = 4
_LEGEND_GAP = "   "
_STATUS_SHADES = {
    Status.COMPLETED: "█",
    Status.FAILED: "▓",
    Status.CANCELLED: "▒",
    Status.PROCESSING: "░",
    Status.PENDING: "·",
}
_LABEL_SHADES = {Label.NEGATIVE: "▓", Label.NEUTRAL: "░", Label.POSITIVE: "█"}


def batch_columns(now: datetime) -> Sequence[Column[Batch]]:
    """What a listing says of each batch, at time *now*."""
    return (
        Column("batch", lambda batch: batch.reference, style=lambda _: "bold"),
        Column("state", state),
        Column("done", _done_share, 1, justify="right"),
        Column("jobs", lambda batch: f"{batch.counts.total:,}", 2, justify="right"),
        Column("failed", lambda batch: batch.counts.failed or None, 3, justify="right", style=_red),
        Column("neg", lambda batch: _label_share(batch, Label.NEGATIVE), 4, justify="right"),
        Column("neu", lambda batch: _label_share(batch, Label.NEUTRAL), 4, justify="right"),
        Column("pos", lambda batch: _label_share(batch, Label.POSITIVE), 4, justify="right"),
        Column("name", lambda batch: batch.name, 5),
        Column("source", lambda batch: batch.source, is_flexible=True),
        Column("model", lambda batch: batch.model, 6, widest=20),
        Column("age", lambda batch: age(now - batch.created_at), 3, justify="right"),
    )


def state(batch: Batch) -> str:
    """A batch's life in a word."""
    if batch.sealed_at is None:
        return "submitting"
    return "done" if batch.counts.is_final else "scoring"


def batch_panel(batch: Batch, now: datetime, width: int, *, rate: float | None = None) -> Panel:
    """Everything about one batch; *rate* is in texts a second, where somebody works on it."""
    width = min(width, _PANEL_WIDTH)
    body = [*bars(batch.counts, width - _PANEL_FRAME)]
    body.append(_facts(batch, now, rate))
    return Panel(
        Group(*body),
        title=Text(
            " ".join(filter(None, ("batch", batch.reference, inert(batch.name or "")))), "bold"
        ),
        title_align="left",
        border_style="dim",
        box=box.ROUNDED,
        padding=(0, 1),
        width=width,
    )


def bars(counts: Counts, width: int) -> list[RenderableType]:
    """How far the jobs have come and how they fell out, each with its legend; what is empty is left out."""
    shown: list[RenderableType] = []
    if counts.total:
        shown += [_status_bar(counts, width), _status_legend(counts, width), Text()]
    if counts.completed:
        shown += [_label_bar(counts, width), _label_legend(counts, width), Text()]
    return shown


def _status_bar(counts: Counts, width: int) -> Text:
    """How far the jobs have come: final ones to the left, waiting ones to the right."""
    return stacked_bar(
        [
            Part(status, getattr(counts, status), STATUS_STYLES[status], shade)
            for status, shade in _STATUS_SHADES.items()
        ],
        width,
    )


def _status_legend(counts: Counts, width: int) -> Text:
    """The bar's parts in words and numbers."""
    entries = [
        _entry(shade, status, getattr(counts, status), counts.total, STATUS_STYLES[status])
        for status, shade in _STATUS_SHADES.items()
        if getattr(counts, status)
    ]
    return _in_lines(entries, width)


def _label_bar(counts: Counts, width: int) -> Text:
    """How the completed jobs fell out, from negative to positive."""
    return stacked_bar(
        [
            Part(label, getattr(counts, label), LABEL_STYLES[label], shade)
            for label, shade in _LABEL_SHADES.items()
        ],
        width,
    )


def _label_legend(counts: Counts, width: int) -> Text:
    """The label bar's parts in words and numbers."""
    entries = [
        _entry(shade, label, getattr(counts, label), counts.completed, LABEL_STYLES[label])
        for label, shade in _LABEL_SHADES.items()
    ]
    return _in_lines(entries, width)


def _entry(shade: str, name: str, count: int, whole: int, style: str) -> Text:
    return Text.assemble((f"{shade} {name}", style), f" {count:,} ({percent(count, whole)})")


def _in_lines(entries: Sequence[Text], width: int) -> Text:
    """*entries* side by side, in as few lines as it takes to break none."""
    legend = Text()
    column = 0
    for entry in entries:
        if column and column + len(_LEGEND_GAP) + entry.cell_len > width:
            legend.append("\n")
            column = 0
        elif column:
            legend.append(_LEGEND_GAP)
            column += len(_LEGEND_GAP)
        legend.append(entry)
        column += entry.cell_len
    return legend


def _facts(batch: Batch, now: datetime, rate: float | None) -> Table:
    waiting = batch.counts.total - batch.counts.finished
    facts = [
        ("jobs", f"{batch.counts.total:,} ({state(batch)})"),
        ("rate", _rate(rate) if waiting else None),
        ("left", _left(waiting, rate)),
        ("source", batch.source),
        ("model", batch.model),
        ("created", happened(batch.created_at, now)),
        ("note", _unsealed_note(batch)),
    ]
    return facts_table(facts)


def _rate(rate: float | None) -> str:
    return f"{format_rate(rate)} texts/s" if rate else "nobody is scoring it now"


def _left(waiting: int, rate: float | None) -> str | None:
    if not waiting or not rate:
        return None
    return f"{amount(waiting, 'job')}, about {format_duration(timedelta(seconds=waiting / rate))}"


def _unsealed_note(batch: Batch) -> str | None:
    if batch.sealed_at is not None:
        return None
    return "still being submitted, or interrupted: the same submit goes on where it stopped"


def _done_share(batch: Batch) -> str:
    return percent(batch.counts.finished, batch.counts.total)


def _label_share(batch: Batch, label: Label) -> str | None:
    counts = batch.counts
    return percent(getattr(counts, label), counts.completed) if counts.completed else None


def _red(_: Batch) -> str:
    return "red"
