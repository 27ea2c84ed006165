"""Results to a file or a stream, in any format."""

from __future__ import annotations

import io
import stat
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import BinaryIO, TextIO

from sentijob.errors import UsageError
from sentijob.export.csv_rows import write_csv
from sentijob.export.formats import ExportFormat
from sentijob.export.lines import lines
from sentijob.export.parquet import write_parquet
from sentijob.files import cannot_write, replacing
from sentijob.jobs import StoredJob
from sentijob.trust import planted

Pages = Iterable[Sequence[StoredJob]]


def write_results(
    pages: Pages, target: Path | TextIO, export_format: ExportFormat, *, raw: bool = False
) -> int:
    """Write jobs in their order; how many. Memory is bounded.

    A file is there whole or not at all; a device or a pipe (``/dev/stdout``)
    is written to as it is. *raw* leaves formulas in CSV as they are.

    Raises:
        StoreFullError: there is no room left.
        UsageError: the target can't be written, or can't hold the format; pyarrow is missing.
    """
    if not isinstance(target, Path):
        return _write_text(pages, target, export_format, raw=raw)
    if _is_special(target):
        what = planted(target)
        if what is not None:
            raise UsageError(f"{target} is {what}; name a file in a folder of your own")
        try:
            with target.open("wb") as file:
                return _write_bytes(pages, file, export_format, raw=raw)
        except OSError as exc:
            raise cannot_write(target, exc) from exc
    with replacing(target) as file:
        return _write_bytes(pages, file, export_format, raw=raw)


def write_jsonl(pages: Pages, out: TextIO) -> int:
    """Write each job as its document, one a line, as they come; how many."""
    count = 0
    for page in pages:
        # Never as one string: so large a one gets memory from the system, page by page, each time.
        out.writelines(lines(page))
        count += len(page)
    return count


def _write_bytes(pages: Pages, file: BinaryIO, export_format: ExportFormat, *, raw: bool) -> int:
    if export_format is ExportFormat.PARQUET:
        return write_parquet(pages, file)
    text = io.TextIOWrapper(file, encoding="utf-8", newline="")
    try:
        return _write_text(pages, text, export_format, raw=raw)
    finally:
        text.detach()  # flushes, and leaves the file to its owner


def _write_text(pages: Pages, out: TextIO, export_format: ExportFormat, *, raw: bool) -> int:
    match export_format:
        case ExportFormat.JSONL:
            return write_jsonl(pages, out)
        case ExportFormat.CSV:
            return write_csv(pages, out, raw=raw)
        case ExportFormat.PARQUET:
            raise UsageError("Parquet can't go to stdout: name a file with -o")


def _is_special(path: Path) -> bool:
    """Whether *path* is a device, a pipe or the like, which must not be replaced by a file."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return False  # writing will say what is wrong
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))
