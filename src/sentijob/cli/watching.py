"""Redrawing a view in place for as long as somebody watches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from sentijob.cli.console import output_console
from sentijob.cli.waiting import looks

if TYPE_CHECKING:
    from rich.console import RenderableType

    from sentijob.ports import Reading
    from sentijob.settings import Settings

REDRAW_PAUSE = timedelta(milliseconds=50)
"""A change is to be seen within 100 ms, in which a view is drawn once more, or twice."""


def redraws(store: Reading, settings: Settings) -> Iterator[None]:
    """Yield when a view is worth drawing: at once, on change, each second, never twenty times in one."""
    return looks(store, settings, pause=REDRAW_PAUSE)


def watch(
    store: Reading,
    settings: Settings,
    draw: Callable[[int], tuple[RenderableType, bool]],
) -> None:
    """Keep what ``draw(width)`` gives on the screen until it says that it was the last one.

    In a pipe, where nothing can be redrawn, only the last one is printed.
    """
    from rich.live import Live

    console = output_console()
    with Live(console=console, auto_refresh=False, vertical_overflow="crop") as live:
        for _ in redraws(store, settings):
            view, is_last = draw(console.width)
            live.update(view, refresh=True)
            if is_last:
                return
