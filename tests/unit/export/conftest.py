from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from sentijob.jobs import Job, Label, Sentiment, Status

SUBMITTED = datetime(2026, 1, 31, 9, 5, tzinfo=UTC)
CLAIMED = SUBMITTED + timedelta(milliseconds=1250)
JOB = Job(
    id=42,
    job_uuid=UUID("019b76da-a800-7000-8000-00000000002a"),
    batch_id=7,
    position=16,
    key="r-17",
    text="Great value, and it arrived early.",
    model="mini",
    status=Status.COMPLETED,
    priority=0,
    attempt=1,
    max_attempts=3,
    rescues=0,
    fence=1,
    worker_id=None,
    available_at=SUBMITTED,
    created_at=SUBMITTED,
    started_at=CLAIMED,
    finished_at=CLAIMED + timedelta(milliseconds=21),
    sentiment=Sentiment(Label.POSITIVE, 0.996, 0.001, 0.003, 0.996, tokens=11),
    model_revision="3f9a1c",
    error=None,
    meta={"stars": "5"},
)

MakeJob = Callable[..., Job]


@pytest.fixture
def make_job() -> MakeJob:
    """Makes a completed job of batch b7, with the given fields changed."""

    def make(**changes: Any) -> Job:
        return JOB._replace(**changes)

    return make
