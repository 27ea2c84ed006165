from __future__ import annotations

from pathlib import Path

import pytest

from sentijob.errors import UsageError
from sentijob.ingest.formats import Format, format_of


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.txt", Format.TXT),
        ("a.CSV", Format.CSV),
        ("a.b.tsv", Format.TSV),
        ("a.ndjson", Format.JSONL),
        ("a.jsonl", Format.JSONL),
        ("a.pq", Format.PARQUET),
    ],
)
def test_a_suffix_names_the_format(name: str, expected: Format) -> None:
    assert format_of(Path(name)) is expected


def test_stdin_is_a_text_a_line() -> None:
    assert format_of(None) is Format.TXT


def test_a_given_format_wins() -> None:
    assert format_of(Path("a.txt"), Format.CSV) is Format.CSV
    assert format_of(None, Format.JSONL) is Format.JSONL


CHOICES = "say what it is with --format (txt, csv, tsv, jsonl, parquet)"


@pytest.mark.parametrize(
    ("name", "told"),
    [("a.xlsx", "the suffix '.xlsx' isn't known"), ("reviews", "it has no suffix")],
)
def test_a_suffix_that_says_nothing_is_an_error_that_says_what_to_do(name: str, told: str) -> None:
    with pytest.raises(UsageError) as caught:
        format_of(Path(name))
    assert str(caught.value) == f"{name}: {told}; {CHOICES}"


def test_a_json_document_is_not_taken_for_json_lines() -> None:
    with pytest.raises(UsageError) as caught:
        format_of(Path("a.json"))
    assert str(caught.value) == (
        "a.json: a .json file is one document; make it JSON lines first, as with "
        "`jq -c '.[]'`, or give --format jsonl if it is"
    )
