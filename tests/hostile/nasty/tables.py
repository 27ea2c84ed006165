"""CSV and TSV: quotes, headers, widths, formulas."""

from __future__ import annotations

from nasty.files import NastyFile, of

_BLOCK = 1 << 18


def _many_columns() -> bytes:
    return ",".join(f"c{number}" for number in range(100_000)).encode() + b"\n"


def _open_quote() -> bytes:
    return b'text\ngood\n"open\n' + (b"x" * 9_000 + b"\n") * 500


def _quote_across_blocks() -> bytes:
    return b'text\n"' + b"x" * 9_000 + b"\n" * (_BLOCK // 2) + b'"\ngood\n'


TABLES: dict[str, NastyFile] = {
    "only a header": of(".csv", "id,text\n", "there are no texts"),
    "a header without line feed": of(".csv", "id,text", "there are no texts"),
    "no header": of(".csv", "I love it\nI hate it\n", "--format txt"),
    "an empty header": of(".csv", ",,\na,b,c\n", "two columns are called ''"),
    "a blank header": of(".csv", "\n\n\nid,text\n1,good\n", 1),
    "a header of one quote": of(".csv", '"\n', "never closed"),
    "a header twice": of(".csv", "text,text\na,b\n", "two columns are called 'text'"),
    "a header twice but for its case": of(".csv", "text,Text\na,b\n", 1),
    "a header twice but for spaces": of(".csv", "text, text \na,b\n", "two columns"),
    "a header of a terminal": of(".csv", "\x1b[31mid,text\n1,good\n", 1),
    "a header called like our own fields": of(".csv", "status,text,job_uuid\nfailed,good,x\n", 1),
    "a header of Python's names": of(".csv", "__class__,text,__proto__\na,good,b\n", 1),
    "a mark before the header": of(".csv", "\ufefftext\ngood\n", 1),
    "semicolons": of(".csv", "id;text\n1;good\n", "semicolons"),
    "tabs called CSV": of(".csv", "id\ttext\n1\tgood\n", "--format tsv"),
    "commas called TSV": of(".tsv", "id,text\n1,good\n", "--format csv"),
    "pipes": of(".csv", "id|text\n1|good\n", "--format txt"),
    "sep=": of(".csv", "sep=,\nid,text\n1,good\n", "no column is called text"),
    "100,000 columns": NastyFile(".csv", _many_columns, "100000 columns"),
    "a million commas": NastyFile(".csv", lambda: b"," * 1_000_000, "1000001 columns"),
    "a row of a million commas": NastyFile(
        ".csv", lambda: b"id,text\n" + b"," * 1_000_000, "1000001 fields"
    ),
    "a short row": of(".csv", "id,text\n1,good\n2\n", "has 1 field"),
    "a long row": of(".csv", "id,text\n1,good\n2,well,too\n", "has 3 fields"),
    "a quote left open": NastyFile(".csv", _open_quote, "was a quote left open?"),
    "a quote left open at the end": of(".csv", 'id,text\n1,"good\n', "never closed"),
    "a quote not doubled": of(".csv", 'id,text\n1,"she said "hi" to me"\n', "isn't doubled"),
    "a quote in mid-field": of(".csv", 'id,text\n1,5" disk\n', 1),
    "a quote and a space": of(".csv", 'id,text\n1, "good"\n', 1),
    "a text of one quote": of(".csv", 'id,text\n1,""""\n', 1),
    "quotes of a spreadsheet": of(".csv", "id,text\n1,“good”\n", 1),
    "a backslash before a quote": of(".csv", 'id,text\n1,"a \\" b"\n', "isn't doubled"),
    "a field of line feeds across blocks": NastyFile(".csv", _quote_across_blocks, 2),
    "a carriage return outside quotes": of(".csv", "id,text\n1,go\rod\n", "carriage return"),
    "a carriage return in quotes": of(".csv", 'id,text\n1,"go\rod"\n', 1),
    "Macintosh line ends": of(".csv", "id,text\r1,good\r", "carriage return"),
    "a NUL in a field": of(".csv", "id,text\n1,g\0od\n", "has a NUL"),
    "a NUL in the header": of(".csv", "id\0,text\n1,good\n", "has a NUL"),
    "a field of 200,000 characters": of(".csv", "text\n" + "x" * 200_000, "200000 characters"),
    "another column of 200,000 characters": of(".csv", f"n,text\n{'x' * 200_000},good\n", 1),
    "a key of 1,001 characters": of(".csv", f"id,text\n{'k' * 1001},good\n", "1001 characters"),
    "a key like SQL": of(".csv", "id,text\n1' OR '1'='1,good\n", 1),
    "a key like a path": of(".csv", "id,text\n../../etc/passwd,good\n", 1),
    "a key like a number": of(".csv", "id,text\n007,good\n1e9,bad\nnan,so\n", 3),
    "a key of a terminal": of(".csv", "id,text\n\x1b]52;c;aGk=\x07,good\n", 1),
    "a key turned round": of(".csv", "id,text\n\u202e123,good\n", 1),
    "the same key a thousand times": of(".csv", "id,text\n" + "1,good\n" * 1000, 1000),
    "formulas": of(
        ".csv",
        "id,text\n=1+1,=cmd|' /C calc'!A0\n@SUM(1),+1+1\n-2,-cmd\n%,\uff1d1+1\n",
        4,
    ),
    "a formula behind a tab": of(".csv", 'id,text\n"\t=1+1","\t=1+1"\n', 1),
    "a formula as a header": of(".csv", "=1+1,text\n1,good\n", 1),
    "a date that a spreadsheet would change": of(".csv", "id,text\nMARCH1,good\n1-2,bad\n", 2),
    "blank rows": of(".csv", "id,text\n\n\r\n1,good\n\n", 1),
    "rows of commas": of(".csv", "id,text\n,\n", "the text is empty"),
    "an empty text": of(".csv", "id,text\n1,\n", "the text is empty"),
    "a text of spaces": of(".csv", 'id,text\n1,"  "\n', "only white space"),
    "TSV with a quote": of(".tsv", 'id\ttext\n1\t"good\n', "never closed"),
    "TSV with an escaped tab": of(".tsv", "id\ttext\n1\tgo\\tod\n", 1),
}
