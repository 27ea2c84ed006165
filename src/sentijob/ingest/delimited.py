"""CSV and TSV: a header, then a row a record."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from operator import length_hint

from sentijob.errors import InputError
from sentijob.ingest.blocks import Block
from sentijob.ingest.columns import ItemMaker, checked_names, choose_columns
from sentijob.ingest.encodings import ByteStream, LineChunks
from sentijob.ingest.options import ReadOptions
from sentijob.ingest.plain import lines_in
from sentijob.ingest.texts import refuse_unstorable
from sentijob.jobs import Item

_NO_RESUMING = "the next row can't be told from it"


class DelimitedReader:
    """Reads a table by RFC 4180: fields with *delimiter*, quotes or line ends in them are quoted.

    A row's number is that of its first line. A wholly blank line is passed
    over. What makes the following rows doubtful (a misplaced or open
    quote, a carriage return outside quotes) ends the reading, even where bad rows are skipped.
    """

    def __init__(
        self, stream: ByteStream, options: ReadOptions, where: str, *, delimiter: str
    ) -> None:
        self._options = options
        self._where = where
        self._delimiter = delimiter
        self._lines = _Lines(
            LineChunks(stream, where=where, longest=options.longest_record), options.longest_record
        )
        self._maker = ItemMaker(options)
        self._names: tuple[str, ...] = ()

    def blocks(self) -> Iterator[Block[list[str]]]:
        for numbers, rows, size in self._records():
            if not self._names and rows:
                self._take_header(numbers.pop(0), rows.pop(0))
            if rows:
                yield Block(numbers, rows, size)

    def items(self, rows: Sequence[list[str]]) -> list[Item]:
        names, item = self._names, self._maker.item
        for row in rows:
            if len(row) != len(names):
                raise InputError(
                    f"the row has {_counted(row, 'field')}, the header {_counted(names, 'column')}"
                )
        items = [item(dict(zip(names, row, strict=True))) for row in rows]
        if self._lines.has_nul:
            for row in rows:
                self._refuse_unstorable(row)
        return items

    def _refuse_unstorable(self, row: Sequence[str]) -> None:
        for name, value in zip(self._names, row, strict=True):
            refuse_unstorable(value, f"column {name!r}")

    def shown(self, row: list[str]) -> str:
        written = io.StringIO()
        csv.writer(written, delimiter=self._delimiter).writerow(row)
        return written.getvalue().removesuffix("\r\n")

    def _records(self) -> Iterator[tuple[list[int], list[list[str]], int]]:
        """Records and where they begin, as many as the lines hold that have come; and their size."""
        longest = self._options.longest_record
        # One limit for the whole process, so it is only ever raised; ours is a record's.
        csv.field_size_limit(max(csv.field_size_limit(), 2 * longest))
        lines = self._lines
        reader = csv.reader(lines, delimiter=self._delimiter, strict=True)
        numbers: list[int] = []
        records: list[list[str]] = []
        try:
            for record in reader:
                if record:
                    numbers.append(lines.finished + 1)
                    records.append(record)
                lines.finished = reader.line_num
                if not length_hint(lines.coming):
                    yield numbers, records, lines.take_size()
                    numbers, records = [], []
        except csv.Error as exc:
            yield numbers, records, lines.take_size()
            where = f"{self._where}:{lines.finished + 1}"
            raise InputError(_reason(exc), where=where) from exc
        except _RecordTooLongError as exc:
            yield numbers, records, lines.take_size()
            raise InputError(
                f"a row is longer than {longest} characters; was a quote left open?",
                where=f"{self._where}:{lines.finished + 1}",
            ) from exc

    def _take_header(self, number: int, names: list[str]) -> None:
        try:
            self._names = checked_names(names)
            choose_columns(self._names, self._options)
        except InputError as exc:
            hint = _delimiter_hint(names, self._delimiter)
            raise InputError(exc.reason + hint, where=f"{self._where}:{number}") from exc


class _RecordTooLongError(Exception):
    """A record has taken more lines than it may."""


class _Lines:
    """The lines of a stream, for a csv reader whose records may go on from one chunk to the next.

    Raises:
        _RecordTooLongError: one has gone on for more than *longest* characters.
    """

    def __init__(self, chunks: Iterable[str], longest: int) -> None:
        self._chunks = chunks
        self._longest = longest
        self.coming: Iterator[str] = iter(())
        """What is left of the chunk that has come."""
        self.finished = 0
        """Lines whose records are whole; whoever takes those says so."""
        self.has_nul = False
        """Whether there was one yet: mostly there is none, and nothing to look for in each row."""
        self._size = 0

    def take_size(self) -> int:
        """Characters that came since this was last asked."""
        size, self._size = self._size, 0
        return size

    def __iter__(self) -> Iterator[str]:
        given = 0
        room = self._longest
        for chunk in self._chunks:
            self.has_nul = self.has_nul or "\0" in chunk
            self._size += len(chunk)
            lines = lines_in(chunk)
            self.coming = iter(lines)
            yield from self.coming
            given += len(lines)
            unfinished = given - self.finished
            if unfinished < len(lines):
                room = self._longest - sum(map(len, lines[len(lines) - unfinished :]))
            else:
                room -= len(chunk)
            if room < 0:
                raise _RecordTooLongError


def _reason(exc: csv.Error) -> str:
    message = str(exc)
    if "unexpected end of data" in message:
        return "a quote is opened in this row and never closed; was the file cut off?"
    if "new-line character" in message:
        return (
            "a carriage return stands outside quotes; quote the field, "
            "or make the line ends line feeds"
        )
    if "expected after" in message:
        return f"a quote stands inside a quoted field and isn't doubled, so {_NO_RESUMING}"
    return f"not valid CSV: {message}"


def _delimiter_hint(names: list[str], delimiter: str) -> str:
    if len(names) > 1:
        return ""
    if ";" in names[0]:
        return (
            "; the header looks parted by semicolons: save the file with commas (or tabs, as tsv)"
        )
    if "\t" in names[0] and delimiter != "\t":
        return "; the header looks parted by tabs: give --format tsv"
    if "," in names[0] and delimiter != ",":
        return "; the header looks parted by commas: give --format csv"
    return ""


def _counted(things: list[str] | tuple[str, ...], noun: str) -> str:
    return f"{len(things)} {noun}{'' if len(things) == 1 else 's'}"
