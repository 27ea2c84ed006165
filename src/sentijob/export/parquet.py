"""Results as Parquet, with the extra ``parquet`` (pyarrow)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO

from sentijob.errors import UsageError
from sentijob.export.flat import JOB_COLUMNS, Table
from sentijob.jobs import Job

if TYPE_CHECKING:
    import pyarrow as pa

_GROUP_ROWS = 20_000
"""Rows held at once, and in one row group."""


def write_parquet(jobs: Iterable[Job], out: BinaryIO) -> int:
    """Write *jobs* to *out*; how many. Own columns and ``meta`` are strings.

    Raises:
        UsageError: pyarrow is missing.
    """
    pyarrow, pq = _pyarrow()
    table = Table(jobs)
    schema = _schema(pyarrow, table.names)
    rows = table.rows()
    count = 0
    with pq.ParquetWriter(out, schema, compression="zstd") as writer:
        for group in _groups(rows):
            columns = zip(*group, strict=True)
            arrays = [
                pyarrow.array(column, field.type)
                for column, field in zip(columns, schema, strict=True)
            ]
            writer.write_batch(pyarrow.RecordBatch.from_arrays(arrays, schema=schema))
            count += len(group)
    return count


def _groups(rows: Iterator[list[object]]) -> Iterator[Sequence[list[object]]]:
    while group := list(islice(rows, _GROUP_ROWS)):
        yield group


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
