from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentijob.models.segments import Segment, runs, segments


def pieces(text: str) -> list[str]:
    return [text[piece.start : piece.end] for piece in segments(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I didn't like it", ["I", "didn't", "like", "it"]),
        ("I didn\u2019t", ["I", "didn\u2019t"]),
        ("well-made, not at all!!! :)", ["well-made", ",", "not", "at", "all", "!!!", ":)"]),
        ("'quoted' end-", ["'", "quoted", "'", "end", "-"]),
        ("3.5 of 1,000 good,bad", ["3.5", "of", "1,000", "good", ",", "bad"]),
        ("@ann #best a@b", ["@ann", "#best", "a", "@", "b"]),
        ("see https://x.y/z?a=b now", ["see", "https://x.y/z?a=b", "now"]),
        ("fish &amp; chips", ["fish", "&amp;", "chips"]),
        ("👩‍👩‍👧‍👦❤️👍🏽🇩🇪🇫🇷1️⃣", ["👩‍👩‍👧‍👦", "❤️", "👍🏽", "🇩🇪", "🇫🇷", "1️⃣"]),
        ("great😍😍", ["great", "😍", "😍"]),
        ("这个很好\uff0ciPhone", ["这", "个", "很", "好", "\uff0c", "iPhone"]),
        ("ドラマ", ["ド", "ラ", "マ"]),
        ("ดีครับ", ["ดี", "ค", "รั", "บ"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("هذا رائع جدًا!", ["هذا", "رائع", "جدًا", "!"]),
        ("cafe\u0301 ok", ["cafe\u0301", "ok"]),
        (" \n ", []),
        ("", []),
    ],
)
def test_pieces_are_what_a_reader_takes_for_words(text: str, expected: list[str]) -> None:
    assert pieces(text) == expected


@given(st.text(max_size=60))
def test_only_white_space_lies_between_pieces_that_are_in_order(text: str) -> None:
    end = 0
    for piece in segments(text):
        assert not text[end : piece.start].strip()
        assert end <= piece.start < piece.end
        end = piece.end
    assert not text[end:].strip()


def test_runs_hold_near_equal_numbers_of_neighbours() -> None:
    text = "a b c d e f g"
    found = [text[run.start : run.end] for run in runs(segments(text), most=3)]
    assert found == ["a b", "c d", "e f g"]


def test_few_pieces_stay_as_they_are() -> None:
    assert runs([Segment(0, 1), Segment(2, 3)], most=2) == [Segment(0, 1), Segment(2, 3)]
    assert runs([], most=2) == []
