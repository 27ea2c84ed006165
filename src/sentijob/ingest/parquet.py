"""Parquet files, with the extra ``parquet`` (pyarrow)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, BinaryIO, cast

from sentijob.errors import InputError, UsageError
from sentijob.ingest.blocks import Block
from sentijob.ingest.columns import ItemMaker, checked_names, choose_columns
from sentijob.ingest.options import ReadOptions
from sentijob.ingest.parquet_values import refuse_type, storable, values_of
from sentijob.jobs import Item

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq


_LARGEST_BLOCK = 1 << 20


class ParquetReader:
    """Reads a table of plain columns; a row's number counts from 1.

    The text column holds strings. A missing value, NaN too, is null; a
    date, a time, a duration or a decimal number becomes its string.
    """

    def __init__(self, file: BinaryIO, options: ReadOptions, where: str) -> None:
        self._file = file
        self._options = options
        self._where = where
        self._maker = ItemMaker(options)
        self._names: tuple[str, ...] = ()

    def blocks(self) -> Iterator[Block[Sequence[object]]]:
        pyarrow = _pyarrow()
        from sentijob.ingest.parquet_pages import rows_at_once

        number = 1
        try:
            table = self._open()
            self._names = self._checked_names(table.schema_arrow)
            for batch in table.iter_batches(
                batch_size=rows_at_once(self._file, table.schema_arrow)
            ):
                columns = [values_of(column) for column in batch.columns]
                yield from _of_bounded_size(columns, number)
                number += batch.num_rows
        except InputError as exc:
            raise InputError(exc.reason, where=self._where) from exc
        except (pyarrow.ArrowException, OSError, UnicodeDecodeError) as exc:
            # The last: the name of a column, or of a time zone, that is not UTF-8.
            reason = str(exc).partition("\n")[0]
            raise InputError(f"it can't be read as Parquet: {reason}", where=self._where) from exc

    def check(self, rows: Sequence[Sequence[object]]) -> None:
        self.items(rows)

    def items(self, rows: Sequence[Sequence[object]]) -> list[Item]:
        plain = self._plain(rows)
        return [self._item(row) for row in rows] if plain is None else plain

    def _plain(self, rows: Sequence[Sequence[object]]) -> list[Item] | None:
        """The items of rows that a glance tells can be taken."""
        if len(rows) == 1:
            return None  # it may be a long one
        columns = {
            name: _storable_column(name, column)
            for name, column in zip(self._names, zip(*rows, strict=True), strict=True)
        }
        text, key = self._maker.columns(self._names)
        texts, keys = columns.pop(text), None if key is None else columns.pop(key)
        plain = self._maker.plain(texts, keys)
        if plain is None or not columns:
            return None if plain is None else list(map(Item, *plain))
        others = zip(*columns.values(), strict=True)
        return list(map(Item, *plain, (dict(zip(columns, row, strict=True)) for row in others)))

    def _item(self, row: Sequence[object]) -> Item:
        length = _length(row)
        if length > self._options.longest_record:
            # The bound that a line of text has: it will be written as one.
            raise InputError(
                f"the row has {length} characters; at most {self._options.longest_record} are taken"
            )
        return self._maker.item(
            {
                name: value if type(value) is int else storable(name, value)
                for name, value in zip(self._names, row, strict=True)
            }
        )

    def shown(self, row: Sequence[object]) -> str:
        cut = self._options.longest_record
        return json.dumps(dict(zip(self._names, row, strict=True)), default=str)[:cut]

    def _open(self) -> pq.ParquetFile:
        import pyarrow.parquet as pq

        self._file.seek(0)
        # Not ahead of need: a row group may be larger than memory.
        return pq.ParquetFile(self._file, pre_buffer=False, buffer_size=1 << 20)

    def _checked_names(self, schema: pa.Schema) -> tuple[str, ...]:
        names = checked_names(schema.names)
        text = choose_columns(names, self._options).text
        for name, field in zip(names, schema, strict=True):
            refuse_type(name, field.type, is_text=name == text)
        return names


def _of_bounded_size(
    columns: Sequence[Sequence[object]], first: int
) -> Iterator[Block[Sequence[object]]]:
    """Rows in one block, or, where they are long, each in one of its own."""
    rows = list(zip(*columns, strict=True))
    size = sum(map(_length, columns))
    if size <= _LARGEST_BLOCK:
        yield Block(range(first, first + len(rows)), rows, size)
        return
    for number, row in enumerate(rows, first):
        yield Block((number,), (row,), _length(row))


def _length(values: Sequence[object]) -> int:
    """Characters of the strings among *values*."""
    return sum([len(value) for value in values if isinstance(value, str)])


def _storable_column(name: str, column: Sequence[object]) -> Sequence[object]:
    """A column's values as JSON can hold them; see :func:`storable`."""
    kinds = set(map(type, column))
    if kinds == {str} and "\0" not in "".join(cast("Sequence[str]", column)):
        return column
    return column if kinds == {int} else [storable(name, value) for value in column]


def _pyarrow() -> pa:
    try:
        import pyarrow as pa
    except ImportError as exc:
        raise UsageError("reading Parquet needs pyarrow: pip install 'sentijob[parquet]'") from exc
    return pa
