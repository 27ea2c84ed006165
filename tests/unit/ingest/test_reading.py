from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Iterator

import pytest
from entries import read_items
from hypothesis import given
from hypothesis import strategies as st

from sentijob.errors import InputError, UsageError
from sentijob.ingest.blocks import Rejected
from sentijob.ingest.formats import Format
from sentijob.ingest.options import ReadOptions
from sentijob.ingest.reading import chunked
from sentijob.jobs import Item

OPTIONS = ReadOptions()


class Drip:
    """A stream that brings its bytes in the given pieces, and notes how many were taken."""

    def __init__(self, pieces: list[bytes]) -> None:
        self._pieces: Iterator[bytes] = iter(pieces)
        self.taken = 0

    def read1(self, _size: int, /) -> bytes:
        self.taken += 1
        return next(self._pieces, b"")


def one_by_one(content: bytes) -> Drip:
    return Drip([bytes([byte]) for byte in content])


@pytest.mark.parametrize(
    ("file_format", "written"),
    [
        (Format.TXT, "schön 🙂\r\nzwei\n"),
        (Format.CSV, 'text\r\nschön 🙂\r\n"zwei"\n'),
        (Format.TSV, "text\nschön 🙂\nzwei"),
        (Format.JSONL, '"schön 🙂"\n{"text": "zwei"}\n'),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_bytes_that_come_one_by_one_give_the_same_items(
    file_format: Format, written: str, encoding: str
) -> None:
    stream = one_by_one(written.encode(encoding))
    assert list(read_items(stream, file_format, OPTIONS, "stdin")) == [
        Item("schön 🙂"),
        Item("zwei"),
    ]


@pytest.mark.parametrize(
    ("file_format", "pieces"),
    [
        (Format.TXT, [b"one\n", b"two\n", b"three\n"]),
        (Format.JSONL, [b'"one"\n', b'"two"\n', b'"three"\n']),
        (Format.CSV, [b"text\none\n", b"two\n", b"three\n"]),
    ],
)
def test_a_stream_is_read_no_further_than_the_item_asked_for(
    file_format: Format, pieces: list[bytes]
) -> None:
    stream = Drip(pieces)
    items = read_items(stream, file_format, OPTIONS, "stdin")
    assert next(items) == Item("one")
    assert stream.taken == 1


def test_a_bad_row_ends_the_reading_with_its_line() -> None:
    items = read_items(io.BytesIO(b"id,text\n1,a\n2,\n3,c\n"), Format.CSV, OPTIONS, "stdin")
    assert next(items) == Item("a", "1")
    with pytest.raises(InputError) as caught:
        next(items)
    assert (caught.value.where, caught.value.reason) == ("stdin:3", "the text is empty")


def test_a_bad_row_is_set_aside_where_asked_for() -> None:
    stream = io.BytesIO(b"id,text\n1,a\n2,\n3,c\n")
    assert list(read_items(stream, Format.CSV, ReadOptions(skip_bad=True), "stdin")) == [
        Item("a", "1"),
        Rejected("stdin:3", "the text is empty", "2,"),
        Item("c", "3"),
    ]


def test_a_stream_of_nothing_gives_nothing() -> None:
    for file_format in (Format.TXT, Format.CSV, Format.JSONL):
        assert list(read_items(io.BytesIO(), file_format, OPTIONS, "stdin")) == []


def test_parquet_cannot_come_as_a_stream() -> None:
    with pytest.raises(UsageError) as caught:
        read_items(io.BytesIO(), Format.PARQUET, OPTIONS, "stdin")
    assert str(caught.value) == "Parquet can't be read as it comes: name the file with -f"


@pytest.mark.parametrize("options", [ReadOptions(text_field="a"), ReadOptions(key_field="a")])
def test_a_text_file_has_no_fields_to_name(options: ReadOptions) -> None:
    with pytest.raises(UsageError) as caught:
        read_items(io.BytesIO(), Format.TXT, options, "x.txt")
    assert str(caught.value) == (
        "x.txt is read as txt, which has no fields: "
        "leave --text-field and --key-field out, or give another --format"
    )


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)


@given(st.lists(st.tuples(CELL, CELL, CELL), max_size=8))
def test_what_the_csv_module_writes_is_read_back(rows: list[tuple[str, str, str]]) -> None:
    written = io.StringIO(newline="")
    csv.writer(written).writerows([("id", "text", "note"), *((k, f"x{t}x", n) for k, t, n in rows)])
    stream = one_by_one(written.getvalue().encode())
    assert list(read_items(stream, Format.CSV, OPTIONS, "stdin")) == [
        Item(f"x{text}x", key or None, {"note": note}) for key, text, note in rows
    ]


@given(st.binary(max_size=60), st.sampled_from([Format.TXT, Format.CSV, Format.TSV, Format.JSONL]))
def test_any_bytes_at_all_are_taken_or_refused(content: bytes, file_format: Format) -> None:
    for head in (b"", b"text\n"):
        stream = io.BytesIO(head + content)
        ended_by: InputError | None = None
        entries: list[Item | Rejected] = []
        try:
            entries.extend(read_items(stream, file_format, ReadOptions(skip_bad=True), "stdin"))
        except InputError as exc:
            ended_by = exc
        places = [entry.where for entry in entries if isinstance(entry, Rejected)]
        if ended_by is not None:
            places.append(str(ended_by.where))
        assert all(place.startswith("stdin") for place in places)


def test_chunks_are_taken_as_they_are_asked_for() -> None:
    endless = itertools.count()
    chunks = chunked(endless, 3)
    assert next(chunks) == [0, 1, 2]
    assert next(endless) == 3


def test_the_last_chunk_is_shorter() -> None:
    assert list(chunked("abcde", 2)) == [["a", "b"], ["c", "d"], ["e"]]
    assert list(chunked("", 2)) == []
