"""``POST /predict``: a text in, its job out, or its result where somebody waits for it."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from pydantic import AfterValidator
from starlette.concurrency import run_in_threadpool

from sentijob.errors import ConflictError
from sentijob.export.documents import DIGITS
from sentijob.ingest.texts import checked_text
from sentijob.jobs import INTERACTIVE_PRIORITY, Item, Job, Status, Submitted
from sentijob.web.documents import Result, TextToScore
from sentijob.web.idempotency import IdempotencyKey, reused
from sentijob.web.services import Services, Using
from sentijob.web.terms import server_terms
from sentijob.web.waiting import WAIT, checked_wait, wait_asked

router = APIRouter(tags=["jobs"])

Wait = Annotated[
    str | None,
    AfterValidator(checked_wait),
    Query(
        json_schema_extra={"pattern": WAIT},
        description="How long to wait for the result: `500ms`, `2s`, at most `60s`.",
        examples=["2s"],
    ),
]


def preferences(
    request: Request,
    prefer: Annotated[
        str | None,
        Header(description="`wait=2`, in seconds, is as `?wait=2s`.", examples=["wait=2"]),
    ] = None,
) -> Sequence[str]:
    """Every ``Prefer`` header: there may be several."""
    return request.headers.getlist("prefer") if prefer else ()


Preferences = Annotated[Sequence[str], Depends(preferences)]
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"model": Result, "description": "The job is final: here is its result."},
    202: {"description": "The text is queued."},
}


@router.post("/predict", status_code=HTTPStatus.ACCEPTED, responses=_ANSWERS)
async def predict(
    asked: TextToScore,
    using: Using,
    response: Response,
    preferred: Preferences,
    wait: Wait = None,
    idempotency_key: IdempotencyKey = None,
) -> Result:
    """Queue a text. Once this has answered, the job survives whatever happens to the machine."""
    patience = wait_asked(wait, preferred)
    item = Item(checked_text(asked.text, max_length=using.settings.max_text_length))
    submitted = await _submit(using, item, idempotency_key)
    job = None if submitted.is_new else await _earlier(using, submitted, item)
    if job is None or not job.status.is_final:
        job = await using.waiting.final(submitted.job_id, patience) or job
    response.headers["Location"] = f"/jobs/{submitted.job_uuid}"
    if job is not None and job.status.is_final:
        response.status_code = HTTPStatus.OK
    return _result(submitted, job)


async def _submit(using: Services, item: Item, key: str | None) -> Submitted:
    try:
        return await using.intake.submit(
            item, server_terms(using.settings, INTERACTIVE_PRIORITY), once=key
        )
    except ConflictError as exc:
        raise reused("has made a batch") from exc


async def _earlier(using: Services, submitted: Submitted, item: Item) -> Job:
    """The job that the key's first request made; of a text that wasn't kept nobody knows what it was."""
    job = await run_in_threadpool(using.store.job, submitted.job_id)
    if job.text is not None and job.text != item.text:
        raise reused(f"has queued another text, as job {job.job_uuid}")
    return job


def _result(submitted: Submitted, job: Job | None) -> Result:
    """Where the job stands; *job* is None where nobody has looked since it was queued."""
    sentiment = job and job.sentiment
    return Result(
        job_uuid=submitted.job_uuid,
        status=job.status if job else Status.PENDING,
        result_label=sentiment and sentiment.label,
        result_score=sentiment and round(sentiment.score, DIGITS),
    )
