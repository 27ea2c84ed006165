"""Bytes that are no text, texts that drive terminals, lines without end."""

from __future__ import annotations

import codecs
import gzip
import io
import zipfile

from nasty.files import NastyFile, of

_MEGABYTE = 1 << 20


def _zip_bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("texts.txt", b"0" * (8 * _MEGABYTE))
    return out.getvalue()


def _gzip_bomb() -> bytes:
    return gzip.compress(b"0" * (8 * _MEGABYTE))


ENCODINGS = {
    "an empty file": of(".txt", b"", "the file is empty"),
    "only line feeds": of(".txt", b"\n" * 1000, "there are no texts"),
    "only a UTF-8 mark": of(".txt", codecs.BOM_UTF8, "there are no texts"),
    "only half a UTF-8 mark": of(".txt", b"\xef\xbb", "in the middle of a character"),
    "only a UTF-16 mark": of(".txt", codecs.BOM_UTF16_LE, "there are no texts"),
    "two UTF-8 marks": of(".txt", codecs.BOM_UTF8 * 2 + b"good", 1),
    "a mark in mid-file": of(".txt", b"good\n" + codecs.BOM_UTF8 + b"bad\n", 2),
    "no line feed at the end": of(".txt", b"good\nbad", 2),
    "a character cut at the end": of(".txt", b"good\nna\xc3", "in the middle of a character"),
    "an emoji cut at the end": of(".txt", b"good\n\xf0\x9f\x99", "in the middle of a character"),
    "Latin-1": of(".txt", b"good\ncaf\xe9 noir\n", "is not UTF-8"),
    "Windows-1252 quotes": of(".txt", b"\x93good\x94\n", "is not UTF-8"),
    "Shift JIS": of(".txt", "良い映画\n".encode("shift_jis"), "is not UTF-8"),
    "GB 18030": of(".txt", "好电影\n".encode("gb18030"), "is not UTF-8"),
    "EBCDIC": of(".txt", "good film".encode("cp500"), "is not UTF-8"),
    "UTF-16 by its mark": of(".txt", "good\nbad\n".encode("utf-16"), 2),
    "UTF-16 without a mark": of(".txt", "good\nbad\n".encode("utf-16-le"), "is UTF-16"),
    "UTF-16 cut in a pair": of(
        ".txt", codecs.BOM_UTF16_LE + "🙂".encode("utf-16-le")[:2], "in the middle of a character"
    ),
    "UTF-16 with its pair turned round": of(
        ".txt", codecs.BOM_UTF16_LE + b"\x42\xde\x3d\xd8", "is not UTF-16"
    ),
    "UTF-32": of(".txt", "good\n".encode("utf-32"), "UTF-32"),
    "UTF-7": of(".txt", "+AGcAbwBvAGQ-\n", 1),
    "an overlong NUL": of(".txt", b"good\n\xc0\x80\n", "is not UTF-8"),
    "an overlong slash": of(".txt", b"..\xc0\xaf..\n", "is not UTF-8"),
    "a surrogate in UTF-8": of(".txt", b"\xed\xa0\x80\n", "is not UTF-8"),
    "a code point beyond Unicode": of(".txt", b"\xf4\x90\x80\x80\n", "is not UTF-8"),
    "a byte that is never UTF-8": of(".txt", b"good\n\xff\n", "is not UTF-8"),
    "a lone continuation": of(".txt", b"good\n\x80\n", "is not UTF-8"),
    "a noncharacter": of(".txt", "good \ufffe\uffff\n", 1),
    "a NUL in a text": of(".txt", b"good\nb\0d\n", "has a NUL"),
    "nothing but NULs": of(".txt", b"\0" * 5000, "has a NUL"),
    "random bytes": of(".txt", bytes(range(256)) * 16, "is not UTF-8"),
    "an ELF program": of(".txt", b"\x7fELF\x02\x01\x01" + b"\0" * 64 + b"\xff", "is not UTF-8"),
    "a PNG": of(".txt", b"\x89PNG\r\n\x1a\n", "is not UTF-8"),
}
DISGUISES = {
    "gzip that unfolds to a thousand times its size": NastyFile(".txt", _gzip_bomb, "gzip data"),
    "gzip called CSV": NastyFile(".csv", lambda: gzip.compress(b"text\ngood\n"), "gzip data"),
    "gzip in gzip": NastyFile(".txt", lambda: gzip.compress(_gzip_bomb()), "gzip data"),
    "a zip that unfolds to a thousand times its size": NastyFile(".txt", _zip_bomb, "ZIP archive"),
    "a spreadsheet called CSV": of(".csv", b"PK\x03\x04[Content_Types].xml", "ZIP archive"),
    "an empty zip": of(".txt", b"PK\x05\x06" + b"\0" * 18, "has a NUL"),
    "Zstandard": of(".txt", b"\x28\xb5\x2f\xfd\x04\x00", "Zstandard"),
    "bzip2": of(".txt", b"BZh91AY&SY\xff\xff", "is not UTF-8"),
    "xz": of(".txt", b"\xfd7zXZ\x00", "is not UTF-8"),
    "Parquet called text": of(".txt", b"PAR1....PAR1", "Parquet"),
    "a pickle": of(".txt", b"cposix\nsystem\n(S'echo owned'\ntR.", 4),
    "a pickle of protocol 4": of(".txt", b"\x80\x04\x95\x05\x00", "is not UTF-8"),
    "a table called text": of(".txt", "id,text\n1,good\n", 2),
    "text called a table": of(".csv", "I love it\nI hate it\n", "--format txt"),
    "JSON lines called a table": of(".csv", '{"text": "good"}\n', "--format txt"),
    "a table called JSON lines": of(".jsonl", "id,text\n1,good\n", "not valid JSON"),
    "text called Parquet": of(".parquet", "good\nbad\n", "can't be read as Parquet"),
}
LINES = {
    "lines that end in CR LF": of(".txt", b"good\r\nbad\r\n", 2),
    "lone carriage returns": of(".txt", b"good\rbad\rugly", 1),
    "every line separator of Unicode": of(".txt", "a\u2028b\u2029c\x85d\x0be\x0cf\x1eg\n", 1),
    "a line of 5 MB": NastyFile(".txt", lambda: b"x" * (5 * _MEGABYTE), "is longer than"),
    "a line of 5 MB behind a good one": NastyFile(
        ".txt", lambda: b"good\n" + b"x" * (5 * _MEGABYTE), "is longer than"
    ),
    "10,001 characters": of(".txt", "x" * 10_001, "has 10001 characters"),
    "10,000 characters": of(".txt", "x" * 10_000, 1),
    "10,000 characters in a megabyte of spaces": NastyFile(
        ".txt", lambda: b" " * _MEGABYTE + b"x" * 10_000 + b" " * _MEGABYTE, 1
    ),
    "10,000 emoji": of(".txt", "🙂" * 10_000, 1),
    "100,000 empty lines and a text": of(".txt", b"\n" * 100_000 + b"good", 1),
    "only white space of Unicode": of(".txt", "\u3000\u2003\u00a0\n", "there are no texts"),
}
CHARACTERS = {
    "zero width alone": of(".txt", "good\n\u200b\u200c\u200d\u2060\ufeff\n", "invisible"),
    "a Hangul filler alone": of(".txt", "\u3164\n", "invisible"),
    "tags alone": of(".txt", "\U000e0041\U000e0042\n", "invisible"),
    "variation selectors alone": of(".txt", "\ufe0f\ufe0f\n", "invisible"),
    "9,999 combining marks": of(".txt", "e" + "\u0301" * 9_999, 1),
    "every C0 control": of(".txt", "good " + "".join(map(chr, range(1, 32))) + "bad\n", 2),
    "every C1 control": of(".txt", "good " + "".join(map(chr, range(127, 160))) + "bad\n", 1),
    "an override of direction": of(".txt", "\u202edoog si siht\u202c\n", 1),
    "isolates of direction": of(".txt", "good \u2066bad\u2069 \u2067ugly\u2069\n", 1),
    "right to left": of(".txt", "فيلم رائع\n\u05e1\u05e8\u05d8\n", 2),
    "colours of a terminal": of(".txt", "\x1b[31mred\x1b[0m\n", 1),
    "a screen cleared": of(".txt", "\x1b[2J\x1b[Hgood\n", 1),
    "a window's title": of(".txt", "\x1b]0;owned\x07good\n", 1),
    "a clipboard filled": of(".txt", "\x1b]52;c;cm0gLXJmIH4=\x07good\n", 1),
    "a link of a terminal": of(".txt", "\x1b]8;;http://evil.example\x07good\x1b]8;;\x07\n", 1),
    "a C1 sequence": of(".txt", "\x9b31mred\x9b0m\n", 1),
    "backspaces over a text": of(".txt", "bad\b\b\bgood\n", 1),
    "a carriage return over a text": of(".txt", "bad \rgood\n", 1),
    "Rich markup": of(".txt", "[/bold][link=http://evil.example]good[/link]\n", 1),
    "Rich markup that closes nothing": of(".txt", "[/]\n[/red]\n", 2),
    "emoji codes of Rich": of(".txt", ":skull: good\n", 1),
    "HTML": of(".txt", "<img src=x onerror=alert(1)>\n", 1),
    "a format string": of(".txt", "%s%s%n {0} {self.__class__} ${HOME} $(id) `id`\n", 1),
    "a dash and a flag": of(".txt", "--help\n-f\n--\n", 3),
    "SQL": of(".txt", "'; DROP TABLE job; --\n", 1),
}
PLAIN: dict[str, NastyFile] = {**ENCODINGS, **DISGUISES, **LINES, **CHARACTERS}
