"""Time at the test's command."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass
class MovableClock:
    """Both clocks of a store, in milliseconds, at the test's command."""

    wall_ms: int = 1_700_000_000_000
    steady_ms: int = 5_000_000

    def wall(self) -> int:
        return self.wall_ms

    def steady(self) -> int:
        return self.steady_ms

    def pass_time(self, span: timedelta) -> None:
        moved = span // timedelta(milliseconds=1)
        self.wall_ms += moved
        self.steady_ms += moved

    def set_wall(self, span: timedelta) -> None:
        """Jump, as when somebody sets the machine's clock."""
        self.wall_ms += span // timedelta(milliseconds=1)
