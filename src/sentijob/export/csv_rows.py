"""Results as CSV that no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
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
    count = 0
    for page in table.pages():
        writer.writerows(page if raw else [_shielded_row(row) for row in page])
        count += len(page)
    return count


def _shielded_row(row: Row) -> Iterable[object]:
    """A row with its cells shielded; few rows have one that needs it."""
    for cell in row:
        if isinstance(cell, str) and cell[:1] in _STARTS:
            return map(shielded, row)
    return row


def shielded(cell: object) -> object:
    """*cell* as a spreadsheet shows it and never runs it."""
    if isinstance(cell, str) and _FORMULA.match(cell):
        return f"'{cell}"
    return cell
