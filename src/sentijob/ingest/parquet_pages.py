"""How much a Parquet file unfolds to, read from its footer and its pages' headers before any page is unfolded.

A page is unfolded whole, to the size that its header states, and one of
kilobytes may state gigabytes. The footer's sums don't tell: what counts is
the largest page of each column, for a reader holds one page of every column at a time.

Read here and not by pyarrow, which ends the whole process where the footer contradicts itself.

Source: the format's ``parquet.thrift`` (FileMetaData, PageHeader).
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from sentijob.errors import InputError
from sentijob.ingest.parquet_values import is_string
from sentijob.ingest.thrift import BrokenThriftError, Struct, read_struct

if TYPE_CHECKING:
    import pyarrow as pa

MOST_UNFOLDED = 160 << 20
"""Bytes that the pages and rows held at a time may take."""
MOST_ROWS = 256
_HEADER_GUESS = 1 << 10
_LONGEST_HEADER = 1 << 20
"""A header repeats the smallest and the largest value, so it may be long."""
_TAIL = 8
"""Bytes after the footer: its length, and the format's name."""
_DICTIONARY_PAGE = 2
# Fields' numbers in parquet.thrift.
_ROW_GROUPS, _COLUMNS, _META_DATA = 4, 1, 3
_NUM_VALUES, _COMPRESSED, _DATA_OFFSET, _DICTIONARY_OFFSET = 5, 7, 9, 11
_KIND, _UNFOLDED, _STORED = 1, 2, 3


class PageHeader(NamedTuple):
    """What stands before a page."""

    length: int
    """Bytes of the header itself."""
    is_dictionary: bool
    unfolded: int
    stored: int
    """Bytes of the page that follows."""


class _Largest(NamedTuple):
    """The largest pages of one column in one row group."""

    dictionary: int
    data: int


def rows_at_once(file: BinaryIO, schema: pa.Schema) -> int:
    """How many rows to read at a time, so that no more than ``MOST_UNFOLDED`` bytes unfold.

    *schema* has plain columns alone.

    Raises:
        InputError: a single row may be too much, or the pages aren't where the footer has them.
    """
    try:
        groups = _structs(_footer(file).get(_ROW_GROUPS))
        return min((_rows_of_group(file, group, schema) for group in groups), default=MOST_ROWS)
    except BrokenThriftError as exc:
        raise InputError(f"it can't be read as Parquet: {exc}") from exc


def _footer(file: BinaryIO) -> Struct:
    size = file.seek(0, os.SEEK_END)
    file.seek(size - _TAIL)
    length = int.from_bytes(file.read(4), "little")
    file.seek(max(size - _TAIL - length, 0))
    try:
        return read_struct(file.read(length))[0]
    except IndexError as exc:
        raise BrokenThriftError("the footer is cut off") from exc


def _structs(value: object) -> list[Struct]:
    """The structs of a list, or nothing where it is none."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _number(struct: Struct, field: int) -> int:
    value = struct.get(field, 0)
    return value if isinstance(value, int) else 0


def _rows_of_group(file: BinaryIO, group: Struct, schema: pa.Schema) -> int:
    held = a_row = 0
    for column, field in zip(_structs(group.get(_COLUMNS)), schema, strict=False):
        pages = _largest_pages(file, column.get(_META_DATA))
        if is_string(field.type):
            # At worst a page is one value, held as a page, in an array and as Python's string;
            # and every row holds the longest value of the dictionary.
            held += 2 * pages.dictionary + 3 * pages.data
            a_row += 2 * pages.dictionary
        else:
            held += pages.dictionary + pages.data
    if held + a_row > MOST_UNFOLDED:
        raise InputError(
            f"it may unfold to {(held + a_row) >> 20} MB a row, and {MOST_UNFOLDED >> 20} MB are "
            "taken; write it anew with smaller pages (pyarrow: data_page_size) or fewer columns"
        )
    return max(1, min(MOST_ROWS, (MOST_UNFOLDED - held) // max(a_row, 1)))


def _largest_pages(file: BinaryIO, chunk: object) -> _Largest:
    """The largest dictionary and the largest page of data."""
    if not isinstance(chunk, dict) or _number(chunk, _NUM_VALUES) <= 0:
        return _Largest(0, 0)  # nothing is read of such a chunk, and its offsets may be anything
    place = _number(chunk, _DATA_OFFSET)
    if _number(chunk, _DICTIONARY_OFFSET):
        place = min(place, _number(chunk, _DICTIONARY_OFFSET))
    end = place + _number(chunk, _COMPRESSED)
    dictionary = data = 0
    while place < end:
        header = _header_at(file, place)
        size = max(header.unfolded, header.stored)
        if header.is_dictionary:
            dictionary = max(dictionary, size)
        else:
            data = max(data, size)
        place += header.length + header.stored
    if place > file.seek(0, os.SEEK_END):
        # Room for a page would be made before it was found missing.
        raise BrokenThriftError("its pages go on beyond its end")
    return _Largest(dictionary, data)


def _header_at(file: BinaryIO, place: int) -> PageHeader:
    size = _HEADER_GUESS
    while place >= 0:
        file.seek(place)
        raw = file.read(size)
        try:
            return read_header(raw)
        except IndexError:
            if len(raw) < size or size >= _LONGEST_HEADER:
                break
            size *= 32
    raise BrokenThriftError(f"there is no page at byte {place}")


def read_header(raw: bytes) -> PageHeader:
    """The header at the beginning of *raw*.

    Raises:
        IndexError: it goes on beyond *raw*.
        BrokenThriftError: it is none.
    """
    struct, length = read_struct(raw)
    kind, unfolded, stored = (struct.get(field) for field in (_KIND, _UNFOLDED, _STORED))
    if not (isinstance(kind, int) and isinstance(unfolded, int) and isinstance(stored, int)):
        raise BrokenThriftError("a page's header is incomplete")
    if min(unfolded, stored) < 0:
        raise BrokenThriftError("a page's size is negative")
    return PageHeader(length, kind == _DICTIONARY_PAGE, unfolded, stored)
