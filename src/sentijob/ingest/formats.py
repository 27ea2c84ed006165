"""Which format a file is in: told, or by its suffix."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from sentijob.errors import UsageError


class Format(StrEnum):
    """How texts stand in a file."""

    TXT = "txt"
    CSV = "csv"
    TSV = "tsv"
    JSONL = "jsonl"
    PARQUET = "parquet"


_SUFFIXES = {
    ".txt": Format.TXT,
    ".text": Format.TXT,
    ".csv": Format.CSV,
    ".tsv": Format.TSV,
    ".tab": Format.TSV,
    ".jsonl": Format.JSONL,
    ".ndjson": Format.JSONL,
    ".parquet": Format.PARQUET,
    ".pq": Format.PARQUET,
}
_NAMES = ", ".join(Format)


def format_of(path: Path | None, given: Format | None = None) -> Format:
    """The format *given*, else the one *path*'s suffix names; stdin (no path) is ``txt``.

    Raises:
        UsageError: the suffix says nothing.
    """
    if given is not None:
        return given
    if path is None:
        return Format.TXT
    suffix = path.suffix.lower()
    if suffix in _SUFFIXES:
        return _SUFFIXES[suffix]
    if suffix == ".json":
        raise UsageError(
            f"{path}: a .json file is one document; make it JSON lines first, as with "
            f"`jq -c '.[]'`, or give --format jsonl if it is"
        )
    told = f"the suffix {path.suffix!r} isn't known" if suffix else "it has no suffix"
    raise UsageError(f"{path}: {told}; say what it is with --format ({_NAMES})")
