"""Results as Parquet, with the extra ``parquet`` (pyarrow)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, BinaryIO

from sentijob.errors import UsageError
from sentijob.export.documents import DIGITS
from sentijob.export.flat import JOB_COLUMNS, Row, Table
from sentijob.jobs import StoredJob

if TYPE_CHECKING:
    import pyarrow as pa

_GROUP_ROWS = 20_000
"""Rows held at once, and in one row group."""


def write_parquet(pages: Iterable[Sequence[StoredJob]], out: BinaryIO) -> int:
    """Write jobs to *out*; how many. Own columns and ``meta`` are strings.

    Raises:
        UsageError: pyarrow is missing.
    """
    pyarrow, pq = _pyarrow()
    table = Table(pages, number=_rounded)
    schema = _schema(pyarrow, table.names)
    count = 0
    with pq.ParquetWriter(out, schema, compression="zstd") as writer:
        for group in _groups(table.pages()):
            columns = zip(*group, strict=True)
            arrays = [
                pyarrow.array(column, field.type)
                for column, field in zip(columns, schema, strict=True)
            ]
            writer.write_batch(pyarrow.RecordBatch.from_arrays(arrays, schema=schema))
            count += len(group)
    return count


def _groups(pages: Iterable[list[Row]]) -> Iterator[list[Row]]:
    group: list[Row] = []
    for page in pages:
        group += page
        if len(group) >= _GROUP_ROWS:
            yield group
            group = []
    if group:
        yield group


def _rounded(value: float) -> float:
    return round(value, DIGITS)


def _schema(pyarrow: pa, names: Sequence[str]) -> pa.Schema:
    types = {str: pyarrow.string(), int: pyarrow.int64(), float: pyarrow.float64()}
    return pyarrow.schema([(name, types[JOB_COLUMNS.get(name, str)]) for name in names])


def _pyarrow() -> tuple[pa, pa]:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as exc:
        raise UsageError("writing Parquet needs pyarrow: pip install 'sentijob[parquet]'") from exc
    return pa, pq
