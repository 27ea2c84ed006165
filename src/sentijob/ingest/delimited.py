"""CSV and TSV: a header, then a row a record."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sentijob.errors import InputError
from sentijob.ingest.blocks import Block
from sentijob.ingest.columns import ItemMaker, PlainColumns, checked_names, choose_columns
from sentijob.ingest.encodings import ByteStream, LineChunks
from sentijob.ingest.options import ReadOptions
from sentijob.ingest.records import records_in
from sentijob.ingest.texts import refuse_unstorable
from sentijob.jobs import Item


class _Places(NamedTuple):
    """Where in a row what stands."""

    width: int
    text: int
    key: int | None
    others: tuple[tuple[str, int], ...]
    """The names of the other columns with their places."""


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
        longest = options.longest_record
        self._records = records_in(
            LineChunks(stream, where=where, longest=longest),
            delimiter=delimiter,
            longest=longest,
            where=where,
            has_quotes=options.has_quotes,
        )
        self._maker = ItemMaker(options)
        self._names: tuple[str, ...] = ()
        self._has_nul = False

    def blocks(self) -> Iterator[Block[list[str]]]:
        for numbers, rows, size, has_nul in self._records:
            self._has_nul = has_nul
            if not self._names and rows:
                if self._options.columns:
                    self._take_header(numbers[0], list(self._options.columns))
                else:
                    self._take_header(numbers.pop(0), rows.pop(0))
            if rows:
                yield Block(numbers, rows, size)

    def check(self, rows: Sequence[list[str]]) -> None:
        if self._plain(rows) is None:
            for row in rows:
                self._item(row)

    def items(self, rows: Sequence[list[str]]) -> list[Item]:
        plain = self._plain(rows)
        if plain is None:
            return [self._item(row) for row in rows]
        others = self._places.others
        if not others:
            return list(map(Item, *plain))
        metas = [{name: row[place] for name, place in others} for row in rows]
        return list(map(Item, *plain, metas))

    def _plain(self, rows: Sequence[list[str]]) -> PlainColumns | None:
        width, text, key, _ = self._places
        if self._has_nul or set(map(len, rows)) != {width}:
            return None
        keys = None if key is None else [row[key] for row in rows]
        return self._maker.plain([row[text] for row in rows], keys)

    def _item(self, row: list[str]) -> Item:
        names = self._names
        if len(row) != len(names):
            raise InputError(
                f"the row has {_counted(row, 'field')}, the header {_counted(names, 'column')}"
            )
        item = self._maker.item(dict(zip(names, row, strict=True)))
        if "\0" in "".join(row):
            self._refuse_unstorable(row)
        return item

    def _refuse_unstorable(self, row: Sequence[str]) -> None:
        for name, value in zip(self._names, row, strict=True):
            refuse_unstorable(value, f"column {name!r}")

    def shown(self, row: list[str]) -> str:
        if not self._options.has_quotes:
            return self._delimiter.join(row)
        written = io.StringIO()
        csv.writer(written, delimiter=self._delimiter).writerow(row)
        return written.getvalue().removesuffix("\r\n")

    def _take_header(self, number: int, names: list[str]) -> None:
        try:
            self._names = checked_names(names)
            text, key = choose_columns(self._names, self._options)
        except InputError as exc:
            hint = _delimiter_hint(names, self._delimiter)
            raise InputError(exc.reason + hint, where=f"{self._where}:{number}") from exc
        place_of = {name: place for place, name in enumerate(self._names)}
        self._places = _Places(
            len(self._names),
            place_of.pop(text),
            None if key is None else place_of.pop(key),
            tuple(place_of.items()),
        )


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
