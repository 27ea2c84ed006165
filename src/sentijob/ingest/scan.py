"""Reading a file twice: once to check every row, once to hand the rows out.

Nothing is queued before the whole file is known to be good. Whatever
changes in between is noticed before a row of it is handed out: the first
reading notes a digest for each block, the second compares.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sentijob.errors import InputError
from sentijob.ingest.blocks import Rejected, Taken
from sentijob.ingest.encodings import BLOCK_SIZE, ByteStream
from sentijob.ingest.formats import Format
from sentijob.ingest.options import ReadOptions
from sentijob.ingest.parquet import ParquetReader
from sentijob.ingest.reading import Reader, count_rows, reader_of, taken_from
from sentijob.ingest.source import Source


@dataclass(frozen=True, slots=True)
class Scan:
    """What a first reading found."""

    rows: int
    """Rows that can be taken."""
    rejected: int
    """Rows that can't; 0 unless bad rows are skipped."""
    fingerprint: str
    """Stands for the file's content and how it is read, whatever its name."""
    digests: tuple[bytes, ...]
    """The SHA-256 of the file up to the end of each block."""


Wrapping = Callable[[Reader[Any]], Reader[Any]]
"""Puts a reader around a reader, to check more of each row."""
OF_QUEUED = (
    "what was queued so far is as it was before. With the old content back, the same command goes on"
    " where it stopped"
)


def prescan(
    source: Source,
    file_format: Format,
    options: ReadOptions,
    *,
    wrapping: Wrapping = lambda reader: reader,
) -> Scan:
    """Read all of *source* and check every row; memory is bounded, but for 32 bytes a block.

    Raises:
        InputError: a row can't be taken, the file can't be read, or nothing is in it.
        UsageError: the options don't fit the format, or an extra is missing.
    """
    if not source.size:
        raise InputError("the file is empty", where=source.where)
    stream = _HashingStream(source)
    rows = 0
    first_rejected: Rejected | None = None
    rejected = 0
    reader = wrapping(_reader(source, stream, file_format, options))
    for good, bad in count_rows(reader, options, source.where):
        first_rejected = first_rejected or next(iter(bad), None)
        rejected += len(bad)
        rows += good
    if not rows:
        raise _nothing(source, first_rejected, rejected)
    return Scan(rows, rejected, _fingerprint(stream, file_format, options), tuple(stream.digests))


def read_scanned(
    source: Source,
    file_format: Format,
    options: ReadOptions,
    scan: Scan,
    *,
    advice: str = OF_QUEUED,
) -> Iterator[Taken]:
    """The rows that *scan* found, now to be used; *advice* is given where they have changed.

    Raises:
        InputError: the file changed since. Every row handed out before is as
            scanned; with Parquet only if the change came before its rows were read.
    """
    stream = _ComparingStream(source, scan.digests, advice)
    reader = _reader(source, stream, file_format, options)
    yield from taken_from(reader, options, source.where)
    if file_format is Format.PARQUET:
        _drain(_ComparingStream(source, scan.digests, advice))


def _reader(
    source: Source, stream: ByteStream, file_format: Format, options: ReadOptions
) -> Reader[Any]:
    if file_format is not Format.PARQUET:
        return reader_of(stream, file_format, options, source.where)
    _drain(stream)  # Parquet is read from its end, so its bytes are looked at beforehand.
    return ParquetReader(source.file, options, source.where)


def _drain(stream: ByteStream) -> None:
    while stream.read1(BLOCK_SIZE):
        pass


def _nothing(source: Source, first: Rejected | None, rejected: int) -> InputError:
    if first is not None:
        return InputError(
            f"none of its {rejected} rows can be taken; the first, {first.where}: {first.reason}",
            where=source.where,
        )
    return InputError("there are no texts in it", where=source.where)


def _fingerprint(stream: _HashingStream, file_format: Format, options: ReadOptions) -> str:
    how = json.dumps([file_format, options._asdict()], sort_keys=True)
    return hashlib.sha256(stream.digests[-1] + how.encode()).hexdigest()


class _HashingStream:
    """A file from its beginning, in whole blocks; *digests* notes the hash so far after each."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._hash = hashlib.sha256()
        self.digests: list[bytes] = []
        source.file.seek(0)

    def read1(self, _size: int, /) -> bytes:
        try:
            block = self._source.file.read(BLOCK_SIZE)
        except OSError as exc:
            raise InputError(f"it can't be read: {exc.strerror}", where=self._source.where) from exc
        if block:
            self._hash.update(block)
            self.digests.append(self._hash.digest())
        return block


class _ComparingStream(_HashingStream):
    """The same file again; refuses the first block that isn't what it was."""

    def __init__(self, source: Source, expected: tuple[bytes, ...], advice: str) -> None:
        super().__init__(source)
        self._advice = advice
        self._expected = iter(expected)

    def read1(self, size: int, /) -> bytes:
        block = super().read1(size)
        digest = self.digests[-1] if block else None
        if digest != next(self._expected, None):
            raise InputError(
                f"it changed while it was being read; {self._advice}",
                where=self._source.where,
            )
        return block
