"""A plot says all of its values in words, for those who can't see it."""

from __future__ import annotations

from typing import Any

from plots import Plot, described, plots

FIGURES: dict[str, dict[str, Any]] = {
    "by_size": {
        "submit one, ms": {"1000": 0.4},
        "claim 256, ms": {"1000": 1.3},
        "drain, jobs/s": {"1000": 50_000.0},
        "sentijob status 1 --json, ms": {"1000": 100.0, "10000": 101.0},
        "sentijob list, ms": {"1000": 150.0, "10000": 151.0},
    },
    "by_workers": {"1": 50_000.0},
    "by_claim": {"1": 2_000.0},
    "by_chunk": {"1": 300.0},
}


def test_every_value_is_said_under_the_name_of_its_line() -> None:
    (start,) = [plot for plot in plots(FIGURES) if plot.name == "start-by-size"]
    assert described(start) == (
        "sentijob status 1 --json, by jobs in the store: 1,000: 100, 10,000: 101. "
        "sentijob list, by jobs in the store: 1,000: 150, 10,000: 151."
    )


def test_a_lone_line_needs_no_name() -> None:
    plot = Plot("p", "P", "workers", {"": {"1": 2.0, "2": 3.0}})
    assert described(plot) == "By workers: 1: 2.00, 2: 3.00."


def test_every_curve_is_drawn_in_one_plot() -> None:
    drawn = [curve for plot in plots(FIGURES) for curve in plot.lines.values()]
    assert len(drawn) == len(FIGURES["by_size"]) + len(FIGURES) - 1
