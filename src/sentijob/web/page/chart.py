"""The label mix over time: the newest completed jobs, in the order in which they were completed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sentijob.export.documents import instant
from sentijob.jobs import Job, Label
from sentijob.web.page.live import MOST_RECENT, Snapshot
from sentijob.web.page.panel import Panel
from sentijob.web.page.visit import Visit

_BARS = 24


class MixChart(Panel, component="chart.js"):
    """Bars from the oldest to the newest, each divided by label."""


def chart_section(visit: Visit) -> None:
    """The chart with its heading, and what it shows in words."""
    chart = MixChart()
    chart.show(bars=[], size=0, total=0)

    def show(seen: Snapshot) -> None:
        chart.show(**mix(seen.recent))

    visit.on_snapshot(show)


def mix(recent: Sequence[Job]) -> dict[str, object]:
    """What the chart draws of jobs, the newest first: bars of as many jobs each, the newest last.

    Bars of equal size, and not of equal time, so that a batch scored in a moment is seen as
    well as single texts over a day.
    """
    size = max(1, len(recent) // _BARS)
    bars = [_bar(recent[first : first + size]) for first in range(0, len(recent), size)]
    # The oldest bar would be of fewer jobs, and its shares worth less.
    whole = [bar for bar in bars if bar["count"] == size]
    shown = whole[: MOST_RECENT // size]
    return {"bars": shown[::-1], "size": size, "total": size * len(shown)}


def _bar(jobs: Sequence[Job]) -> dict[str, object]:
    labels = Counter(job.sentiment.label for job in jobs if job.sentiment)
    return {
        "count": len(jobs),
        "from": instant(jobs[-1].finished_at),
        "to": instant(jobs[0].finished_at),
        **{label.value: labels[label] for label in Label},
    }
