from __future__ import annotations

import io
import json
import os
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from stored import paged

from sentijob.errors import StoreDamagedError, StoreFullError, UsageError
from sentijob.export.documents import job_document
from sentijob.export.formats import ExportFormat, export_format_of
from sentijob.export.results import write_results
from sentijob.jobs import Job, Status

MakeJob = Callable[..., Job]


def linked(folder: Path, device: str) -> Path:
    """A link to *device*: were it replaced after all, root's machine would keep its own."""
    path = folder / "device"
    path.symlink_to(device)
    return path


def failing(job: Job) -> Iterator[Job]:
    yield job
    raise StoreDamagedError("the store broke")


@pytest.mark.parametrize("to_file", [True, False])
def test_json_lines_hold_each_job_as_its_document(
    tmp_path: Path, make_job: MakeJob, *, to_file: bool
) -> None:
    jobs = [make_job(), make_job(id=43, text="schön\n\u2028")]
    path, out = tmp_path / "x.jsonl", io.StringIO()
    assert write_results(paged(jobs), path if to_file else out, ExportFormat.JSONL) == 2
    lines = (path.read_text() if to_file else out.getvalue()).splitlines()
    assert [json.loads(line) for line in lines] == [job_document(job) for job in jobs]


def test_json_lines_are_written_as_the_jobs_come(make_job: MakeJob) -> None:
    out = io.StringIO()
    seen = []

    def jobs() -> Iterator[Job]:
        for number in range(3):
            yield make_job(id=number)
            seen.append(out.getvalue().count("\n"))

    write_results(paged(jobs()), out, ExportFormat.JSONL)
    assert seen == [1, 2, 3]


def test_a_csv_file_has_its_line_ends_as_they_are_meant(tmp_path: Path, make_job: MakeJob) -> None:
    path = tmp_path / "x.csv"
    write_results(paged([make_job(text="a\nb")]), path, ExportFormat.CSV)
    content = path.read_bytes()
    assert b'"a\nb"' in content
    assert content.count(b"\r\n") == 2


def test_parquet_has_numbers_and_the_own_columns(tmp_path: Path, make_job: MakeJob) -> None:
    path = tmp_path / "x.parquet"
    pending = make_job(status=Status.PENDING, sentiment=None, meta={})
    assert write_results(paged([make_job(), pending]), path, ExportFormat.PARQUET) == 2
    table = pq.read_table(path)
    first, second = table.to_pylist()
    assert (first["positive"], first["tokens"], first["stars"]) == (0.996, 11, "5")
    assert (second["positive"], second["tokens"], second["stars"]) == (None, None, None)
    assert [str(table.schema.field(name).type) for name in ("id", "positive", "key")] == [
        "int64",
        "double",
        "string",
    ]


def test_parquet_of_no_jobs_has_its_columns(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    assert write_results([], path, ExportFormat.PARQUET) == 0
    assert pq.read_table(path).num_rows == 0


@pytest.mark.parametrize("export_format", list(ExportFormat))
def test_an_export_that_breaks_off_leaves_the_earlier_file(
    tmp_path: Path, make_job: MakeJob, export_format: ExportFormat
) -> None:
    path = tmp_path / "x"
    path.write_text("earlier")
    with pytest.raises(StoreDamagedError, match="the store broke"):
        write_results(paged(failing(make_job())), path, export_format)
    assert path.read_text() == "earlier"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("export_format", list(ExportFormat))
def test_a_full_device_is_said_to_be_full(
    tmp_path: Path, make_job: MakeJob, export_format: ExportFormat
) -> None:
    path = linked(tmp_path, "/dev/full")
    with pytest.raises(StoreFullError) as caught:
        write_results(paged([make_job()] * 1000), path, export_format)
    assert str(caught.value) == (
        f"no room left to write {path}: No space left on device; nothing was kept of it"
    )


def test_a_device_is_written_to_and_not_replaced(tmp_path: Path, make_job: MakeJob) -> None:
    path = linked(tmp_path, "/dev/null")
    assert write_results(paged([make_job()]), path, ExportFormat.CSV) == 1
    assert path.is_char_device()


def test_a_pipe_is_written_to(tmp_path: Path, make_job: MakeJob) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    received: list[str] = []
    reader = threading.Thread(target=lambda: received.append(path.read_text()))
    reader.start()
    write_results(paged([make_job()]), path, ExportFormat.JSONL)
    reader.join(10)
    assert json.loads(received[0]) == job_document(make_job())


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = tmp_path / "no" / "x.csv"
    with pytest.raises(UsageError) as caught:
        write_results([], path, ExportFormat.CSV)
    assert str(caught.value) == f"{path} can't be written: No such file or directory"


def test_parquet_does_not_go_to_a_stream_of_text() -> None:
    with pytest.raises(UsageError) as caught:
        write_results([], io.StringIO(), ExportFormat.PARQUET)
    assert str(caught.value) == "Parquet can't go to stdout: name a file with -o"


def test_without_pyarrow_the_extra_is_named_and_no_file_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(UsageError) as caught:
        write_results([], tmp_path / "x.parquet", ExportFormat.PARQUET)
    assert str(caught.value) == "writing Parquet needs pyarrow: pip install 'sentijob[parquet]'"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("path", "given", "expected"),
    [
        (None, None, ExportFormat.JSONL),
        (Path("x.CSV"), None, ExportFormat.CSV),
        (Path("x.pq"), None, ExportFormat.PARQUET),
        (Path("x.ndjson"), None, ExportFormat.JSONL),
        (Path("x.txt"), ExportFormat.CSV, ExportFormat.CSV),
    ],
)
def test_the_format_is_given_or_named_by_the_suffix(
    path: Path | None, given: ExportFormat | None, expected: ExportFormat
) -> None:
    assert export_format_of(path, given) is expected


def test_a_suffix_that_names_no_format_to_write_is_an_error() -> None:
    with pytest.raises(UsageError) as caught:
        export_format_of(Path("x.xlsx"))
    assert str(caught.value) == (
        "x.xlsx: its suffix names no format to write; say which with --format (jsonl, csv, parquet)"
    )
