"""Line ends that aren't, lines without end, and texts that nobody can see."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from entries import read_items

from sentijob.errors import InputError
from sentijob.ingest.blocks import Rejected
from sentijob.ingest.formats import Format
from sentijob.ingest.options import ReadOptions
from sentijob.jobs import Item

Take = Callable[..., list[Item | Rejected]]
Refuse = Callable[..., str]


@pytest.mark.parametrize("separator", ["\r", "\u2028", "\u2029", "\x85", "\f", "\v", "\x1e"])
def test_only_a_line_feed_ends_a_line(take: Take, separator: str) -> None:
    assert take("x.txt", f"one{separator}two\nthree".encode()) == [
        Item(f"one{separator}two"),
        Item("three"),
    ]


@pytest.mark.parametrize("separator", ["\u2028", "\x85", "\x7f"])
def test_only_a_line_feed_ends_a_json_line(take: Take, separator: str) -> None:
    assert take("x.jsonl", f'"one{separator}two"\r\n"three"'.encode()) == [
        Item(f"one{separator}two"),
        Item("three"),
    ]


def test_line_ends_of_any_kind_stay_inside_a_quoted_field(take: Take) -> None:
    text = "one\rtwo\r\nthree\nfour\u2028five"
    assert take("x.csv", f'id,text\n1,"{text}"\r\n2,six'.encode()) == [
        Item(text, "1"),
        Item("six", "2"),
    ]


class Endless:
    """A line that never ends, and how much of it was asked for."""

    def __init__(self, head: bytes = b"") -> None:
        self.head = head
        self.given = 0

    def read1(self, size: int, /) -> bytes:
        block = (self.head + b"x" * size)[:size]
        self.head = b""
        self.given += len(block)
        return block


@pytest.mark.parametrize("file_format", [Format.TXT, Format.JSONL, Format.CSV])
def test_a_line_without_end_is_refused_before_it_fills_the_memory(file_format: Format) -> None:
    stream = Endless(b"text\n")
    with pytest.raises(InputError) as caught:
        list(read_items(stream, file_format, ReadOptions(skip_bad=True), "stdin"))
    assert str(caught.value).endswith(
        "a line that begins at byte 5 is longer than 4194304 characters; is this a text file?"
    )
    assert stream.given < 5 << 20


def test_a_quote_left_open_is_refused_before_it_fills_the_memory(refuse: Refuse) -> None:
    content = b'text\nfine\n"open\n' + b"a line of a text\n" * 300_000
    assert refuse("x.csv", content) == (
        "x.csv:3: a row is longer than 4194304 characters; was a quote left open?"
    )


def test_a_longer_limit_for_texts_allows_longer_lines(take: Take) -> None:
    text = "x" * 5_000_000
    assert take("x.txt", text.encode(), ReadOptions(max_length=len(text))) == [Item(text)]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("\u200b\u200d\ufeff", "the text has only invisible characters"),
        ("\u2060 \u202e\u00ad", "the text has only invisible characters"),
        ("x" * 10_001, "the text has 10001 characters; at most 10000 are taken"),
    ],
)
def test_a_text_that_says_nothing_or_too_much_is_refused(
    refuse: Refuse, text: str, reason: str
) -> None:
    assert refuse("x.txt", f"fine\n{text}\n".encode()) == f"x.txt:2: {reason}"


@pytest.mark.parametrize("text", ["e" + "\u0301" * 9_999, "\u202eevil", "👩\u200d💻", "x" * 10_000])
def test_a_strange_text_is_taken_as_it_is(take: Take, text: str) -> None:
    assert take("x.txt", text.encode()) == [Item(text)]


def test_the_last_line_needs_no_line_feed(take: Take) -> None:
    assert take("x.txt", b"one\n\n  \ntwo") == [Item("one"), Item("two")]


def test_bad_lines_are_set_aside_where_asked_for(take: Take, tmp_path: Path) -> None:
    entries = take("x.txt", b"one\n\xe2\x80\x8b\ntwo\n", ReadOptions(skip_bad=True))
    assert entries == [
        Item("one"),
        (f"{tmp_path}/x.txt:2", "the text has only invisible characters", "\u200b"),
        Item("two"),
    ]
