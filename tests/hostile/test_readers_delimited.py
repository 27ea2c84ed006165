"""CSV and TSV as they come: ragged, unquoted, headless, cut off."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sentijob.ingest.blocks import Rejected
from sentijob.ingest.options import ReadOptions
from sentijob.jobs import Item

Take = Callable[..., list[Item | Rejected]]
Refuse = Callable[..., str]

NO_TEXT = (
    "no column is called text (nor review, comment, content, body, message, sentence, tweet); "
    "name the one that holds it with --text-field; the columns are"
)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param("id,text\n", "x.csv: there are no texts in it", id="only a header"),
        pytest.param(
            'id,text\n1,ok\n2,"one\n\ntwo"\n3\n',
            "x.csv:6: the row has 1 field, the header 2 columns",
            id="short row",
        ),
        pytest.param(
            "id,text\n1,ok\n2,well, well\n",
            "x.csv:3: the row has 3 fields, the header 2 columns",
            id="long row",
        ),
        pytest.param(
            'id,text\n1,ok\n2,"one\ntwo\n',
            "x.csv:3: a quote is opened in this row and never closed; was the file cut off?",
            id="open quote at the end",
        ),
        pytest.param(
            'id,text\n1,"she said "hi" to me"\n',
            "x.csv:2: a quote stands inside a quoted field and isn't doubled, "
            "so the next row can't be told from it",
            id="quote not doubled",
        ),
        pytest.param(
            "id,text\n1,one\rtwo\n",
            "x.csv:2: a carriage return stands outside quotes; quote the field, "
            "or make the line ends line feeds",
            id="carriage return outside quotes",
        ),
        pytest.param(
            "id,text,text\n1,a,b\n",
            "x.csv:1: two columns are called 'text'; rename one",
            id="twice",
        ),
        pytest.param("id,name\n1,a\n", f"x.csv:1: {NO_TEXT} 'id', 'name'", id="no text column"),
        pytest.param(
            "id;text\n1;good\n",
            "x.csv:1: is 'id;text' the name of the only column? Then say so with --text-field; "
            "if it is the first text, use --format txt; the header looks parted by semicolons: "
            "save the file with commas (or tabs, as tsv)",
            id="semicolons",
        ),
        pytest.param(
            "I love it\nI hate it\n",
            "x.csv:1: is 'I love it' the name of the only column? Then say so with --text-field; "
            "if it is the first text, use --format txt",
            id="no header",
        ),
        pytest.param("text,n\n\0,1\n", "x.csv:2: the text has a NUL at character 1", id="NUL"),
        pytest.param(
            "text,n\nok,a\0\n", "x.csv:2: column 'n' has a NUL at character 2", id="NUL elsewhere"
        ),
        pytest.param("text,n\n,1\n", "x.csv:2: the text is empty", id="empty field"),
        pytest.param(
            'text,n\n"  \n ",1\n', "x.csv:2: the text is only white space", id="blank field"
        ),
        pytest.param(
            f"id,text\n{'k' * 1001},good\n",
            "x.csv:2: the key has 1001 characters; at most 1000 are taken",
            id="long key",
        ),
    ],
)
def test_a_table_that_cannot_be_taken_is_refused_with_its_line(
    refuse: Refuse, content: str, message: str
) -> None:
    assert refuse("x.csv", content.encode()) == message


def test_a_named_column_that_is_not_there_is_refused_with_those_that_are(refuse: Refuse) -> None:
    options = ReadOptions(text_field="reviews")
    assert refuse("x.csv", b"id,review\n1,good\n", options) == (
        "x.csv:1: there is no column 'reviews'; the columns are 'id', 'review'"
    )


def test_a_header_of_a_hundred_thousand_columns_is_refused(refuse: Refuse) -> None:
    header = ",".join(f"c{number}" for number in range(100_000))
    assert refuse("x.csv", f"{header}\n".encode()) == (
        "x.csv:1: it has 100000 columns; at most 2000 are taken"
    )


def test_a_field_beyond_the_csv_modules_own_limit_is_measured_by_ours(refuse: Refuse) -> None:
    assert refuse("x.csv", b"text\n" + b"x" * 200_000) == (
        "x.csv:2: the text has 200000 characters; at most 10000 are taken"
    )


@pytest.mark.parametrize(
    ("name", "content", "hint"),
    [
        ("x.csv", "id\ttext\n1\tgood\n", "the header looks parted by tabs: give --format tsv"),
        ("x.tsv", "id,text\n1,good\n", "the header looks parted by commas: give --format csv"),
    ],
)
def test_another_delimiter_is_noticed(refuse: Refuse, name: str, content: str, hint: str) -> None:
    message = refuse(name, content.encode())
    assert message.startswith(f"{name}:1: is ")
    assert message.endswith(f"; {hint}")


def test_a_formula_is_taken_as_the_text_it_is(take: Take) -> None:
    content = b"id,text\n=1+1,=cmd|' /C calc'!A0\n@x,-bad\n"
    assert take("x.csv", content) == [Item("=cmd|' /C calc'!A0", "=1+1"), Item("-bad", "@x")]


def test_blank_rows_are_passed_over_and_count_as_lines(take: Take, tmp_path: Path) -> None:
    entries = take("x.csv", b"id,text\n\n1,good\r\n\r\n2\n", ReadOptions(skip_bad=True))
    assert entries == [
        Item("good", "1"),
        (f"{tmp_path}/x.csv:5", "the row has 1 field, the header 2 columns", "2"),
    ]


def test_a_rejected_row_is_kept_as_csv(take: Take, tmp_path: Path) -> None:
    content = b'id,text\n1,ok\n2,"a ""b""","c\nd"\n'
    entries = take("x.csv", content, ReadOptions(skip_bad=True))
    assert entries[1] == (
        f"{tmp_path}/x.csv:3",
        "the row has 3 fields, the header 2 columns",
        '2,"a ""b""","c\nd"',
    )


def test_damage_ends_the_reading_even_where_bad_rows_are_skipped(refuse: Refuse) -> None:
    message = refuse("x.csv", b'text\nok\n"a"b\nok\n', ReadOptions(skip_bad=True))
    assert message.startswith("x.csv:3: a quote stands inside a quoted field")


def test_a_file_of_bad_rows_alone_says_so(refuse: Refuse) -> None:
    assert refuse("x.csv", b"id,text\n1\n2\n", ReadOptions(skip_bad=True)) == (
        "x.csv: none of its 2 rows can be taken; "
        "the first, x.csv:2: the row has 1 field, the header 2 columns"
    )
