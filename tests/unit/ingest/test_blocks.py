"""Rows that are taken by the block are taken as each would be alone."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from entries import entries_of, read_items
from hypothesis import given
from hypothesis import strategies as st

from sentijob.errors import InputError
from sentijob.ingest.columns import ItemMaker
from sentijob.ingest.formats import Format
from sentijob.ingest.options import ReadOptions
from sentijob.ingest.parquet import ParquetReader
from sentijob.ingest.reading import count_rows, taken_from
from sentijob.jobs import Item

OPTIONS = st.builds(
    ReadOptions,
    text_field=st.none(),
    key_field=st.sampled_from([None, "id"]),
    max_length=st.sampled_from([3, 10_000]),
    skip_bad=st.sampled_from([True]),
    columns=st.just(()),
    has_quotes=st.just(True),  # noqa: FBT003  # the value itself
)
STRING = st.text(
    st.characters(codec="utf-8", exclude_characters="\0"), max_size=5
) | st.sampled_from(["", " ", "\u200b", "x" * 1001, "good"])
ROWS = st.lists(st.fixed_dictionaries({"id": STRING, "text": STRING, "note": STRING}), max_size=6)
VALUE = st.none() | st.booleans() | st.integers() | STRING | st.just(["nested"])
VALUES = st.lists(
    st.fixed_dictionaries({"text": VALUE}, optional={"id": VALUE, "note": VALUE}), max_size=6
)


def one_by_one(rows: Sequence[Mapping[str, object]], options: ReadOptions) -> list[Item | str]:
    """What each row makes alone, or why it makes nothing."""
    maker = ItemMaker(options)
    made: list[Item | str] = []
    for row in rows:
        try:
            made.append(maker.item(dict(row)))
        except InputError as exc:
            made.append(exc.reason)
    return made


@given(ROWS, OPTIONS)
def test_rows_of_a_csv_make_what_each_would_alone(
    rows: list[dict[str, str]], options: ReadOptions
) -> None:
    written = io.StringIO(newline="")
    writer = csv.DictWriter(written, ("id", "text", "note"))
    writer.writeheader()
    writer.writerows(rows)
    stream = io.BytesIO(written.getvalue().encode())
    entries = read_items(stream, Format.CSV, options, "x")
    assert [entry if isinstance(entry, Item) else entry.reason for entry in entries] == one_by_one(
        rows, options
    )


@given(VALUES, OPTIONS)
def test_json_lines_make_what_each_would_alone(
    rows: list[dict[str, object]], options: ReadOptions
) -> None:
    content = "".join(f"{json.dumps(row)}\n" for row in rows).encode()
    entries = read_items(io.BytesIO(content), Format.JSONL, options, "x")
    assert [entry if isinstance(entry, Item) else entry.reason for entry in entries] == one_by_one(
        rows, options
    )


@given(ROWS, OPTIONS)
def test_rows_of_parquet_make_what_each_would_alone(
    rows: list[dict[str, str]], options: ReadOptions
) -> None:
    file = parquet(rows)
    entries = list(entries_of(taken_from(ParquetReader(file, options, "x"), options, "x")))
    assert [entry if isinstance(entry, Item) else entry.reason for entry in entries] == one_by_one(
        rows, options
    )
    counts = list(count_rows(ParquetReader(file, options, "x"), options, "x"))
    assert sum(good for good, _ in counts) == sum(isinstance(entry, Item) for entry in entries)


def parquet(rows: Sequence[Mapping[str, object]]) -> io.BytesIO:
    schema = pa.schema([(name, pa.string()) for name in ("id", "text", "note")])
    file = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows, schema), file)
    return file


@pytest.mark.parametrize("place", [0, 500, 999])
def test_one_bad_row_of_many_is_named_by_its_line(place: int) -> None:
    lines = [f'{number},"a text,\n{number}"' for number in range(1000)]
    lines[place] = f'{place}," \n"'
    stream = io.BytesIO("\n".join(["id,text", *lines]).encode())
    taken: list[object] = []
    with pytest.raises(InputError) as caught:
        taken.extend(read_items(stream, Format.CSV, ReadOptions(), "x.csv"))
    assert str(caught.value) == f"x.csv:{2 * place + 2}: the text is only white space"
