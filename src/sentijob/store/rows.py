"""Rows to values: the one place that knows in which order a job's columns are read."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from sentijob.errors import damaged_job
from sentijob.jobs import (
    Batch,
    ClaimedJob,
    Counts,
    Job,
    JobError,
    Label,
    Sentiment,
    Status,
    WorkerInfo,
)
from sentijob.store.clock import ms_to_instant, optional_instant
from sentijob.store.database import Row

_STORED_COLUMNS = (
    "job.id, job_uuid, position, key, text, result_score, negative, neutral, positive,"
    " tokens, meta, batch_id, model, status, result_label, model_revision, windows, attempt,"
    " max_attempts, priority, created_at, available_at, started_at, finished_at, error_code,"
    " error_message"
)
_FROM_JOB = "FROM job LEFT JOIN job_text ON job_id = job.id"
STORED_SELECT = f"SELECT {_STORED_COLUMNS} {_FROM_JOB}"
"""Gives :data:`~sentijob.jobs.StoredJob`."""
JOB_SELECT = f"SELECT {_STORED_COLUMNS}, rescues, fence, worker_id {_FROM_JOB}"
CLAIM_SELECT = (
    "SELECT job.id, fence + 1, COALESCE(text, ''), model, priority, attempt + 1, max_attempts,"
    " batch_id, rescues, store_text FROM job LEFT JOIN job_text ON job_id = job.id"
)
TALLY_COLUMNS = (
    "pending",
    "processing",
    "completed",
    "failed",
    "cancelled",
    "negative",
    "neutral",
    "positive",
)
TALLY_SUMS = ", ".join(f"COALESCE(SUM({name}), 0)" for name in TALLY_COLUMNS)
BATCH_SELECT = (
    "SELECT batch.id, batch_uuid, name, source, model, priority, created_at, sealed_at,"
    f" {TALLY_SUMS} FROM batch LEFT JOIN tally ON batch_id = batch.id"
)
WORKER_SELECT = (
    "SELECT id, host, pid, models, started_at, last_seen_at, completed, rate,"
    " (SELECT count(*) FROM job WHERE status = 'processing' AND worker_id = worker.id)"
    " FROM worker"
)


def job_from_row(row: Row) -> Job:
    """Read a row of JOB_SELECT.

    Raises:
        StoreDamagedError: it holds what no job can.
    """
    try:
        return _job(row)
    except (ValueError, TypeError, OverflowError) as exc:
        raise damaged_job(row[0]) from exc


def _job(row: Row) -> Job:
    (
        job_id, job_uuid, position, key, text, score, negative, neutral, positive,
        tokens, meta, batch_id, model, status, label, model_revision, windows, attempt,
        max_attempts, priority, created_at, available_at, started_at, finished_at, error_code,
        error_message, rescues, fence, worker_id,
    ) = row  # fmt: skip
    return Job(
        id=job_id,
        job_uuid=UUID(bytes=bytes(job_uuid)),
        batch_id=batch_id,
        position=position,
        key=key,
        text=text or None,
        model=model,
        status=Status(status),
        priority=priority,
        attempt=attempt,
        max_attempts=max_attempts,
        rescues=rescues,
        fence=fence,
        worker_id=worker_id,
        available_at=ms_to_instant(available_at),
        created_at=ms_to_instant(created_at),
        started_at=optional_instant(started_at),
        finished_at=optional_instant(finished_at),
        sentiment=None
        if label is None
        else Sentiment(Label(label), score, negative, neutral, positive, tokens, windows),
        model_revision=model_revision,
        error=None if error_code is None else JobError(error_code, error_message),
        meta=meta_from_column(meta),
    )


def claimed_from_row(row: Row) -> ClaimedJob:
    """Read a row of CLAIM_SELECT."""
    return ClaimedJob._make(row)


def counts_from_row(row: Row) -> Counts:
    """Read TALLY_COLUMNS or TALLY_SUMS."""
    return Counts(*map(int, row))


def batch_from_row(row: Row) -> Batch:
    """Read a row of BATCH_SELECT."""
    batch_id, batch_uuid, name, source, model, priority, created_at, sealed_at, *counts = row
    return Batch(
        id=batch_id,
        name=name,
        source=source,
        model=model,
        priority=priority,
        created_at=ms_to_instant(created_at),
        sealed_at=optional_instant(sealed_at),
        counts=counts_from_row(counts),
        batch_uuid=UUID(bytes=bytes(batch_uuid)),
    )


def worker_from_row(row: Row) -> WorkerInfo:
    """Read a row of WORKER_SELECT."""
    worker_id, host, pid, models, started_at, last_seen_at, completed, rate, holding = row
    return WorkerInfo(
        id=worker_id,
        host=host,
        pid=pid,
        models=models,
        started_at=ms_to_instant(started_at),
        last_seen_at=ms_to_instant(last_seen_at),
        holding=holding,
        completed=completed,
        rate=rate,
    )


def meta_from_column(column: str | None) -> dict[str, Any]:
    if not column:
        return {}
    import json  # costs start-up, and most texts come without

    return cast("dict[str, Any]", json.loads(column))


def marks(count: int) -> str:
    """``?`` so many times, for an IN; an IN of nothing holds for nothing."""
    return ",".join("?" * count) or "NULL"
