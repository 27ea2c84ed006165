"""Tables that fit: columns that matter less leave a narrow terminal, one column takes what is left."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Literal, TypeVar

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from sentijob.cli.inert import inert

if TYPE_CHECKING:
    from rich.console import Console

Row = TypeVar("Row")
_GAP = 2
_FLEXIBLE_MINIMUM = 24


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """One column: how a row's cell reads, and how dearly the column is held."""

    title: str
    cell: Callable[[Row], object]
    """Shown inert; None and the empty string leave the cell empty."""
    rank: int = 0
    """Where room is short, the highest ranks leave first; 0 never does."""
    style: Callable[[Row], str] = lambda _: ""
    justify: Literal["left", "right"] = "left"
    widest: int = 40
    is_flexible: bool = False
    """Takes the room that is left, and is cut short with an ellipsis."""

    def text(self, row: Row) -> Text:
        value = self.cell(row)
        shown = "" if value is None else inert(value)
        return Text(shown, style=self.style(row), no_wrap=True, overflow="ellipsis")


def fitted_table(columns: Sequence[Column[Row]], rows: Sequence[Row], width: int) -> Table:
    """*rows* in as many of the *columns* as *width* has room for; columns with nothing in them leave."""
    cells = {column.title: [column.text(row) for row in rows] for column in columns}
    widths = {
        column.title: _natural_width(column, cells[column.title])
        for column in columns
        if any(text.plain for text in cells[column.title]) or column.rank == 0
    }
    shown = _that_fit([column for column in columns if column.title in widths], widths, width)
    table = Table(box=None, padding=(0, _GAP, 0, 0), pad_edge=False, header_style="bold")
    for column in shown:
        table.add_column(
            column.title,
            justify=column.justify,
            no_wrap=True,
            overflow="ellipsis",
            max_width=None if column.is_flexible else widths[column.title],
            min_width=None if column.is_flexible else widths[column.title],
            ratio=None,
        )
    for index in range(len(rows)):
        table.add_row(*(cells[column.title][index] for column in shown))
    return table


def print_table(console: Console, columns: Sequence[Column[Row]], rows: Sequence[Row]) -> None:
    """Print *rows* as a table as wide as the console."""
    console.print(fitted_table(columns, rows, console.width))


def facts_table(facts: Iterable[tuple[str, object]]) -> Table:
    """Names and values, a line each; a value of None leaves its line out."""
    grid = Table.grid(padding=(0, _GAP))
    grid.add_column(style="dim", no_wrap=True, max_width=20, overflow="ellipsis")
    grid.add_column(overflow="fold")
    for name, value in facts:
        if value is not None:
            grid.add_row(Text(inert(name)), Text(inert(value)))
    return grid


def _natural_width(column: Column[Row], texts: Sequence[Text]) -> int:
    longest = max((cell_len(text.plain) for text in texts), default=0)
    if column.is_flexible:
        longest = min(longest, _FLEXIBLE_MINIMUM)
    return max(min(longest, column.widest), cell_len(column.title))


def _that_fit(columns: list[Column[Row]], widths: dict[str, int], width: int) -> list[Column[Row]]:
    while sum(widths[column.title] + _GAP for column in columns) - _GAP > width:
        dearest_last = max(columns, key=lambda column: column.rank)
        if dearest_last.rank == 0:
            break
        columns = [column for column in columns if column is not dearest_last]
    return columns
