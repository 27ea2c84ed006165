"""Amounts of memory as people write them: ``500M``, ``2G``, ``1.5 GiB``."""

from __future__ import annotations

import re

from sentijob.errors import UsageError

_UNITS = {"": 1, "k": 2**10, "m": 2**20, "g": 2**30, "t": 2**40}
_WRITTEN = r"(\d{1,15}(?:\.\d{1,6})?)([kmgt]?)(?:i?b)?"


def parse_size(written: str) -> int:
    """Read an amount, in bytes; units are powers of 1024, and a bare number means bytes.

    Raises:
        UsageError: it is none.
    """
    match = re.fullmatch(_WRITTEN, written.strip().lower().replace(" ", ""), re.ASCII)
    if match is None:
        raise UsageError(f"{written!r} is not an amount of memory: write 500M, 2G or 0")
    return int(float(match[1]) * _UNITS[match[2]])
