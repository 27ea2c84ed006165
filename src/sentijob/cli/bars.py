"""Bars made of characters, whose parts are told apart by colour and, without colour, by shade."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rich.text import Text


class Part(NamedTuple):
    """One part of a whole."""

    name: str
    size: float
    style: str
    shade: str = "█"


def stacked_bar(parts: Sequence[Part], width: int) -> Text:
    """The *parts* side by side, *width* characters in all; whatever isn't nothing gets at least one."""
    bar = Text()
    for part, cells in zip(parts, _shares([part.size for part in parts], width), strict=True):
        bar.append(part.shade * cells, style=part.style)
    return bar


def _shares(counts: Sequence[float], width: int) -> list[int]:
    """Whole cells for each count, summing to *width* (largest remainders, and at least one for some)."""
    total = sum(counts)
    if not total:
        return [0] * len(counts)
    exact = [count * width / total for count in counts]
    cells = [max(int(share), 1) if share else 0 for share in exact]
    while sum(cells) < width:
        neediest = max(range(len(cells)), key=lambda i: exact[i] - cells[i])
        cells[neediest] += 1
    while sum(cells) > width:
        richest = max(range(len(cells)), key=lambda i: (cells[i] > 1, cells[i] - exact[i]))
        cells[richest] -= 1
    return cells
