"""Jobs as a store keeps them, for what writes them out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from sentijob.jobs import Job, StoredJob
from sentijob.store.metas import meta_to_column

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def stored(job: Job) -> StoredJob:
    """What the store's pages have for *job*."""
    sentiment = job.sentiment
    return (
        job.id,
        job.job_uuid.bytes,
        job.position,
        job.key,
        job.text or "",
        sentiment and sentiment.score,
        sentiment and sentiment.negative,
        sentiment and sentiment.neutral,
        sentiment and sentiment.positive,
        sentiment and sentiment.tokens,
        meta_to_column(job.meta),
        job.batch_id,
        job.model,
        job.status.value,
        sentiment and sentiment.label.value,
        job.model_revision,
        sentiment and sentiment.windows,
        job.attempt,
        job.max_attempts,
        job.priority,
        _ms(job.created_at),
        _ms(job.available_at),
        None if job.started_at is None else _ms(job.started_at),
        None if job.finished_at is None else _ms(job.finished_at),
        None if job.error is None else job.error.code,
        None if job.error is None else job.error.message,
    )


def paged(jobs: Iterable[Job]) -> Iterator[Sequence[StoredJob]]:
    """Pages of one job each."""
    for job in jobs:
        yield [stored(job)]


def _ms(instant: datetime) -> int:
    return (instant - _EPOCH) // timedelta(milliseconds=1)
