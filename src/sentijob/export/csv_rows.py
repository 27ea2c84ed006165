"""Results as CSV that no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
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
    count = 0
    writer.writerow(_header(table, raw=raw))
    shield = _shielding(table, raw=raw)
    for page in table.pages():
        writer.writerows(map(shield, page))
        count += len(page)
    return count


def csv_pages(pages: Iterable[Sequence[StoredJob]], *, has_numbers: bool = True) -> Iterator[str]:
    """What :func:`write_csv` writes, for whoever asks for one piece after the other: the header, then each page.

    Without numbers, it lacks the columns of the job's and its batch's.
    """
    table = Table(pages, number=decimal, has_numbers=has_numbers)
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(_header(table, raw=False))
    shield = _shielding(table, raw=False)
    yield out.getvalue()
    for page in table.pages():
        out.seek(0)
        out.truncate()
        writer.writerows(map(shield, page))
        yield out.getvalue()


def shielded(cell: object) -> object:
    """*cell* as a spreadsheet shows it and never runs it."""
    if isinstance(cell, str) and _FORMULA.match(cell):
        return f"'{cell}"
    return cell


def _header(table: Table, *, raw: bool) -> Iterable[object]:
    return table.names if raw else map(shielded, table.names)


def _shielding(table: Table, *, raw: bool) -> Callable[[Row], Iterable[object]]:
    """What shields the foreign cells of a table's rows, unless *raw*; few rows have one that needs it."""
    if raw:
        return _unchanged
    cells_of = itemgetter(*table.foreign)

    def shield(row: Row) -> Iterable[object]:
        for cell in cells_of(row):
            if cell and cell[0] in _STARTS:
                return map(shielded, row)
        return row

    return shield


def _unchanged(row: Row) -> Row:
    return row
