"""Draw the growth plots, ``docs/figures/*.svg``, from ``bench/results/growth.json``.

The same figures give the same bytes. Text stays text, colours follow the reader's light or dark
theme, each line has a marker of its own and its name beside it, and a description for those who
hear the plot says its values.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from html import escape
from importlib.util import find_spec
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

from harness import RESULTS, figure

FIGURES = Path(__file__).parent.parent / "docs" / "figures"
INK = "#1f2328"
GRID = "#d1d9e0"
LINES = ("#0969da", "#bc4c00")
MARKERS = ("o", "s")
IN_THE_DARK = {
    INK: "#f0f6fc",
    GRID: "#3d444d",
    LINES[0]: "#4493f8",
    LINES[1]: "#db6d28",
}
"""Each colour as a dark theme has it; whatever knows no themes shows the light ones."""


class Plot(NamedTuple):
    """One plot: lines over one measure of size."""

    name: str
    title: str
    across: str
    """What grows to the right, each step a multiple of the last."""
    lines: Mapping[str, Mapping[str, float]]
    base: int = 10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--figures", type=Path, default=FIGURES, help="where the plots go [docs/figures]"
    )
    options = parser.parse_args()
    source = RESULTS / "growth.json"
    if not source.exists():
        sys.exit(f"{source} isn't there: `make bench-growth` makes it.")
    if find_spec("matplotlib") is None:
        sys.exit("matplotlib isn't installed: `make bench-report` sets it up.")
    options.figures.mkdir(parents=True, exist_ok=True)
    for plot in plots(json.loads(source.read_text())["figures"]):
        (options.figures / f"{plot.name}.svg").write_text(drawn(plot), encoding="utf-8")
        print(options.figures / f"{plot.name}.svg")


def plots(figures: Mapping[str, Any]) -> Sequence[Plot]:
    by_size = figures["by_size"]
    store = "jobs in the store"
    return (
        Plot("submit-by-size", "Submit one text, ms", store, pick(by_size, "submit")),
        Plot("claim-by-size", "Claim 256 jobs, ms", store, pick(by_size, "claim")),
        Plot("drain-by-size", "Drain at a null model, jobs/s", store, pick(by_size, "drain")),
        Plot("start-by-size", "A command, start to end, ms", store, pick(by_size, "sentijob")),
        Plot(
            "drain-by-workers",
            "Drain at a null model, jobs/s in all",
            "workers on one file",
            {"": figures["by_workers"]},
            base=2,
        ),
        Plot(
            "drain-by-claim",
            "Claim and complete in a loop, jobs/s",
            "jobs a claim",
            {"": figures["by_claim"]},
            base=2,
        ),
        Plot(
            "mini-by-chunk",
            "mini, sorted by length, texts/s",
            "texts a chunk",
            {"": figures["by_chunk"]},
            base=2,
        ),
    )


def pick(curves: Mapping[str, Mapping[str, float]], start: str) -> dict[str, Mapping[str, float]]:
    """The curves of that beginning; a lone one needs no name beside it."""
    chosen = {
        name.rpartition(",")[0]: curve for name, curve in curves.items() if name.startswith(start)
    }
    return chosen if len(chosen) > 1 else {"": next(iter(chosen.values()))}


def drawn(plot: Plot) -> str:
    """The plot as SVG."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(
        {
            "svg.fonttype": "none",
            "svg.hashsalt": plot.name,
            "font.family": "sans-serif",
            "font.size": 10,
            "text.color": INK,
            "axes.labelcolor": INK,
            "xtick.color": INK,
            "ytick.color": INK,
        }
    ):
        canvas = Figure(figsize=(5.6, 3.0), layout="constrained")
        axes = canvas.subplots()
        for place, (name, curve) in enumerate(plot.lines.items()):
            draw_line(axes, place, name, curve)
        settle_axes(axes, plot)
        written = StringIO()
        canvas.savefig(
            written, format="svg", transparent=True, metadata={"Date": None, "Creator": None}
        )
    return dressed(written.getvalue(), plot)


def draw_line(axes: Any, place: int, name: str, curve: Mapping[str, float]) -> None:  # noqa: ANN401  # matplotlib has no types
    across, up = [int(size) for size in curve], list(curve.values())
    axes.plot(across, up, color=LINES[place], marker=MARKERS[place], linewidth=1.8, markersize=5)
    if name:
        axes.annotate(
            name,
            (across[-1], up[-1]),
            xytext=(0, 8),
            textcoords="offset points",
            ha="right",
            color=LINES[place],
        )


def settle_axes(axes: Any, plot: Plot) -> None:  # noqa: ANN401  # matplotlib has no types
    sizes = [int(size) for curve in plot.lines.values() for size in curve]
    axes.set_title(plot.title, loc="left", fontsize=11)
    axes.set_xlabel(plot.across)
    axes.set_xscale("log", base=plot.base)
    axes.set_xticks(sorted(set(sizes)), [f"{size:,}" for size in sorted(set(sizes))], minor=False)
    axes.minorticks_off()
    axes.set_ylim(0, 1.15 * max(value for curve in plot.lines.values() for value in curve.values()))
    axes.margins(x=0.08)
    axes.yaxis.set_major_formatter("{x:,.6g}")
    axes.grid(axis="y", color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_color(GRID)
    axes.tick_params(length=0)


def dressed(svg: str, plot: Plot) -> str:
    """With a dark theme's colours, and words for those who can't see it."""
    darkened = "\n".join(
        f'[style*="{kind}: {light}"] {{ {kind}: {dark} !important }}'
        for light, dark in IN_THE_DARK.items()
        for kind in ("fill", "stroke")
    )
    style = f"<style>@media (prefers-color-scheme: dark) {{\n{darkened}\n}}</style>"
    start, tag, rest = svg.partition("<svg ")
    attributes, end, body = rest.partition(">")
    words = f"<title>{escape(plot.title)}</title>\n<desc>{escape(described(plot))}</desc>\n"
    return f'{start}{tag}role="img" {attributes}{end}\n{words}{style}{body}'


def described(plot: Plot) -> str:
    """Every value, in words."""
    return " ".join(
        f"{name + ', by' if name else 'By'} {plot.across}: "
        + ", ".join(f"{int(size):,}: {figure(value)}" for size, value in curve.items())
        + "."
        for name, curve in plot.lines.items()
    )


if __name__ == "__main__":
    main()
