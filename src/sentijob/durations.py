"""Durations as people write them: ``90``, ``500ms``, ``10m``, ``1h30m``, ``2d``."""

from __future__ import annotations

import re
from datetime import timedelta

from sentijob.errors import UsageError

_UNITS = {
    "ms": timedelta(milliseconds=1),
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}
_PART = r"(\d+(?:\.\d+)?)(ms|[smhdw])"
_WHOLE = rf"(?:{_PART})+"
_BARE_SECONDS = r"\d+(\.\d+)?"
_LONGEST = timedelta(days=36500)


def parse_duration(written: str) -> timedelta:
    """Read a duration; a bare number means seconds.

    Raises:
        UsageError: it isn't one, or is longer than a century.
    """
    compact = written.strip().lower().replace(" ", "")
    if re.fullmatch(_BARE_SECONDS, compact, re.ASCII):
        compact += "s"
    try:
        if not re.fullmatch(_WHOLE, compact, re.ASCII):
            raise ValueError(compact)
        duration = sum(
            (float(number) * _UNITS[unit] for number, unit in re.findall(_PART, compact, re.ASCII)),
            timedelta(0),
        )
        if duration > _LONGEST:
            raise OverflowError(compact)
    except (OverflowError, ValueError) as exc:
        raise UsageError(f"{written!r} is not a duration: write 30s, 10m, 1h30m or 2d") from exc
    return duration


def format_duration(duration: timedelta) -> str:
    """Write a duration in its two largest units: ``1h 30m``, ``2.4s``, ``8ms``."""
    seconds = duration.total_seconds()
    if seconds < 0:
        return "0s"
    if seconds < 1:
        return f"{seconds * 1000:.0f}ms"
    if seconds < 10:
        return f"{seconds:.1f}s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m {whole % 60:02d}s"
    if whole < 86400:
        return f"{whole // 3600}h {whole % 3600 // 60:02d}m"
    return f"{whole // 86400}d {whole % 86400 // 3600:02d}h"
