"""Parquet files that are none, are cut, or hold what can't be taken."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sentijob.errors import UsageError
from sentijob.ingest.blocks import Rejected
from sentijob.ingest.options import ReadOptions
from sentijob.jobs import Item

Take = Callable[..., list[Item | Rejected]]
Refuse = Callable[..., str]


def parquet(**columns: object) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(b"", "x.parquet: the file is empty", id="empty"),
        pytest.param(
            b"PAR1",
            "x.parquet: it can't be read as Parquet: Parquet file size is 4 bytes, "
            "smaller than the minimum file footer (8 bytes)",
            id="magic alone",
        ),
        pytest.param(
            parquet(text=pa.array([], pa.string())),
            "x.parquet: there are no texts in it",
            id="no rows",
        ),
        pytest.param(
            parquet(text=[1, 2]),
            "x.parquet: the text column 'text' holds int64, not strings",
            id="numbers",
        ),
        pytest.param(
            parquet(text=[b"a"]),
            "x.parquet: the text column 'text' holds binary, not strings",
            id="binary",
        ),
        pytest.param(
            parquet(text=["a"], tags=[["x"]]),
            "x.parquet: column 'tags' holds list<element: string>, which can't be carried along; "
            "leave it out of the file",
            id="nested",
        ),
        pytest.param(
            parquet(text=["a", None]), "x.parquet:2: the text is null, not a string", id="null text"
        ),
        pytest.param(
            parquet(text=["a", "b\0"]),
            "x.parquet:2: column 'text' has a NUL at character 2",
            id="NUL",
        ),
        pytest.param(
            parquet(a=["a"], b=["b"]),
            "x.parquet: no column is called text (nor review, comment, content, body, message, "
            "sentence, tweet); name the one that holds it with --text-field; "
            "the columns are 'a', 'b'",
            id="no text column",
        ),
    ],
)
def test_parquet_that_cannot_be_taken_is_refused(
    refuse: Refuse, content: bytes, message: str
) -> None:
    assert refuse("x.parquet", content) == message


@pytest.mark.parametrize("kept", [0.3, 0.9])
def test_a_cut_file_is_refused(refuse: Refuse, kept: float) -> None:
    content = parquet(text=["a text"] * 1000)
    message = refuse("x.parquet", content[: int(len(content) * kept)])
    assert message.startswith("x.parquet: it can't be read as Parquet: ")


def test_damaged_pages_are_refused(refuse: Refuse) -> None:
    content = bytearray(parquet(text=[f"text {n}" for n in range(1000)]))
    content[20:400] = b"\xff" * 380
    assert refuse("x.parquet", bytes(content)).startswith(
        "x.parquet: it can't be read as Parquet: "
    )


def test_plain_columns_come_along_as_json_values(take: Take) -> None:
    content = parquet(
        id=[7],
        text=pa.array(["good"]).dictionary_encode(),
        stars=[4.5],
        missing=[float("nan")],
        bought=[date(2026, 1, 31)],
        seen=[datetime(2026, 1, 31, 9, tzinfo=UTC)],
        price=[Decimal("9.90")],
        is_new=[True],
    )
    (item,) = take("x.parquet", content)
    assert item == Item(
        "good",
        "7",
        {
            "stars": 4.5,
            "missing": None,
            "bought": "2026-01-31",
            "seen": "2026-01-31T09:00:00+00:00",
            "price": "9.90",
            "is_new": True,
        },
    )


def test_bad_rows_are_set_aside_where_asked_for(take: Take, tmp_path: Path) -> None:
    entries = take("x.parquet", parquet(text=["a", " "], n=[1, 2]), ReadOptions(skip_bad=True))
    assert entries == [
        Item("a", None, {"n": 1}),
        (f"{tmp_path}/x.parquet:2", "the text is only white space", '{"text": " ", "n": 2}'),
    ]


def test_without_pyarrow_the_extra_is_named(take: Take, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(UsageError) as caught:
        take("x.parquet", b"PAR1")
    assert str(caught.value) == "reading Parquet needs pyarrow: pip install 'sentijob[parquet]'"


READ_AND_WEIGH = """
import resource, sys
from pathlib import Path
from sentijob.ingest.formats import Format
from sentijob.errors import UsageError
from sentijob.ingest.options import ReadOptions
from sentijob.ingest.scan import prescan
from sentijob.ingest.source import open_source
import pyarrow.parquet

before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
with open_source(Path(sys.argv[1])) as source:
    rows = prescan(source, Format.PARQUET, ReadOptions()).rows
print(rows, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_kilobytes_that_unfold_to_half_a_gigabyte_are_read_in_bounded_memory(
    tmp_path: Path,
) -> None:
    rows = 512
    words = pa.array(["x" * 1_000_000])
    unfolding = pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), words)
    path = tmp_path / "x.parquet"
    path.write_bytes(parquet(text=["good"] * rows, other=unfolding))
    assert path.stat().st_size < 200_000
    command = [sys.executable, "-c", READ_AND_WEIGH, str(path)]
    done = subprocess.run(command, check=True, capture_output=True)  # noqa: S603  # our own words
    read, kilobytes = done.stdout.split()
    assert int(read) == rows
    assert int(kilobytes) < 256 << 10
