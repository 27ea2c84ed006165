"""docs/json.md against the functions: every example is what they give, every field is explained."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from stored import paged

from sentijob.export.documents import (
    batch_document,
    counts_document,
    dumps,
    job_document,
    worker_document,
)
from sentijob.export.flat import Table
from sentijob.export.stored import decimal
from sentijob.jobs import Batch, Counts, Job, JobError, Status, WorkerInfo

PAGE = (Path(__file__).parents[3] / "docs" / "json.md").read_text(encoding="utf-8")
SECTIONS = {
    section.partition("\n")[0]: section for section in re.split(r"^## ", PAGE, flags=re.MULTILINE)
}
NINE = datetime(2026, 1, 31, 9, tzinfo=UTC)
COUNTS = Counts(
    pending=600,
    processing=100,
    completed=297,
    failed=2,
    cancelled=1,
    negative=97,
    neutral=80,
    positive=120,
)
BATCH = Batch(
    id=7,
    name="march-reviews",
    source="reviews.csv",
    model="mini",
    priority=0,
    created_at=NINE + timedelta(minutes=5),
    sealed_at=NINE + timedelta(minutes=5, seconds=2.5),
    counts=COUNTS,
    batch_uuid=UUID("019b76da-a800-7000-8000-000000000007"),
)
WORKER = WorkerInfo(
    id=3,
    host="laptop",
    pid=4242,
    models="*",
    started_at=NINE,
    last_seen_at=NINE + timedelta(minutes=5),
    holding=64,
    completed=12_000,
    rate=412.48,
)


def examples(section: str) -> list[str]:
    return re.findall(r"^```json\n(.*?)\n```$", SECTIONS[section], re.MULTILINE | re.DOTALL)


def explained(section: str) -> list[str]:
    return re.findall(r"^\| `(\w+)` \|", SECTIONS[section], re.MULTILINE)


def test_every_example_is_json_as_the_tool_writes_it() -> None:
    blocks = [block for section in SECTIONS for block in examples(section)]
    assert len(blocks) >= 5
    for block in blocks:
        assert dumps(json.loads(block), is_pretty=True) == block


def test_the_examples_of_a_job_are_what_is_written(make_job: Callable[..., Job]) -> None:
    completed, failed = (json.loads(example) for example in examples("A job"))
    job = make_job()
    assert list(completed.items()) == list(job_document(job).items())
    error = JobError("text_rejected", "the text has no word that the model knows")
    job = job._replace(
        id=43,
        job_uuid=UUID("019b76da-a800-7000-8000-00000000002b"),
        key=None,
        batch_id=None,
        position=None,
        text="…",
        status=Status.FAILED,
        priority=10,
        sentiment=None,
        model_revision=None,
        error=error,
        meta={},
    )
    assert list(failed.items()) == list(job_document(job).items())


def test_the_example_of_a_batch_is_what_is_written() -> None:
    (example,) = examples("A batch")
    assert dumps(batch_document(BATCH), is_pretty=True) == example


def test_the_example_of_counts_is_what_is_written() -> None:
    (example,) = examples("Counts")
    assert dumps(counts_document(COUNTS), is_pretty=True) == example


def test_the_example_of_a_worker_is_what_is_written() -> None:
    (example,) = examples("A worker")
    assert dumps(worker_document(WORKER, is_alive=True), is_pretty=True) == example


@pytest.mark.parametrize("section", ["A job", "A batch", "A worker"])
def test_every_field_is_explained_in_its_order(section: str) -> None:
    assert explained(section) == list(json.loads(examples(section)[0]))


def test_the_header_of_a_table_is_the_documented_one(make_job: Callable[..., Job]) -> None:
    (header,) = re.findall(r"^```csv\n(.*)\n```$", PAGE, re.MULTILINE)
    assert ",".join(Table(paged([make_job()]), number=decimal).names) == header
