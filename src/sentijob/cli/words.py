"""Small phrases: how many, how long ago, which colour."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sentijob.durations import format_duration
from sentijob.jobs import Label, Status

STATUS_STYLES: Mapping[Status, str] = {
    Status.PENDING: "cyan",
    Status.PROCESSING: "bold blue",
    Status.COMPLETED: "green",
    Status.FAILED: "bold red",
    Status.CANCELLED: "bright_black",
}
LABEL_STYLES: Mapping[Label, str] = {
    Label.NEGATIVE: "red",
    Label.NEUTRAL: "yellow",
    Label.POSITIVE: "green",
}
_UNITS = ((86400, "d"), (3600, "h"), (60, "m"), (1, "s"))


def amount(count: int, noun: str, plural: str | None = None) -> str:
    """``1 job``, ``1,200 jobs``, ``2 batches``."""
    return f"{count:,} {noun if count == 1 else plural or f'{noun}s'}"


def age(span: timedelta) -> str:
    """A span in its largest unit alone: ``3m``; what lies ahead counts as now."""
    seconds = int(span.total_seconds())
    for size, unit in _UNITS:
        if seconds >= size:
            return f"{seconds // size:,}{unit}"
    return "now"


def when(instant: datetime, now: datetime) -> str:
    """An instant in local time, and how long ago or ahead it is."""
    local = instant.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    if instant > now:
        return f"{local} (in {format_duration(instant - now)})"
    if now - instant < timedelta(seconds=1):
        return f"{local} (now)"
    return f"{local} ({format_duration(now - instant)} ago)"


def happened(instant: datetime, now: datetime) -> str:
    """An instant that is past, as :func:`when` writes it; one that lies ahead was told by a clock set back since."""
    if instant > now:
        local = instant.astimezone().strftime("%Y-%m-%d %H:%M:%S")
        return f"{local} (the clock was set back since)"
    return when(instant, now)


def percent(part: float, whole: float) -> str:
    """``12%``; what is neither none nor all is never rounded to it."""
    if not whole:
        return "0%"
    share = 100 * part / whole
    if 0 < share < 1:
        return "<1%"
    if 99 < share < 100:
        return ">99%"
    return f"{share:.0f}%"
