"""How jobs look: as the rows of a table, and one in full."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from rich import box
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from sentijob.cli.inert import inert_lines
from sentijob.cli.tables import Column, facts_table
from sentijob.cli.words import LABEL_STYLES, STATUS_STYLES, age, amount, happened, when
from sentijob.durations import format_duration
from sentijob.jobs import Job, Label, Sentiment, Status

TEXT_SHOWN = 1200
"""Characters of a text that are shown of it; JSON has all."""
_BAR_WIDTH = 24
_PANEL_WIDTH = 100
_NOT_STORED = "(not stored)"


def job_columns(now: datetime) -> Sequence[Column[Job]]:
    """What a listing says of each job, at time *now*."""
    return (
        Column("id", lambda job: job.id, justify="right", style=lambda _: "bold"),
        Column("status", lambda job: job.status, style=lambda job: STATUS_STYLES[job.status]),
        Column("label", lambda job: job.sentiment and job.sentiment.label, 1, style=_label_style),
        Column("score", _score, 2, justify="right"),
        Column("text", _listed_text, is_flexible=True, style=_text_style),
        Column("error", lambda job: job.error and job.error.code, 2, style=lambda _: "red"),
        Column("why", lambda job: job.error and job.error.message, 8, widest=60),
        Column("key", lambda job: job.key, 4, widest=20),
        Column("batch", lambda job: job.batch_id and f"b{job.batch_id}", 5, justify="right"),
        Column("model", lambda job: job.model, 6, widest=20),
        Column("tries", _tries, 7, justify="right"),
        Column("age", lambda job: age(now - job.created_at), 3, justify="right", style=_dim),
    )


def job_panel(
    job: Job,
    now: datetime,
    width: int,
    *,
    text: Text | None = None,
    reasons: RenderableType | None = None,
) -> Panel:
    """Everything about one job that a person asks for; *text* is how its own is drawn, *reasons* say why its result."""
    body: list[RenderableType] = [_headline(job), Text(), text or _whole_text(job.text), Text()]
    if job.sentiment:
        body += [_probabilities(job.sentiment), Text()]
    if reasons is not None:
        body += [reasons, Text()]
    body.append(_facts(job, now))
    return Panel(
        Group(*body),
        title=Text(f"job {job.id}", style="bold"),
        title_align="left",
        border_style="dim",
        box=box.ROUNDED,
        padding=(0, 1),
        width=min(width, _PANEL_WIDTH),
    )


def _headline(job: Job) -> Text:
    line = Text(job.status, style=STATUS_STYLES[job.status])
    if job.sentiment:
        line.append("  ")
        line.append(job.sentiment.label, style=f"bold {LABEL_STYLES[job.sentiment.label]}")
        line.append(f" {job.sentiment.score:.3f}")
    return line


def _whole_text(text: str | None) -> Text:
    if text is None:
        return Text(_NOT_STORED, style="dim")
    return with_rest(Text(inert_lines(text[:TEXT_SHOWN])), text)


def with_rest(shown: Text, text: str) -> Text:
    """What is *shown* of the beginning of *text*, and how much more there is."""
    if len(text) > TEXT_SHOWN:
        shown.append(
            f"… and {amount(len(text) - TEXT_SHOWN, 'more character')} (--json has them all)",
            style="dim",
        )
    return shown


def _probabilities(sentiment: Sentiment) -> Table:
    grid = Table.grid(padding=(0, 1))
    for label in Label:
        probability: float = getattr(sentiment, label)
        bar = Text("█" * round(probability * _BAR_WIDTH) or "▏", style=LABEL_STYLES[label])
        grid.add_row(Text(label), Text(f"{probability:.3f}"), bar)
    return grid


def _facts(job: Job, now: datetime) -> Table:
    facts: list[tuple[str, object]] = [
        ("uuid", job.job_uuid),
        ("key", job.key),
        ("batch", _batch_and_place(job)),
        ("model", _model(job)),
        ("read", _read(job)),
        ("created", happened(job.created_at, now)),
        ("due", _due(job, now)),
        ("finished", _finished(job, now)),
        ("attempt", f"{job.attempt} of {job.max_attempts}" if job.attempt else None),
        ("rescued", amount(job.rescues, "time") if job.rescues else None),
        ("worker", job.worker_id),
        ("error", job.error and f"{job.error.code}: {job.error.message}"),
        *((name, value) for name, value in job.meta.items()),
    ]
    return facts_table(facts)


def _batch_and_place(job: Job) -> str | None:
    if job.batch_id is None:
        return None
    place = "" if job.position is None else f", text {job.position + 1:,}"
    return f"b{job.batch_id}{place}"


def _model(job: Job) -> str:
    return f"{job.model} ({job.model_revision})" if job.model_revision else job.model


def _read(job: Job) -> str | None:
    if not job.sentiment:
        return None
    read = amount(job.sentiment.tokens, "token")
    if job.sentiment.windows > 1:
        read += f" in {job.sentiment.windows} overlapping windows"
    return read


def _due(job: Job, now: datetime) -> str | None:
    """Said only of a job that has to wait for its time, not of one that was submitted by a clock set back since."""
    if job.status is Status.PENDING and job.available_at > max(now, job.created_at):
        return when(job.available_at, now)
    return None


def _finished(job: Job, now: datetime) -> str | None:
    if job.finished_at is None:
        return None
    after = format_duration(job.finished_at - job.created_at)
    return f"{happened(job.finished_at, now)}, {after} after it was created"


def _listed_text(job: Job) -> str:
    return _NOT_STORED if job.text is None else job.text


def _text_style(job: Job) -> str:
    return "dim" if job.text is None else ""


def _label_style(job: Job) -> str:
    return LABEL_STYLES[job.sentiment.label] if job.sentiment else ""


def _score(job: Job) -> str | None:
    return f"{job.sentiment.score:.3f}" if job.sentiment else None


def _tries(job: Job) -> str | None:
    """Worth a column only where something had to be tried again."""
    return f"{job.attempt}/{job.max_attempts}" if job.attempt > 1 else None


def _dim(_: Job) -> str:
    return "dim"
