"""Records of CSV and TSV: lists of fields, each of which may go on for many lines."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from operator import length_hint
from typing import NamedTuple

from sentijob.errors import InputError
from sentijob.ingest.plain import lines_in

_NO_RESUMING = "the next row can't be told from it"


class Records(NamedTuple):
    """Records that came together, without the blank lines."""

    numbers: list[int]
    """Each one's first line, from 1."""
    rows: list[list[str]]
    size: int
    """Characters that they took, about."""
    has_nul: bool
    """Whether there was a NUL yet in the stream."""


def records_in(
    chunks: Iterable[str], *, delimiter: str, longest: int, where: str, has_quotes: bool = True
) -> Iterator[Records]:
    """The records of a stream's lines, as many at a time as are whole.

    Raises:
        InputError: one is broken, or longer than *longest* characters by more than a chunk; those
            before it have come.
    """
    # One limit for the whole process, so it is only ever raised; ours is a record's.
    csv.field_size_limit(max(csv.field_size_limit(), 2 * longest))
    lines = _Lines(chunks, longest)
    reader = csv.reader(
        lines,
        delimiter=delimiter,
        strict=True,
        quoting=csv.QUOTE_MINIMAL if has_quotes else csv.QUOTE_NONE,
    )
    numbers: list[int] = []
    rows: list[list[str]] = []
    try:
        for record in reader:
            if record:
                numbers.append(lines.finished + 1)
                rows.append(record)
            lines.finished = reader.line_num
            if not length_hint(lines.coming):
                yield Records(numbers, rows, lines.take_size(), lines.has_nul)
                numbers, rows = [], []
    except (csv.Error, _RecordTooLongError) as exc:
        yield Records(numbers, rows, lines.take_size(), lines.has_nul)
        raise InputError(_reason(exc), where=f"{where}:{lines.finished + 1}") from exc


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
                raise _RecordTooLongError(self._longest)


def _reason(exc: Exception) -> str:
    message = str(exc)
    if isinstance(exc, _RecordTooLongError):
        return f"a row is longer than {message} characters; was a quote left open?"
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
