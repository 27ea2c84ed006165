"""Numbers and spans as the page writes them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import PurePath

from sentijob.jobs import Batch

_UNITS = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))


def amount(count: int, noun: str) -> str:
    """``1 job``, ``1,200 jobs``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def span(length: timedelta) -> str:
    """A span in its largest unit alone: ``3 min``."""
    seconds = int(length.total_seconds())
    for size, unit in _UNITS:
        if seconds >= size:
            return f"{seconds // size:,} {unit}"
    return "0 s"


def ago(length: timedelta) -> str:
    """``3 min ago``; what lies ahead counts as now."""
    return "now" if length < timedelta(seconds=1) else f"{span(length)} ago"


def rate(per_second: float) -> str:
    """In as many digits as mean something: ``0.2``, ``9.5``, ``1,234``."""
    return f"{per_second:.1f}" if 0 < per_second < 10 else f"{per_second:,.0f}"


def share(part: int, whole: int) -> str:
    """``12%``; what is neither none nor all is never rounded to it."""
    percent = 100 * part / whole if whole else 0
    if 0 < percent < 1:
        return "<1%"
    return ">99%" if 99 < percent < 100 else f"{percent:.0f}%"


def batch_title(batch: Batch) -> str:
    """What a batch is called where its number isn't to be told: its name, or the file it came from."""
    if batch.name:
        return batch.name
    return "standard input" if batch.source == "-" else PurePath(batch.source).name or batch.source
