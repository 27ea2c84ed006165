from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from sentijob.cli.receipts import document, greet, reference, warn, written
from sentijob.ingest.filling import QueuedBatch
from sentijob.jobs import Batch, BatchReference, Counts, JobReference, Submitted

NOW = datetime(2026, 1, 31, tzinfo=UTC)
JOB = Submitted(42, UUID(int=7), is_new=True)
BATCH = Batch(7, None, "reviews.csv", "mini", 0, NOW, NOW, Counts(pending=1234), UUID(int=8))


def queued(**changed: Any) -> QueuedBatch:
    return QueuedBatch(BATCH, is_new=True, present=0)._replace(**changed)


def test_a_receipt_is_written_as_people_type_it() -> None:
    assert written(JOB) == "42"
    assert written(queued()) == "b7"


def test_a_receipt_refers_to_what_it_is_for() -> None:
    assert reference(JOB) == JobReference(42)
    assert reference(queued()) == BatchReference(7)


def test_a_jobs_document_has_both_its_ids() -> None:
    assert document(JOB) == {"id": 42, "job_uuid": str(UUID(int=7)), "is_new": True}


def test_a_batchs_document_has_its_counts_and_its_rejects() -> None:
    shown = document(queued(rejected=2, rejects=Path("reviews.csv.rejects.jsonl")))
    assert (shown["batch"], shown["batch_uuid"]) == ("b7", str(UUID(int=8)))
    assert shown["counts"] == {
        "total": 1234,
        "pending": 1234,
        "processing": 0,
        "completed": 0,
        "failed": 0,
        "cancelled": 0,
        "labels": {"negative": 0, "neutral": 0, "positive": 0},
    }
    assert (shown["rejected"], shown["rejects"]) == (2, "reviews.csv.rejects.jsonl")


def test_what_went_as_expected_needs_no_warning(capsys: pytest.CaptureFixture[str]) -> None:
    warn(JOB, is_quiet=False)
    warn(queued(), is_quiet=False)
    assert capsys.readouterr() == ("", "")


def test_bad_rows_are_told_even_when_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    warn(queued(rejected=2, rejects=Path("x.rejects.jsonl")), is_quiet=True)
    assert capsys.readouterr().err == "2 bad rows were set aside in x.rejects.jsonl\n"


@pytest.mark.parametrize(
    ("receipt", "told"),
    [
        (JOB._replace(is_new=False), "job 42 was submitted before\n"),
        (
            queued(is_new=False, present=1234),
            "b7 was submitted before, with 1,234 texts\n",
        ),
        (
            queued(is_new=False, present=1000),
            "b7 held 1,000 of 1,234 texts already; the rest is queued now\n",
        ),
    ],
)
def test_what_was_there_before_is_told(
    receipt: Submitted | QueuedBatch, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    warn(receipt, is_quiet=False)
    assert capsys.readouterr().err == told
    warn(receipt, is_quiet=True)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("receipt", "told"),
    [
        (JOB, "queued as job 42; sentijob status 42 --watch\n"),
        (queued(), "queued 1,234 texts as b7; sentijob status b7 --watch\n"),
    ],
)
def test_a_person_is_told_how_to_go_on(
    receipt: Submitted | QueuedBatch,
    told: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    greet(receipt)
    assert capsys.readouterr().err == ""
    import sys

    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    greet(receipt)
    assert capsys.readouterr().err == told
