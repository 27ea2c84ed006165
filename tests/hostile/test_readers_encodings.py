"""Bytes that are no text, or not in the encoding they seem to be in."""

from __future__ import annotations

import codecs
from collections.abc import Callable

import pytest

from sentijob.ingest.blocks import Rejected
from sentijob.jobs import Item

Take = Callable[..., list[Item | Rejected]]
Refuse = Callable[..., str]

LATIN = "if it is Latin-1, make it UTF-8 with `iconv -f latin1 -t utf-8`"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(b"", "x.txt: the file is empty", id="empty"),
        pytest.param(b"\n\r\n \t\n", "x.txt: there are no texts in it", id="only blank lines"),
        pytest.param(codecs.BOM_UTF8, "x.txt: there are no texts in it", id="only a mark"),
        pytest.param(
            b"good\ncaf\xe9\n",
            f"x.txt:2: byte 0xe9 at offset 8 is not UTF-8 (invalid continuation byte); {LATIN}",
            id="Latin-1",
        ),
        pytest.param(
            b"\xc0\x80",
            f"x.txt:1: byte 0xc0 at offset 0 is not UTF-8 (invalid start byte); {LATIN}",
            id="overlong NUL",
        ),
        pytest.param(
            b"a\xed\xa0\x80\n",
            f"x.txt:1: byte 0xed at offset 1 is not UTF-8 (invalid continuation byte); {LATIN}",
            id="surrogate in UTF-8",
        ),
        pytest.param(
            b"good\nna\xc3",
            "x.txt:2: it ends in the middle of a character, at byte 7; was it cut off?",
            id="cut in UTF-8",
        ),
        pytest.param(
            codecs.BOM_UTF16_LE + "ab".encode("utf-16-le")[:-1],
            "x.txt:1: it ends in the middle of a character, at byte 4; was it cut off?",
            id="cut in UTF-16",
        ),
        pytest.param(
            "good\nbad\n".encode("utf-16-le"),
            "x.txt: this is UTF-16 (utf-16le) without a byte order mark; "
            "make it UTF-8, as with `iconv -f utf-16le -t utf-8`",
            id="UTF-16LE without mark",
        ),
        pytest.param(
            "good\nbad\n".encode("utf-16-be"),
            "x.txt: this is UTF-16 (utf-16be) without a byte order mark; "
            "make it UTF-8, as with `iconv -f utf-16be -t utf-8`",
            id="UTF-16BE without mark",
        ),
        pytest.param(
            "good\n".encode("utf-32"),
            "x.txt: this is UTF-32 text; make it UTF-8, as with `iconv -f utf-32 -t utf-8`",
            id="UTF-32",
        ),
        pytest.param(
            b"\x1f\x8b\x08\x00",
            "x.txt: this is gzip data; unpack it first, as with `gunzip`",
            id="gzip",
        ),
        pytest.param(
            b"PK\x03\x04rest",
            "x.txt: this is a ZIP archive or a spreadsheet; unpack it, or save it as CSV",
            id="spreadsheet",
        ),
        pytest.param(
            b"PAR1rest",
            "x.txt: this is Parquet; read it with --format parquet",
            id="Parquet under another name",
        ),
        pytest.param(
            b"one\ntw\0o\n", "x.txt:2: the text has a NUL at character 3", id="NUL in a text"
        ),
    ],
)
def test_bytes_that_are_no_text_are_refused_with_their_place(
    refuse: Refuse, content: bytes, message: str
) -> None:
    assert refuse("x.txt", content) == message


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_marked_encodings_give_the_same_texts(take: Take, encoding: str) -> None:
    content = "schön\n🙂 good\r\nlast".encode(encoding)
    assert take("x.txt", content) == [Item("schön"), Item("🙂 good"), Item("last")]


def test_big_endian_utf16_is_read_by_its_mark(take: Take) -> None:
    assert take("x.txt", codecs.BOM_UTF16_BE + "gut\n".encode("utf-16-be")) == [Item("gut")]


def test_a_mark_within_a_file_is_part_of_its_text(take: Take) -> None:
    assert take("x.txt", b"a\n" + codecs.BOM_UTF8 + b"b\n") == [Item("a"), Item("\ufeffb")]


def test_an_offset_counts_bytes_from_the_beginning_of_a_file_of_many_blocks(refuse: Refuse) -> None:
    lines = "é fine line\n".encode() * 50_000
    message = refuse("x.txt", codecs.BOM_UTF8 + lines + b"bad \xff\n")
    assert message.startswith(
        f"x.txt:50001: byte 0xff at offset {3 + len(lines) + 4} is not UTF-8 (invalid start byte)"
    )
