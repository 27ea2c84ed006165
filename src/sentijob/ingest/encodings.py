"""Bytes to whole lines of text: UTF-8, or UTF-16 by its byte order mark, or a refusal that says where.

A line ends at a line feed and nowhere else. Lone carriage returns, form
feeds, U+0085, U+2028 and their kind are part of the text.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import Protocol

from sentijob.errors import InputError

BLOCK_SIZE = 1 << 18

_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
_FOREIGN = {
    codecs.BOM_UTF32_LE: "UTF-32 text; make it UTF-8, as with `iconv -f utf-32 -t utf-8`",
    codecs.BOM_UTF32_BE: "UTF-32 text; make it UTF-8, as with `iconv -f utf-32 -t utf-8`",
    b"\x1f\x8b": "gzip data; unpack it first, as with `gunzip`",
    b"\x28\xb5\x2f\xfd": "Zstandard data; unpack it first, as with `unzstd`",
    b"PK\x03\x04": "a ZIP archive or a spreadsheet; unpack it, or save it as CSV",
    b"PAR1": "Parquet; read it with --format parquet",
}
_LONGEST_MARK = 4


class ByteStream(Protocol):
    """Where bytes come from."""

    def read1(self, size: int, /) -> bytes:
        """Up to *size* bytes, as soon as there are any; none only at the end."""
        ...


class LineChunks:
    """The lines of a stream, many to a string: each chunk ends with a line feed, but maybe the last.

    Holds one block and one line. *longest* bounds a line, in characters;
    *where* names the stream in what is raised, as InputError:

    - the bytes are not UTF-8, or not UTF-16 though they begin with its mark;
    - a line has no end within *longest* characters.
    """

    def __init__(self, stream: ByteStream, *, where: str, longest: int) -> None:
        self._stream = stream
        self._where = where
        self._longest = longest
        self._consumed = 0
        """Bytes given to the decoder."""
        self._lines = 0
        """Lines given out."""

    def __iter__(self) -> Iterator[str]:
        block = self._first_block()
        encoding, mark = self._recognize(block)
        self._consumed = len(mark)
        decoder = codecs.getincrementaldecoder(encoding)()
        block = block[len(mark) :]
        carry = ""
        while block:
            text = carry + self._decode(decoder, block, is_last=False)
            self._refuse_endless(text, len(carry), encoding)
            cut = text.rfind("\n") + 1
            carry = text[cut:]
            if cut:
                yield text[:cut]
                self._lines += text.count("\n", 0, cut)
            block = self._stream.read1(BLOCK_SIZE)
        carry += self._decode(decoder, b"", is_last=True)
        if carry:
            yield carry

    def _first_block(self) -> bytes:
        """Enough bytes to hold a mark; a pipe may bring them one by one."""
        block = b""
        while len(block) < _LONGEST_MARK:
            more = self._stream.read1(BLOCK_SIZE)
            if not more:
                break
            block += more
        return block

    def _recognize(self, block: bytes) -> tuple[str, bytes]:
        """The encoding, and the mark that says so."""
        for magic, name in _FOREIGN.items():
            if block.startswith(magic):
                raise InputError(f"this is {name}", where=self._where)
        for mark, encoding in _MARKS.items():
            if block.startswith(mark):
                return encoding, mark
        order = _unmarked_utf16(block)
        if order:
            raise InputError(
                f"this is UTF-16 ({order}) without a byte order mark; "
                f"make it UTF-8, as with `iconv -f {order} -t utf-8`",
                where=self._where,
            )
        return "utf-8", b""

    def _decode(self, decoder: codecs.IncrementalDecoder, block: bytes, *, is_last: bool) -> str:
        pending = len(decoder.getstate()[0])
        try:
            text = decoder.decode(block, is_last)
        except UnicodeDecodeError as exc:
            raise self._undecodable(exc, self._consumed - pending) from exc
        self._consumed += len(block)
        return text

    def _undecodable(self, exc: UnicodeDecodeError, base: int) -> InputError:
        """The refusal of bytes that begin at offset *base* of the stream."""
        before = exc.object[: exc.start].decode(exc.encoding, "ignore")
        where = f"{self._where}:{self._lines + before.count(chr(10)) + 1}"
        offset = base + exc.start
        if exc.reason in {"unexpected end of data", "truncated data"}:
            return InputError(
                f"it ends in the middle of a character, at byte {offset}; was it cut off?",
                where=where,
            )
        return InputError(
            f"byte 0x{exc.object[exc.start]:02x} at offset {offset} is not {exc.encoding.upper()} "
            f"({exc.reason}); if it is Latin-1, make it UTF-8 with `iconv -f latin1 -t utf-8`",
            where=where,
        )

    def _refuse_endless(self, text: str, carried: int, encoding: str) -> None:
        """Only a first line can be too long: the others lie within one block."""
        end = text.find("\n", carried)
        if (end if end >= 0 else len(text)) <= self._longest:
            return
        offset = self._consumed - len(text.encode(encoding, "surrogatepass"))
        raise InputError(
            f"a line that begins at byte {offset} is longer than {self._longest} characters; "
            f"is this a text file?",
            where=f"{self._where}:{self._lines + 1}",
        )


def _unmarked_utf16(block: bytes) -> str | None:
    """Which byte order *block* is UTF-16 in, seen by the zero bytes of its Latin letters."""
    sample = block[:4096]
    evens, odds = sample[0::2].count(0), sample[1::2].count(0)
    enough = max(2, len(sample) // 20)
    if odds >= enough and not evens:
        return "utf-16le"
    if evens >= enough and not odds:
        return "utf-16be"
    return None
