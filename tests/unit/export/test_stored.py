"""What is written straight of stored jobs is what their documents say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stored import paged, stored

from sentijob.errors import StoreDamagedError
from sentijob.export.csv_rows import write_csv
from sentijob.export.documents import dumps, job_document
from sentijob.export.flat import JOB_COLUMNS, Table
from sentijob.export.lines import lines
from sentijob.export.stored import decimal, uuid_text
from sentijob.jobs import Job, JobError, Label, Sentiment, Status, StoredJob

NUMBER = st.integers(0, 2**53)
TEXT = st.text(st.characters(codec="utf-8"))
INSTANT = st.integers(0, 4_000_000_000_000).map(
    lambda ms: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)
)
CHANCE = st.floats(0, 1) | st.integers(0, 10**7).map(lambda millionths: millionths / 10**7)
SENTIMENT = st.builds(
    Sentiment, st.sampled_from(Label), CHANCE, CHANCE, CHANCE, CHANCE, NUMBER, NUMBER
)
META = st.dictionaries(
    TEXT,
    st.none() | st.booleans() | NUMBER | st.floats(-1e9, 1e9) | TEXT | st.lists(TEXT),
    max_size=3,
)
JOBS = st.builds(
    Job,
    id=NUMBER,
    job_uuid=st.uuids(),
    batch_id=st.none() | NUMBER,
    position=st.none() | NUMBER,
    key=st.none() | TEXT,
    text=st.none() | TEXT.filter(bool),
    model=TEXT,
    status=st.sampled_from(Status),
    priority=st.integers(-1000, 1000),
    attempt=NUMBER,
    max_attempts=NUMBER,
    rescues=NUMBER,
    fence=NUMBER,
    worker_id=st.none() | NUMBER,
    available_at=INSTANT,
    created_at=INSTANT,
    started_at=st.none() | INSTANT,
    finished_at=st.none() | INSTANT,
    sentiment=st.none() | SENTIMENT,
    model_revision=st.none() | TEXT,
    error=st.none() | st.builds(JobError, TEXT, TEXT),
    meta=META,
)


@given(st.lists(JOBS, max_size=3))
def test_a_line_is_the_jobs_document_to_the_byte(jobs: list[Job]) -> None:
    written = [dumps(job_document(job)) for job in jobs]
    rows = [stored(job) for job in jobs]
    assert lines(rows) == [f"{line}\n" for line in written]
    assert lines(rows, end="") == written


@given(JOBS)
def test_a_row_holds_what_the_jobs_document_says(job: Job) -> None:
    table = Table(paged([job]), number=lambda value: round(value, 6))
    ((row,),) = table.pages()
    document: dict[str, Any] = job_document(job)
    chances, error = document["probabilities"] or {}, document["error"] or {}
    flat: dict[str, Any] = {
        **document,
        **{label.value: chances.get(label.value) for label in Label},
        "error_code": error.get("code"),
        "error_message": error.get("message"),
    }
    assert dict(zip(JOB_COLUMNS, row, strict=False)) == {name: flat[name] for name in JOB_COLUMNS}
    own = [
        value if value is None or isinstance(value, str) else dumps(value)
        for value in job.meta.values()
    ]
    assert list(row[len(JOB_COLUMNS) :]) == [*own, None]


@given(CHANCE)
def test_a_decimal_is_written_as_the_rounded_number_is(chance: float) -> None:
    assert decimal(chance) == dumps(round(chance, 6))


@given(st.uuids())
def test_a_uuid_is_written_as_the_library_writes_it(job_uuid: UUID) -> None:
    assert uuid_text(job_uuid.bytes) == str(job_uuid)


PLACES = {
    "id": 0,
    "job_uuid": 1,
    "position": 2,
    "key": 3,
    "text": 4,
    "result_score": 5,
    "tokens": 9,
    "meta": 10,
    "status": 13,
    "result_label": 14,
    "created_at": 20,
}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("id", "x"),
        ("job_uuid", b"short"),
        ("position", "x"),
        ("key", b"\xff"),
        ("text", b"\xff"),
        ("result_score", "x"),
        ("tokens", "x"),
        ("meta", '{"stars": '),
        ("meta", "[1]"),
        ("meta", "x"),
        ("status", "done"),
        ("result_label", "good"),
        ("created_at", 10**18),
    ],
)
def test_a_damaged_value_is_named_by_its_job(make_job: Any, name: str, value: object) -> None:
    whole = stored(make_job())
    damaged: StoredJob = (*whole[: PLACES[name]], value, *whole[PLACES[name] + 1 :])  # type: ignore[assignment]
    with pytest.raises(
        StoreDamagedError, match=f"^job {damaged[0]} is damaged; see `sentijob db check`"
    ):
        lines([damaged])


def test_a_job_whose_row_cannot_be_written_is_named(make_job: Any, tmp_path: Any) -> None:
    whole = stored(make_job())
    with (
        (tmp_path / "x.csv").open("w") as out,
        pytest.raises(StoreDamagedError, match="job 42 is damaged"),
    ):
        write_csv([[(*whole[:10], '{"stars": ', *whole[11:])]], out)
