"""The two clocks of a store: wall time for people, steady time for leases."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


class Clock(Protocol):
    """Both in whole milliseconds."""

    def wall(self) -> int:
        """Since 1970 in UTC; jumps when somebody sets the machine's clock."""
        ...

    def steady(self) -> int:
        """Since some moment that all processes of this machine share; never jumps."""
        ...


class SystemClock:
    """The machine's own clocks. Steady time goes on while the machine sleeps, where it can tell."""

    def wall(self) -> int:
        return time.time_ns() // 1_000_000

    def steady(self) -> int:
        if hasattr(time, "CLOCK_BOOTTIME"):
            return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000
        return time.monotonic_ns() // 1_000_000


def milliseconds(duration: timedelta) -> int:
    return duration // _MILLISECOND


def instant_to_ms(instant: datetime) -> int:
    return (instant - _EPOCH) // _MILLISECOND


def ms_to_instant(ms: int) -> datetime:
    return _EPOCH + ms * _MILLISECOND


def optional_instant(ms: int | None) -> datetime | None:
    return None if ms is None else ms_to_instant(ms)
