"""Results as CSV that no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from typing import TextIO

from sentijob.export.flat import Table
from sentijob.jobs import Job

_FORMULA = re.compile(
    # Source: OWASP, "CSV Injection", with the full-width forms that some locales obey.
    # A plain number with a sign is only a number.
    r"(?![+-]?\d+(\.\d+)?\Z)[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]",
    re.ASCII,
)


def write_csv(jobs: Iterable[Job], out: TextIO, *, raw: bool = False) -> int:
    """Write *jobs* under a header; how many.

    A string that a spreadsheet might run gets a ``'`` before it, unless *raw*. *out* must not
    translate line ends.
    """
    table = Table(jobs)
    shield = _unchanged if raw else shielded
    writer = csv.writer(out)
    writer.writerow([shield(name) for name in table.names])
    count = 0
    for row in table.rows():
        writer.writerow([shield(cell) for cell in row])
        count += 1
    return count


def shielded(cell: object) -> object:
    """*cell* as a spreadsheet shows it and never runs it."""
    if isinstance(cell, str) and _FORMULA.match(cell):
        return f"'{cell}"
    return cell


def _unchanged(cell: object) -> object:
    return cell
