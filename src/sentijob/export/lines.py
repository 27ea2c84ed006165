"""A stored job as a line of JSON: its document, put together as text."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from json.encoder import encode_basestring
from typing import NamedTuple

from sentijob.errors import damaged_job
from sentijob.export.documents import dumps, inert
from sentijob.export.stored import batch_text, decimal, instant_text, uuid_text
from sentijob.jobs import Label, StandingPart, Status, StoredJob

_scan = json.JSONDecoder().scan_once  # type: ignore[attr-defined]  # the stubs don't know it


def lines(jobs: Sequence[StoredJob]) -> list[str]:
    """Each job's document as ``dumps(job_document(job))`` writes it.

    Raises:
        StoreDamagedError: one holds what no job can.
    """
    return [_line(job) for job in jobs]


def _line(job: StoredJob) -> str:
    try:
        return _document(job)
    except (ValueError, TypeError, OverflowError, StopIteration) as exc:
        raise damaged_job(job[0]) from exc


def _document(job: StoredJob) -> str:
    job_id, job_uuid, position, key, text, score, negative, neutral, positive = job[:9]
    tokens, windows, meta = job[9:12]
    standing = _standing(job[12:])
    result = _NO_RESULT
    if standing.has_result:
        # Each a number, or it is refused: a damaged job may hold anything.
        result = (
            f'{decimal(score)},"probabilities":{{"negative":{decimal(negative)},'  # type: ignore[arg-type]
            f'"neutral":{decimal(neutral)},"positive":{decimal(positive)}}}'  # type: ignore[arg-type]
        )
    else:
        tokens = windows = None
    return (
        f'{{"id":{job_id:d},"job_uuid":"{uuid_text(job_uuid)}","key":{_quoted(key)},'
        f'"batch":{standing.batch},"position":{_whole(position)},"text":{_quoted(text)},'
        f'{standing.model},"result_score":{result},{standing.revision},'
        f'"tokens":{_whole(tokens)},"windows":{_whole(windows)},'
        f'{standing.attempts},"meta":{_meta(meta)}}}'
    )


_NO_RESULT = 'null,"probabilities":null'


class _Standing(NamedTuple):
    """What many jobs on end share, as it stands in their documents."""

    has_result: bool
    batch: str
    model: str
    revision: str
    attempts: str


@lru_cache(maxsize=1024)
def _standing(part: StandingPart) -> _Standing:
    batch_id, model, status, label, model_revision = part[:5]
    attempt, max_attempts, priority, created_at, available_at, started_at, finished_at = part[5:12]
    error_code, error_message = part[12:]
    return _Standing(
        label is not None,
        dumps(batch_text(batch_id)),
        _members(
            model=model, status=Status(status), result_label=None if label is None else Label(label)
        ),
        _members(model_revision=model_revision),
        _members(
            attempt=attempt,
            max_attempts=max_attempts,
            priority=priority,
            created_at=instant_text(created_at),
            available_at=instant_text(available_at),
            started_at=instant_text(started_at),
            finished_at=instant_text(finished_at),
            error=None if error_code is None else {"code": error_code, "message": error_message},
        ),
    )


def _members(**members: object) -> str:
    """Members of an object, without its braces."""
    return dumps(members)[1:-1]


def _whole(number: int | None) -> str:
    return "null" if number is None else f"{number:d}"


def _quoted(string: str | None) -> str:
    return "null" if string is None else inert(encode_basestring(string))


def _meta(column: str | None) -> str:
    """The column as it is, if it is an object: it was stored as it is to be written."""
    if not column:
        return "{}"
    value, end = _scan(column, 0)
    if end != len(column) or not isinstance(value, dict):
        raise ValueError("no object")
    return inert(column)
