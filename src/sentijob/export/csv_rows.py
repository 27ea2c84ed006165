"""Results as CSV that no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter
from typing import TextIO

from sentijob.export.flat import Row, Table
from sentijob.export.stored import decimal
from sentijob.jobs import StoredJob

_FORMULA = re.compile(
    # Source: OWASP, "CSV Injection", with the full-width forms that some locales obey.
    # A plain number with a sign is only a number.
    r"(?![+-]?\d+(\.\d+)?\Z)[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]",
    re.ASCII,
)


_STARTS = frozenset("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")


def write_csv(pages: Iterable[Sequence[StoredJob]], out: TextIO, *, raw: bool = False) -> int:
    """Write jobs under a header; how many.

    A string that a spreadsheet might run gets a ``'`` before it, unless *raw*. *out* must not
    translate line ends.
    """
    table = Table(pages, number=decimal)
    writer = csv.writer(out)
    writer.writerow(table.names if raw else map(shielded, table.names))
    shield = _unchanged if raw else _shielding(table.foreign)
    count = 0
    for page in table.pages():
        writer.writerows(map(shield, page))
        count += len(page)
    return count


def shielded(cell: object) -> object:
    """*cell* as a spreadsheet shows it and never runs it."""
    if isinstance(cell, str) and _FORMULA.match(cell):
        return f"'{cell}"
    return cell


def _shielding(foreign: Sequence[int]) -> Callable[[Row], Iterable[object]]:
    """What shields the cells of a row that are *foreign*; few rows have one that needs it."""
    cells_of = itemgetter(*foreign)

    def shield(row: Row) -> Iterable[object]:
        for cell in cells_of(row):
            if cell and cell[0] in _STARTS:
                return map(shielded, row)
        return row

    return shield


def _unchanged(row: Row) -> Row:
    return row
