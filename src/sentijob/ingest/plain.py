"""Text files: one text a line."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import chain

from sentijob.errors import UsageError
from sentijob.ingest.encodings import ByteStream, LineChunks
from sentijob.ingest.options import ReadOptions
from sentijob.ingest.texts import checked_text
from sentijob.jobs import Item


def lines_of(stream: ByteStream, options: ReadOptions, where: str) -> Iterator[str]:
    """The lines of a stream, each with its line feed; see :class:`LineChunks` for what is refused."""
    chunks = LineChunks(stream, where=where, longest=options.longest_record)
    return chain.from_iterable(io.StringIO(chunk, newline="\n") for chunk in chunks)


class PlainReader:
    """Reads a text a line. Blank lines part texts and are none."""

    def __init__(self, stream: ByteStream, options: ReadOptions, where: str) -> None:
        if options.text_field is not None or options.key_field is not None:
            raise UsageError(
                f"{where} is read as txt, which has no fields: "
                f"leave --text-field and --key-field out, or give another --format"
            )
        self._lines = lines_of(stream, options, where)
        self._max_length = options.max_length

    def rows(self) -> Iterator[tuple[int, str]]:
        return ((number, line) for number, line in enumerate(self._lines, 1) if not line.isspace())

    def item(self, raw: str) -> Item:
        return Item(checked_text(raw, max_length=self._max_length))

    def shown(self, raw: str) -> str:
        return raw.rstrip("\r\n")
