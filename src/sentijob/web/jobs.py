"""Single texts: ``POST /predict`` and what became of them."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, HTTPException, Query
from starlette.concurrency import run_in_threadpool

from sentijob.errors import NotFoundError
from sentijob.jobs import INTERACTIVE_PRIORITY, Item, Job, JobReference, Selector, Status, Terms
from sentijob.ports import Reading
from sentijob.web.documents import JobDocument, Result, TextToScore
from sentijob.web.services import Using

MOST_LISTED = 1_000

router = APIRouter(tags=["jobs"])


@router.post("/predict", status_code=HTTPStatus.ACCEPTED)
async def predict(asked: TextToScore, using: Using) -> Result:
    """Queue a text. Once this has answered, the job survives whatever happens to the machine."""
    item = Item(asked.text)
    terms = Terms(model=using.settings.model, priority=INTERACTIVE_PRIORITY)
    submitted = await using.intake.submit(item, terms)
    return Result(
        job_uuid=submitted.job_uuid, status=Status.PENDING, result_label=None, result_score=None
    )


@router.get("/jobs/{job_uuid}", responses={404: {"description": "Job not found"}})
async def job(job_uuid: UUID, using: Using) -> JobDocument:
    """One job."""
    return JobDocument.of(await run_in_threadpool(find_job, using.store, job_uuid))


@router.get("/jobs")
async def jobs(
    using: Using,
    skip: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=MOST_LISTED)] = 10,
) -> list[JobDocument]:
    """Jobs, the newest first."""
    found = await run_in_threadpool(using.store.jobs, Selector(), limit=limit, skip=skip)
    return [JobDocument.of(each) for each in found]


def find_job(store: Reading, job_uuid: UUID) -> Job:
    """The job of that UUID; the answer 404 where there is none."""
    try:
        reference = store.resolve(str(job_uuid))
        if isinstance(reference, JobReference):
            return store.job(reference.job_id)
    except NotFoundError as exc:
        raise HTTPException(HTTPStatus.NOT_FOUND, "Job not found") from exc
    raise HTTPException(HTTPStatus.NOT_FOUND, "Job not found")
