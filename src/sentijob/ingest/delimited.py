"""CSV and TSV: a header, then a row a record."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from sentijob.errors import InputError
from sentijob.ingest.columns import ItemMaker, checked_names, choose_columns
from sentijob.ingest.encodings import ByteStream
from sentijob.ingest.options import ReadOptions
from sentijob.ingest.plain import lines_of
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
        self._stream = stream
        self._options = options
        self._where = where
        self._delimiter = delimiter
        self._maker = ItemMaker(options)
        self._names: tuple[str, ...] = ()

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        records = self._records()
        first = next(records, None)
        if first is None:
            return
        self._take_header(*first)
        yield from records

    def item(self, raw: list[str]) -> Item:
        if len(raw) != len(self._names):
            raise InputError(
                f"the row has {_counted(raw, 'field')}, "
                f"the header {_counted(self._names, 'column')}"
            )
        row: dict[str, object] = dict(zip(self._names, raw, strict=True))
        item = self._maker.item(row)
        if "\0" in "".join(raw):
            for name, value in zip(self._names, raw, strict=True):
                refuse_unstorable(value, f"column {name!r}")
        return item

    def shown(self, raw: list[str]) -> str:
        written = io.StringIO()
        csv.writer(written, delimiter=self._delimiter).writerow(raw)
        return written.getvalue().removesuffix("\r\n")

    def _records(self) -> Iterator[tuple[int, list[str]]]:
        longest = self._options.longest_record
        # One limit for the whole process, so it is only ever raised; ours is a record's.
        csv.field_size_limit(max(csv.field_size_limit(), 2 * longest))
        lines = _BoundedLines(lines_of(self._stream, self._options, self._where), longest)
        reader = csv.reader(lines, delimiter=self._delimiter, strict=True)
        number = 1
        try:
            for record in reader:
                if record:
                    yield number, record
                number = reader.line_num + 1
                lines.room = longest
        except csv.Error as exc:
            raise InputError(_reason(exc), where=f"{self._where}:{number}") from exc
        except _RecordTooLongError as exc:
            raise InputError(
                f"a row is longer than {longest} characters; was a quote left open?",
                where=f"{self._where}:{number}",
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


class _BoundedLines:
    """Lines, until they use up *room*; whoever takes a record whole makes room again."""

    def __init__(self, lines: Iterator[str], room: int) -> None:
        self._lines = lines
        self.room = room

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self.room -= len(line)
            if self.room < 0:
                raise _RecordTooLongError
            yield line


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
