"""How many jobs stand where, how fast they are scored, and how they fell out."""

from __future__ import annotations

from datetime import timedelta

from sentijob.jobs import Label, Status
from sentijob.web.page.live import Snapshot
from sentijob.web.page.panel import Panel
from sentijob.web.page.visit import Visit
from sentijob.web.page.words import rate, share, span


class CountsPanel(Panel, component="counts.js"):
    """Figures in a row, and the label mix of the whole store."""


def counts_section(visit: Visit) -> None:
    """The figures at the top."""
    panel = CountsPanel()
    panel.show(figures=[], labels=[])
    panel.on("pick", lambda event: visit.go(visit.view.of({"status": str(event.args)})))
    visit.on_snapshot(lambda seen: panel.show(**figures(seen)))


def figures(seen: Snapshot) -> dict[str, object]:
    """What the panel draws."""
    counts = seen.counts
    return {
        "figures": [
            {"name": status.value, "count": f"{getattr(counts, status):,}"} for status in Status
        ],
        "labels": [
            {
                "name": label.value,
                "count": f"{getattr(counts, label):,}",
                "share": share(getattr(counts, label), counts.completed),
                "width": 100 * getattr(counts, label) / counts.completed if counts.completed else 0,
            }
            for label in Label
        ],
        "pace": rate(seen.rate),
        "left": _left(seen),
        "isPaused": seen.is_paused,
        "hasResults": counts.completed > 0,
    }


def _left(seen: Snapshot) -> str | None:
    """How long it will take at this pace; None where nothing waits or nobody can tell."""
    waiting = seen.counts.pending + seen.counts.processing
    if not waiting or seen.rate < 0.01:
        return None
    return span(timedelta(seconds=waiting / seen.rate))
