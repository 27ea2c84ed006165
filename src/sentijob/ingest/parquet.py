"""Parquet files, with the extra ``parquet`` (pyarrow)."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, BinaryIO

from sentijob.errors import InputError, UsageError
from sentijob.ingest.columns import ItemMaker, checked_names, choose_columns
from sentijob.ingest.options import ReadOptions
from sentijob.ingest.texts import refuse_unstorable
from sentijob.jobs import Item

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

_ROWS_AT_ONCE = 64
"""Few: a dictionary page lets a file of kilobytes unfold to megabytes a row."""


class ParquetReader:
    """Reads a table of plain columns; a row's number counts from 1.

    The text column holds strings. A missing value, NaN too, is null; a
    date, a time or a decimal number becomes its string.
    """

    def __init__(self, file: BinaryIO, options: ReadOptions, where: str) -> None:
        self._file = file
        self._options = options
        self._where = where
        self._maker = ItemMaker(options)

    def rows(self) -> Iterator[tuple[int, dict[str, object]]]:
        pyarrow = _pyarrow()
        number = 0
        try:
            table = self._open()
            names = self._names(table.schema_arrow)
            for batch in table.iter_batches(batch_size=_ROWS_AT_ONCE):
                columns = [column.to_pylist() for column in batch.columns]
                for values in zip(*columns, strict=True):
                    number += 1
                    yield number, dict(zip(names, values, strict=True))
        except (pyarrow.ArrowException, OSError) as exc:
            reason = str(exc).partition("\n")[0]
            raise InputError(f"it can't be read as Parquet: {reason}", where=self._where) from exc

    def item(self, raw: dict[str, object]) -> Item:
        return self._maker.item({name: _plain(name, value) for name, value in raw.items()})

    def shown(self, raw: dict[str, object]) -> str:
        return json.dumps(raw, default=str)

    def _open(self) -> pq.ParquetFile:
        import pyarrow.parquet as pq

        self._file.seek(0)
        # Not ahead of need: a row group may be larger than memory.
        return pq.ParquetFile(self._file, pre_buffer=False, buffer_size=1 << 20)

    def _names(self, schema: pa.Schema) -> tuple[str, ...]:
        try:
            names = checked_names(schema.names)
            text = choose_columns(names, self._options).text
            for name, field in zip(names, schema, strict=True):
                _refuse_type(name, field.type, is_text=name == text)
        except InputError as exc:
            raise InputError(exc.reason, where=self._where) from exc
        return names


def _pyarrow() -> pa:
    try:
        import pyarrow as pa
    except ImportError as exc:
        raise UsageError("reading Parquet needs pyarrow: pip install 'sentijob[parquet]'") from exc
    return pa


def _refuse_type(name: str, kind: pa.DataType, *, is_text: bool) -> None:
    from pyarrow import types

    value_type = kind.value_type if types.is_dictionary(kind) else kind
    is_string = types.is_string(value_type) or types.is_large_string(value_type)
    if is_text and not is_string:
        raise InputError(f"the text column {name!r} holds {kind}, not strings")
    if (
        types.is_nested(value_type)
        or types.is_binary(value_type)
        or types.is_large_binary(value_type)
    ):
        raise InputError(
            f"column {name!r} holds {kind}, which can't be carried along; leave it out of the file"
        )


def _plain(name: str, value: object) -> object:
    """*value* as JSON can hold it."""
    if isinstance(value, str):
        refuse_unstorable(value, f"column {name!r}")
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
