"""Any bytes through any reader; any rows through files and back."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nasty.files import all_files
from readers import read_all
from stored import paged

from sentijob.errors import InputError
from sentijob.export.csv_rows import shielded
from sentijob.export.formats import ExportFormat
from sentijob.export.results import write_results
from sentijob.ingest.formats import Format
from sentijob.ingest.options import ReadOptions
from sentijob.jobs import Item, Job, Status

OPTIONS = st.builds(
    lambda **options: ReadOptions(**options),  # noqa: PLW0108  # of the class, all other parts would be drawn too
    text_field=st.sampled_from([None, "text", "n"]),
    max_length=st.sampled_from([1, 40, 10_000]),
    skip_bad=st.booleans(),
    columns=st.sampled_from([(), ("n", "text")]),
    has_quotes=st.booleans(),
)
SCRAPS = st.sampled_from(
    [*'\0\t\n\r ",:{}[]=0é🙂\ufeff\u202e', '""', "text", "id", "null", "NaN", "e9", "\\u", "d800"]
)
CONTENTS = st.one_of(
    st.binary(max_size=300),
    st.lists(st.one_of(SCRAPS, st.text(max_size=3)), max_size=40).map(
        lambda scraps: "".join(scraps).encode(errors="surrogatepass")
    ),
)
PARQUET = [nasty.make() for nasty in all_files().values() if nasty.suffix == ".parquet"]
DAMAGED_PARQUET = st.builds(
    lambda content, place, junk: (
        content[: place % (len(content) + 1)]
        + junk
        + content[place % (len(content) + 1) + len(junk) :]
    ),
    st.sampled_from([content for content in PARQUET if len(content) < 10_000]),
    st.integers(0, 10_000),
    st.binary(max_size=4),
)
STORABLE = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
TEXTS = STORABLE.map(str.strip).filter(lambda text: any(letter.isalnum() for letter in text))
KEYS = STORABLE.filter(bool)
ROWS = st.lists(st.tuples(KEYS, TEXTS, STORABLE), min_size=1, max_size=5)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | STORABLE | st.floats(allow_nan=False, width=32),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(STORABLE, inner, max_size=3),
    max_leaves=5,
).filter(lambda value: "inf" not in str(value))


@pytest.mark.parametrize("file_format", [one for one in Format if one is not Format.PARQUET])
@given(content=CONTENTS, options=OPTIONS)
def test_any_bytes_give_items_by_the_rules_or_an_input_error_that_says_where(
    file_format: Format, content: bytes, options: ReadOptions
) -> None:
    if file_format is Format.TXT:
        options = ReadOptions(max_length=options.max_length, skip_bad=options.skip_bad)
    _read_or_refuse(content, file_format, options)


@given(content=st.one_of(DAMAGED_PARQUET, CONTENTS), options=OPTIONS)
def test_damaged_parquet_gives_items_by_the_rules_or_an_input_error_that_says_where(
    content: bytes, options: ReadOptions
) -> None:
    _read_or_refuse(content, Format.PARQUET, options)


def _read_or_refuse(content: bytes, file_format: Format, options: ReadOptions) -> None:
    try:
        read_all(content, file_format, options)
    except InputError:
        return


@pytest.mark.parametrize("delimiter", [",", "\t"])
@given(rows=ROWS)
def test_a_table_that_another_program_wrote_is_read_back_exactly(
    delimiter: str, rows: list[tuple[str, str, str]]
) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerow(["id", "text", "more"])
    writer.writerows(rows)
    file_format = Format.CSV if delimiter == "," else Format.TSV
    assert read_all(out.getvalue().encode(), file_format, ReadOptions()) == [
        Item(text, key, {"more": more}) for key, text, more in rows
    ]


@given(rows=st.lists(st.tuples(KEYS, TEXTS, JSON_VALUES), min_size=1), is_ascii=st.booleans())
def test_json_lines_that_another_program_wrote_are_read_back_exactly(
    *, rows: list[tuple[str, str, object]], is_ascii: bool
) -> None:
    content = "".join(
        json.dumps({"id": key, "text": text, "more": more}, ensure_ascii=is_ascii) + "\n"
        for key, text, more in rows
    )
    assert read_all(content.encode(), Format.JSONL, ReadOptions()) == [
        Item(text, key, {"more": more}) for key, text, more in rows
    ]


@given(rows=ROWS, version=st.sampled_from(["1.0", "2.0"]), packed=st.booleans())
def test_parquet_that_another_program_wrote_is_read_back_exactly(
    *, rows: list[tuple[str, str, str]], version: str, packed: bool
) -> None:
    keys, texts, others = zip(*rows, strict=True)
    out = io.BytesIO()
    table = pa.table({"id": keys, "text": texts, "more": others})
    pq.write_table(table, out, data_page_version=version, use_dictionary=packed, compression="zstd")
    assert read_all(out.getvalue(), Format.PARQUET, ReadOptions()) == [
        Item(text, key, {"more": more}) for key, text, more in rows
    ]


@pytest.mark.parametrize("export_format", ExportFormat)
@given(rows=st.lists(st.tuples(KEYS, TEXTS), min_size=1, max_size=4))
def test_exported_results_are_read_back_with_their_texts_and_keys(
    tmp_path_factory: pytest.TempPathFactory,
    export_format: ExportFormat,
    rows: list[tuple[str, str]],
) -> None:
    path = tmp_path_factory.mktemp("out") / f"results.{export_format}"
    write_results(paged(job(key, text) for key, text in rows), path, export_format)
    options = ReadOptions(text_field="text", key_field="key")
    read = read_all(path.read_bytes(), Format(export_format), options)
    # A cell that a spreadsheet would run comes back with the mark that keeps it from that.
    shown = shielded if export_format is ExportFormat.CSV else lambda cell: cell
    assert [(one.key, one.text) for one in read if isinstance(one, Item)] == [
        (shown(key), shown(text)) for key, text in rows
    ]


@given(rows=st.lists(st.tuples(KEYS, TEXTS), min_size=1, max_size=4))
def test_raw_csv_gives_formulas_back_as_they_came(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]]
) -> None:
    path: Path = tmp_path_factory.mktemp("out") / "results.csv"
    write_results(paged(job(key, text) for key, text in rows), path, ExportFormat.CSV, raw=True)
    read = read_all(path.read_bytes(), Format.CSV, ReadOptions(key_field="key"))
    assert [(one.key, one.text) for one in read if isinstance(one, Item)] == rows


def job(key: str, text: str) -> Job:
    """A pending job."""
    then = datetime(2026, 1, 31, tzinfo=UTC)
    return Job(
        id=1,
        job_uuid=UUID(int=1),
        batch_id=None,
        position=None,
        key=key,
        text=text,
        model="mini",
        status=Status.PENDING,
        priority=0,
        attempt=0,
        max_attempts=3,
        rescues=0,
        fence=0,
        worker_id=None,
        available_at=then,
        created_at=then,
        started_at=None,
        finished_at=None,
        sentiment=None,
        model_revision=None,
        error=None,
        meta={},
    )
