"""Rows to items, in any format: one loop that puts ``file:line`` on whatever is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Protocol, TypeVar

from sentijob.errors import InputError, UsageError
from sentijob.ingest.blocks import Block, Raw, Rejected, Taken
from sentijob.ingest.delimited import DelimitedReader
from sentijob.ingest.encodings import ByteStream
from sentijob.ingest.formats import Format
from sentijob.ingest.json_lines import JsonLinesReader
from sentijob.ingest.options import ReadOptions
from sentijob.ingest.plain import PlainReader
from sentijob.jobs import Item

Element = TypeVar("Element")


class Reader(Protocol[Raw]):
    """One format: where its rows lie, and what item each one makes."""

    def blocks(self) -> Iterator[Block[Raw]]:
        """The rows as they come; those of a stream are given before it is read on.

        Raises:
            InputError: the file can't be read on from here.
        """
        ...

    def items(self, rows: Sequence[Raw]) -> list[Item]:
        """What rows make, each for itself; an InputError that it raises is about one of them."""
        ...

    def check(self, rows: Sequence[Raw]) -> None:
        """Raise InputError where :meth:`items` would."""
        ...

    def shown(self, row: Raw) -> str:
        """A row as it stood in its file, near enough to mend it."""
        ...


def read_blocks(
    stream: ByteStream, file_format: Format, options: ReadOptions, where: str
) -> Iterator[Taken]:
    """What the rows of *stream* make, as they come, in bounded memory.

    *where* names the stream in errors. With ``skip_bad``, a row that can't
    be taken comes as Rejected.

    Raises:
        InputError: a row can't be taken, and those before it have come; or the stream can't be read on.
        UsageError: the options don't fit the format.
    """
    return taken_from(reader_of(stream, file_format, options, where), options, where)


def taken_from(reader: Reader[Any], options: ReadOptions, where: str) -> Iterator[Taken]:
    """What a reader's rows make; see :func:`read_blocks`."""
    for block in reader.blocks():
        try:
            items = reader.items(block.rows)
        except InputError:
            yield from _one_by_one(reader, block, options, where)
        else:
            yield Taken(items, block.size)


def count_rows(
    reader: Reader[Any], options: ReadOptions, where: str
) -> Iterator[tuple[int, Sequence[Rejected]]]:
    """How many items :func:`taken_from` would give, and what else, block by block; they aren't made."""
    for block in reader.blocks():
        try:
            reader.check(block.rows)
        except InputError:
            for entries, _ in _one_by_one(reader, block, options, where):
                bad = [entry for entry in entries if isinstance(entry, Rejected)]
                yield len(entries) - len(bad), bad
        else:
            yield len(block.rows), ()


def _one_by_one(
    reader: Reader[Raw], block: Block[Raw], options: ReadOptions, where: str
) -> Iterator[Taken]:
    """The same of a block that has bad rows."""
    entries: list[Item | Rejected] = []
    for number, row in zip(block.numbers, block.rows, strict=True):
        try:
            entries += reader.items([row])
        except InputError as exc:
            at = f"{where}:{number}"
            if not options.skip_bad:
                if entries:
                    yield Taken(entries, block.size)
                raise InputError(exc.reason, where=at) from exc
            entries.append(Rejected(at, exc.reason, reader.shown(row)))
    yield Taken(entries, block.size)


def chunked(elements: Iterable[Element], size: int) -> Iterator[list[Element]]:
    """*elements* in lists of *size*, the last one shorter."""
    iterator = iter(elements)
    while chunk := list(islice(iterator, size)):
        yield chunk


def reader_of(
    stream: ByteStream, file_format: Format, options: ReadOptions, where: str
) -> Reader[Any]:
    """What reads a stream of this format.

    Raises:
        UsageError: the options don't fit the format.
    """
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
