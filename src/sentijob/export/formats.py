"""Which format results are written in: told, or by the file's suffix."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from sentijob.errors import UsageError


class ExportFormat(StrEnum):
    """How results stand in a file."""

    JSONL = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"


_SUFFIXES = {
    ".jsonl": ExportFormat.JSONL,
    ".ndjson": ExportFormat.JSONL,
    ".csv": ExportFormat.CSV,
    ".parquet": ExportFormat.PARQUET,
    ".pq": ExportFormat.PARQUET,
}


def export_format_of(path: Path | None, given: ExportFormat | None = None) -> ExportFormat:
    """The format *given*, else the one *path*'s suffix names; stdout (no path) is ``jsonl``.

    Raises:
        UsageError: the suffix says nothing.
    """
    if given is not None:
        return given
    if path is None:
        return ExportFormat.JSONL
    try:
        return _SUFFIXES[path.suffix.lower()]
    except KeyError:
        raise UsageError(
            f"{path}: its suffix names no format to write; "
            f"say which with --format ({', '.join(ExportFormat)})"
        ) from None
