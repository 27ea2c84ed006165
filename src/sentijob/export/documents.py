"""The JSON that people and programs see, one shape for a job wherever it is shown.

``docs/json.md`` describes every shape; a test holds the two together. Light:
``status ID --json`` imports nothing else of export.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sentijob.jobs import Batch, Counts, Job, Sentiment, WorkerInfo

if TYPE_CHECKING:
    from sentijob.tokens import Token

Document = dict[str, object]

DIGITS = 6
"""Decimals of a probability; what a model computes is no finer."""

_DRIVING = (
    # What can drive a terminal or turn text around: DEL and C1, bidirectional marks, line and
    # paragraph separators; and lone surrogates, which can't be written. JSON itself escapes C0.
    "[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)


def job_document(job: Job) -> Document:
    """A job in JSON; what isn't known is null."""
    sentiment = job.sentiment
    return {
        "id": job.id,
        "job_uuid": str(job.job_uuid),
        "key": job.key,
        "batch": None if job.batch_id is None else f"b{job.batch_id}",
        "position": job.position,
        "text": job.text,
        "model": job.model,
        "status": job.status.value,
        "result_label": sentiment and sentiment.label.value,
        "result_score": sentiment and round(sentiment.score, DIGITS),
        "probabilities": sentiment and probabilities(sentiment),
        "model_revision": job.model_revision,
        "tokens": sentiment and sentiment.tokens,
        "windows": sentiment and sentiment.windows,
        "attempt": job.attempt,
        "max_attempts": job.max_attempts,
        "priority": job.priority,
        "created_at": instant(job.created_at),
        "available_at": instant(job.available_at),
        "started_at": instant(job.started_at),
        "finished_at": instant(job.finished_at),
        "error": job.error and {"code": job.error.code, "message": job.error.message},
        "meta": dict(job.meta),
    }


def batch_document(batch: Batch) -> Document:
    """A batch in JSON, with its counts."""
    return {
        "batch": batch.reference,
        "batch_uuid": str(batch.batch_uuid),
        "name": batch.name,
        "source": batch.source,
        "model": batch.model,
        "priority": batch.priority,
        "created_at": instant(batch.created_at),
        "sealed_at": instant(batch.sealed_at),
        "is_final": batch.is_final,
        "counts": counts_document(batch.counts),
    }


def probabilities(sentiment: Sentiment) -> dict[str, float]:
    """The three probabilities of a sentiment, by label."""
    return {
        "negative": round(sentiment.negative, DIGITS),
        "neutral": round(sentiment.neutral, DIGITS),
        "positive": round(sentiment.positive, DIGITS),
    }


def counts_document(counts: Counts) -> Document:
    """How many jobs stand where, and how the completed ones fell out."""
    return {
        "total": counts.total,
        "pending": counts.pending,
        "processing": counts.processing,
        "completed": counts.completed,
        "failed": counts.failed,
        "cancelled": counts.cancelled,
        "labels": {
            "negative": counts.negative,
            "neutral": counts.neutral,
            "positive": counts.positive,
        },
    }


def worker_document(worker: WorkerInfo, *, is_alive: bool) -> Document:
    """A worker in JSON; whether it is alive is the caller's to know."""
    return {
        "id": worker.id,
        "host": worker.host,
        "pid": worker.pid,
        "models": worker.models,
        "started_at": instant(worker.started_at),
        "last_seen_at": instant(worker.last_seen_at),
        "holding": worker.holding,
        "completed": worker.completed,
        "rate": round(worker.rate, 1),
        "is_alive": is_alive,
    }


def token_document(token: Token) -> Document:
    """A token in JSON, without its secret."""
    return {
        "name": token.name,
        "scopes": [scope.value for scope in token.scopes],
        "created_at": instant(token.created_at),
        "expires_at": instant(token.expires_at),
        "last_used_at": instant(token.last_used_at),
        "revoked_at": instant(token.revoked_at),
        "is_valid": token.is_valid,
    }


def instant(moment: datetime | None) -> str | None:
    """ISO 8601 in UTC, to the millisecond: ``2026-01-31T09:05:00.000Z``."""
    if moment is None:
        return None
    in_utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return f"{in_utc.isoformat(timespec='milliseconds')[:-6]}Z"


def dumps(document: object, *, is_pretty: bool = False) -> str:
    """*document* as JSON that is inert on a terminal, in one line unless *is_pretty*.

    Letters of every script stay readable; what drives a terminal or turns
    text around is escaped.
    """
    if is_pretty:
        written = json.dumps(document, ensure_ascii=False, indent=2)
    else:
        written = _COMPACT.encode(document)
    return inert(written)


_COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def inert(written: str) -> str:
    """JSON that was *written*, with what drives a terminal or turns text around escaped."""
    if written.isascii() and "\x7f" not in written:
        return written
    return re.sub(_DRIVING, lambda found: f"\\u{ord(found[0]):04x}", written)
