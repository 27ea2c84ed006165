"""Rows to items, in any format: one loop that puts ``file:line`` on whatever is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, NamedTuple, Protocol, TypeVar

from sentijob.errors import InputError, UsageError
from sentijob.ingest.delimited import DelimitedReader
from sentijob.ingest.encodings import ByteStream
from sentijob.ingest.formats import Format
from sentijob.ingest.json_lines import JsonLinesReader
from sentijob.ingest.options import ReadOptions
from sentijob.ingest.plain import PlainReader
from sentijob.jobs import Item

Raw = TypeVar("Raw")
Element = TypeVar("Element")


class Rejected(NamedTuple):
    """A row that was set aside."""

    where: str
    """``file:line``."""
    reason: str
    raw: str
    """The row as it stood in its file."""


class Reader(Protocol[Raw]):
    """One format: where its rows lie, and what item each one makes."""

    def rows(self) -> Iterator[tuple[int, Raw]]:
        """Each row with its line's number, from 1.

        Raises:
            InputError: the file can't be read on from here.
        """
        ...

    def item(self, raw: Raw) -> Item:
        """What a row makes; an InputError that it raises is about this row alone."""
        ...

    def shown(self, raw: Raw) -> str:
        """A row as it stood in its file, near enough to mend it."""
        ...


def read_items(
    stream: ByteStream, file_format: Format, options: ReadOptions, where: str
) -> Iterator[Item | Rejected]:
    """The items of *stream* as they come, in bounded memory.

    *where* names the stream in errors. With ``skip_bad``, a row that can't
    be taken comes as Rejected.

    Raises:
        InputError: a row can't be taken, or the stream can't be read on.
        UsageError: the options don't fit the format.
    """
    return items_of(_reader(stream, file_format, options, where), options, where)


def items_of(reader: Reader[Any], options: ReadOptions, where: str) -> Iterator[Item | Rejected]:
    """The items of a reader's rows; see :func:`read_items`."""
    for number, raw in reader.rows():
        try:
            item = reader.item(raw)
        except InputError as exc:
            at = f"{where}:{number}"
            if not options.skip_bad:
                raise InputError(exc.reason, where=at) from exc
            yield Rejected(at, exc.reason, reader.shown(raw))
        else:
            yield item


def chunked(elements: Iterable[Element], size: int) -> Iterator[list[Element]]:
    """*elements* in lists of *size*, the last one shorter."""
    iterator = iter(elements)
    while chunk := list(islice(iterator, size)):
        yield chunk


def _reader(
    stream: ByteStream, file_format: Format, options: ReadOptions, where: str
) -> Reader[Any]:
    match file_format:
        case Format.TXT:
            return PlainReader(stream, options, where)
        case Format.CSV:
            return DelimitedReader(stream, options, where, delimiter=",")
        case Format.TSV:
            return DelimitedReader(stream, options, where, delimiter="\t")
        case Format.JSONL:
            return JsonLinesReader(stream, options, where)
        case Format.PARQUET:
            raise UsageError("Parquet can't be read as it comes: name the file with -f")
