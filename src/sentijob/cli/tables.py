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
_FLEXIBLE_MINIMUM = 36


@dataclass(frozen=True)  # no slots: ``Column[Job](…)`` notes its type on the instance
class Column(Generic[Row]):
    """One column: how a row's cell reads, and how dearly the column is held."""

    title: str
    cell: Callable[[Row], object]
    """Shown inert; None and the empty string leave the cell empty."""
    rank: int = 0
    """Where room is short, the highest rank leaves first, as a whole; 0 never does."""
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
    measured = [_Measured.of(column, rows) for column in columns]
    shown = _that_fit([one for one in measured if not one.is_empty], width)
    table = Table(box=None, padding=(0, _GAP, 0, 0), pad_edge=False, header_style="bold")
    room = width - _total(shown)
    for one in shown:
        wide = one.minimum + (min(room, one.natural - one.minimum) if room > 0 else 0)
        room -= wide - one.minimum
        table.add_column(one.column.title, justify=one.column.justify, no_wrap=True, width=wide)
    for cells in zip(*(one.cells for one in shown), strict=True):
        table.add_row(*cells)
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


@dataclass(frozen=True, slots=True)
class _Measured(Generic[Row]):
    """A column with its cells, the width they would like and the one they can do with."""

    column: Column[Row]
    cells: Sequence[Text]
    natural: int
    minimum: int

    @classmethod
    def of(cls, column: Column[Row], rows: Sequence[Row]) -> _Measured[Row]:
        cells = [column.text(row) for row in rows]
        longest = max((text.cell_len for text in cells), default=0)
        natural = max(longest, cell_len(column.title))
        if column.is_flexible:
            return cls(column, cells, natural, min(natural, _FLEXIBLE_MINIMUM))
        narrow = max(min(longest, column.widest), cell_len(column.title))
        return cls(column, cells, narrow, narrow)

    @property
    def is_empty(self) -> bool:
        return self.column.rank > 0 and not any(text.plain for text in self.cells)


def _total(columns: Sequence[_Measured[Row]]) -> int:
    return sum(one.minimum + _GAP for one in columns) - _GAP


def _that_fit(columns: list[_Measured[Row]], width: int) -> list[_Measured[Row]]:
    while _total(columns) > width:
        least = max(one.column.rank for one in columns)
        if least == 0:
            break
        columns = [one for one in columns if one.column.rank < least]
    return columns
