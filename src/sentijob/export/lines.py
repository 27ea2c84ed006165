"""A stored job as a line of JSON: its document, put together as text."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from json.encoder import encode_basestring
from typing import NamedTuple

from sentijob.errors import damaged_job
from sentijob.export.documents import DIGITS, inert
from sentijob.export.stored import batch_text, decimal, instant_text, uuid_text
from sentijob.jobs import Label, StandingPart, Status, StoredJob

_scan = json.JSONDecoder().scan_once  # type: ignore[attr-defined]  # the stubs don't know it


def lines(jobs: Sequence[StoredJob], *, end: str = "\n", has_numbers: bool = True) -> list[str]:
    """Each job's document as ``dumps(job_document(job))`` writes it, and what is to *end* it.

    Without numbers, it lacks the job's and its batch's, which are no business of programs elsewhere.

    Raises:
        StoreDamagedError: one holds what no job can.
    """
    written = []
    for job in jobs:
        try:
            document = _document(job, end, has_numbers=has_numbers)
            # What `inert` does first, here where a call is much of its cost.
            is_inert = document.isascii() and "\x7f" not in document
            written.append(document if is_inert else inert(document))
        except (ValueError, TypeError, OverflowError, StopIteration) as exc:
            raise damaged_job(job[0]) from exc
    return written


def _document(job: StoredJob, end: str, *, has_numbers: bool) -> str:
    job_id, job_uuid, position, key, text, score, negative, neutral, positive, tokens, meta = job[
        :11
    ]
    has_result, batch, model, revision, rest = _standing(job[11:])
    result = _result(score, negative, neutral, positive) if has_result else _NO_RESULT
    number, batch = (f'"id":{_whole(job_id)},', batch) if has_numbers else ("", "")
    return (
        f'{{{number}"job_uuid":"{uuid_text(job_uuid)}",'
        f'"key":{"null" if key is None else _quoted(key)},{batch}'
        f'"position":{"null" if position is None else _whole(position)},'
        f'"text":{_quoted(text) if text else "null"},{model},{result},{revision},'
        f'"tokens":{_whole(tokens) if has_result else "null"},{rest},"meta":{_meta(meta)}}}{end}'
    )


_NO_RESULT = '"result_score":null,"probabilities":null'
_quoted = encode_basestring
_whole = int.__repr__


def _result(
    score: float | None, negative: float | None, neutral: float | None, positive: float | None
) -> str:
    """The score and the three probabilities.

    Raises:
        TypeError: one is no number.
    """
    written = _chances(negative, neutral, positive)  # type: ignore[arg-type]  # or it is refused
    for_negative, for_neutral, for_positive = written
    if score == positive:
        for_score = for_positive
    elif score == negative:
        for_score = for_negative
    else:
        for_score = decimal(score)
    return (
        f'"result_score":{for_score},"probabilities":{{"negative":{for_negative},'
        f'"neutral":{for_neutral},"positive":{for_positive}}}'
    )


def _chances(negative: float, neutral: float, positive: float) -> tuple[str, str, str]:
    """Three decimals, mostly written at once: that takes half the time."""
    least, most = _AT_ONCE
    if least <= negative < most and least <= neutral < most and least <= positive < most:
        written = _THREE % (negative, neutral, positive)
        return (
            written[:_WIDTH].rstrip("0"),
            written[_WIDTH : 2 * _WIDTH].rstrip("0"),
            written[2 * _WIDTH :].rstrip("0"),
        )
    return decimal(negative), decimal(neutral), decimal(positive)


_AT_ONCE = (1e-4, 0.9999)
"""Between them no decimal has an exponent, or comes to a whole number."""
_THREE = f"%.{DIGITS}f" * 3
_WIDTH = len("0.") + DIGITS


class _Standing(NamedTuple):
    """What many jobs on end share, as it stands in their documents."""

    has_result: bool
    batch: str
    """With a comma behind it."""
    model: str
    revision: str
    rest: str
    """From the windows on."""


@lru_cache(maxsize=1024)
def _standing(part: StandingPart) -> _Standing:
    batch_id, model, status, label, model_revision, windows = part[:6]
    attempt, max_attempts, priority, created_at, available_at, started_at, finished_at = part[6:13]
    error_code, error_message = part[13:]
    return _Standing(
        label is not None,
        f"{_members(batch=batch_text(batch_id))},",
        _members(
            model=model, status=Status(status), result_label=None if label is None else Label(label)
        ),
        _members(model_revision=model_revision),
        _members(
            windows=None if label is None else windows,
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


_encoded = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _members(**members: object) -> str:
    """Members of an object, without its braces."""
    return _encoded(members)[1:-1]


def _meta(column: str | None) -> str:
    """The column as it is, if it is an object: it was stored as it is to be written."""
    if not column:
        return "{}"
    value, end = _scan(column, 0)
    if end != len(column) or type(value) is not dict:
        raise ValueError("no object")
    return column
