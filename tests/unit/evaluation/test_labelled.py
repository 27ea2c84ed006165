"""Labelled texts from files of every format."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet
import pytest

from sentijob.errors import InputError
from sentijob.evaluation.labelled import LabelledText, opened_texts
from sentijob.ingest.formats import format_of
from sentijob.ingest.options import ReadOptions
from sentijob.jobs import Label

NEG, NEU, POS = Label
PLAIN = ReadOptions()
ROWS = [LabelledText("good", POS), LabelledText("so so", NEU), LabelledText("bad", NEG)]


def read(path: Path, options: ReadOptions = PLAIN, field: str = "label") -> list[LabelledText]:
    with opened_texts(path, format_of(path), options, label_field=field, meanings={}) as file:
        texts = list(file.texts())
        assert file.rows == len(texts)
        return texts


def refusal(path: Path, options: ReadOptions = PLAIN, field: str = "label") -> str:
    with pytest.raises(InputError) as refused:
        read(path, options, field)
    return str(refused.value)


@pytest.fixture
def written(tmp_path: Path) -> dict[str, Path]:
    """The same three rows in each format."""
    rows = [{"id": i, "text": text, "label": label} for i, (text, label) in enumerate(ROWS)]
    paths = {suffix: tmp_path / f"x.{suffix}" for suffix in ("csv", "tsv", "jsonl", "parquet")}
    for suffix, delimiter in (("csv", ","), ("tsv", "\t")):
        lines = [["id", "text", "label"], *([str(v) for v in row.values()] for row in rows)]
        paths[suffix].write_text("\n".join(map(delimiter.join, lines)))
    paths["jsonl"].write_text("\n".join(map(json.dumps, rows)))
    pa.parquet.write_table(
        pa.table({name: [row[name] for row in rows] for name in rows[0]}), paths["parquet"]
    )
    return paths


@pytest.mark.parametrize("suffix", ["csv", "tsv", "jsonl", "parquet"])
def test_every_format_gives_its_texts_with_their_labels(
    written: dict[str, Path], suffix: str
) -> None:
    assert read(written[suffix]) == ROWS


def test_a_table_without_a_header_is_read_by_the_names_given_for_its_columns(
    tmp_path: Path,
) -> None:
    path = tmp_path / "x.tsv"
    path.write_text("good\tpositive\nso so\tneutral\nbad\tnegative\n")
    assert read(path, ReadOptions(columns=("text", "label"))) == ROWS
    assert refusal(path, ReadOptions(columns=("text",))) == (
        f"{path}:1: the row has 2 fields, the header 1 column"
    )


def test_quotes_are_characters_where_nothing_is_quoted(tmp_path: Path) -> None:
    path = tmp_path / "x.tsv"
    path.write_text('text\tlabel\n"Good," she said\tpos\n"\tneg\n')
    options = ReadOptions(has_quotes=False)
    assert read(path, options) == [LabelledText('"Good," she said', POS), LabelledText('"', NEG)]
    assert "a quote stands inside" in refusal(path)


def test_the_labels_column_is_found_in_any_case_and_else_the_columns_are_listed(
    tmp_path: Path,
) -> None:
    path = tmp_path / "x.csv"
    path.write_text("text,Stars,kind\ngood,5,a\nbad,1,b\n")
    assert [one.gold for one in read(path, field="stars")] == [POS, NEG]
    assert refusal(path) == (
        f"{path}:2: there is no column 'label'; the columns are 'Stars', 'kind', beside that of the text"
    )


def test_an_unknown_label_is_told_by_its_line(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    rows = "".join(f"text {number},pos\n" for number in range(3000))
    path.write_text(f"text,label\n{rows}worse,grim\nx,pos\n")
    assert refusal(path).startswith(
        f"{path}:3002: the label 'grim' isn't known; known are negative,"
    )


def test_one_file_of_jsonl_may_change_its_columns_but_not_lose_its_label(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text('{"text": "a", "label": 5, "x": 1}\n{"label": 1, "text": "b"}\n{"text": "c"}\n')
    assert refusal(path).startswith(f"{path}:3: there is no column 'label'")


def test_a_file_that_changes_between_its_two_readings_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("text,label\na,pos\nb,neg\n")
    with opened_texts(
        path, format_of(path), ReadOptions(), label_field="label", meanings={}
    ) as file:
        path.write_text("text,label\na,pos\nb,foo\n")
        with pytest.raises(
            InputError, match=r"it changed while it was being read; evaluate it again"
        ):
            list(file.texts())


def test_without_a_labels_column_texts_have_none(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_text("a\nb\n")
    with opened_texts(path, format_of(path), ReadOptions(), label_field=None, meanings={}) as file:
        assert list(file.texts()) == [LabelledText("a"), LabelledText("b")]
