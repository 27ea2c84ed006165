"""Text files: one text a line."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence

from sentijob.errors import UsageError
from sentijob.ingest.blocks import Block
from sentijob.ingest.encodings import ByteStream, LineChunks
from sentijob.ingest.options import ReadOptions
from sentijob.ingest.texts import checked_text
from sentijob.jobs import Item


def lines_in(chunk: str) -> list[str]:
    """The lines of a chunk, each with its line feed, which alone ends one."""
    return list(io.StringIO(chunk, newline="\n"))


def line_blocks(stream: ByteStream, options: ReadOptions, where: str) -> Iterator[Block[str]]:
    """The lines of a stream but the blank ones; see :class:`LineChunks` for what is refused."""
    first = 1
    for chunk in LineChunks(stream, where=where, longest=options.longest_record):
        lines = lines_in(chunk)
        rows = [line for line in lines if not line.isspace()]
        if rows:
            yield Block(_numbers(lines, first), rows, len(chunk))
        first += len(lines)


def _numbers(lines: Sequence[str], first: int) -> Iterator[int]:
    return (number for number, line in enumerate(lines, first) if not line.isspace())


class PlainReader:
    """Reads a text a line. Blank lines part texts and are none."""

    def __init__(self, stream: ByteStream, options: ReadOptions, where: str) -> None:
        if options.text_field is not None or options.key_field is not None:
            raise UsageError(
                f"{where} is read as txt, which has no fields: "
                f"leave --text-field and --key-field out, or give another --format"
            )
        self._blocks = line_blocks(stream, options, where)
        self._max_length = options.max_length

    def blocks(self) -> Iterator[Block[str]]:
        return self._blocks

    def items(self, rows: Sequence[str]) -> list[Item]:
        longest = self._max_length
        return [Item(checked_text(row, max_length=longest)) for row in rows]

    def check(self, rows: Sequence[str]) -> None:
        longest = self._max_length
        for row in rows:
            checked_text(row, max_length=longest)

    def shown(self, row: str) -> str:
        return row.rstrip("\r\n")
