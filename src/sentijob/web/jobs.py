"""What became of single texts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from sentijob.jobs import Job
from sentijob.ports import Reading
from sentijob.web.changing import Verb, change_job, drop_job
from sentijob.web.choosing import Choice, Chosen
from sentijob.web.documents import JobDocument
from sentijob.web.finding import find_job
from sentijob.web.idempotency import IdempotencyKey
from sentijob.web.paging import LINK, Place, link_next, place_of
from sentijob.web.services import Using

router = APIRouter(tags=["jobs"])

_NO_JOB: dict[int | str, dict[str, Any]] = {404: {"description": "Job not found"}}
_TOO_LATE: dict[int | str, dict[str, Any]] = {
    **_NO_JOB,
    409: {"description": "The job is final, and not as it is wanted."},
}


@router.get("/jobs/{job_uuid}", responses=_NO_JOB)
async def job(job_uuid: UUID, using: Using) -> JobDocument:
    """One job."""
    return JobDocument.of(await run_in_threadpool(find_job, using.store, job_uuid))


@router.get("/jobs", responses={200: {"headers": LINK}})
async def jobs(
    request: Request, response: Response, using: Using, chosen: Choice
) -> list[JobDocument]:
    """Jobs, the newest first. The `Link` header leads to the next page, if any."""
    place = place_of(chosen.cursor)
    found = await run_in_threadpool(_page, using.store, chosen, place)
    if len(found) == chosen.limit:
        link_next(request, response, chosen.place_after(found, place))
    return [JobDocument.of(each) for each in found]


@router.post("/jobs/{job_uuid}/cancel", responses=_TOO_LATE)
async def cancel_job(
    job_uuid: UUID, using: Using, idempotency_key: IdempotencyKey = None
) -> JobDocument:
    """Cancel a job that isn't final. Asked again, it changes nothing more."""
    return await _changed(using, job_uuid, Verb.CANCEL, idempotency_key)


@router.post("/jobs/{job_uuid}/retry", responses=_TOO_LATE)
async def retry_job(
    job_uuid: UUID, using: Using, idempotency_key: IdempotencyKey = None
) -> JobDocument:
    """Put a failed or cancelled job back in the queue, with fresh attempts.

    Asked again, it puts it back only if it has failed anew; with an Idempotency-Key, not even then.
    """
    return await _changed(using, job_uuid, Verb.RETRY, idempotency_key)


@router.delete("/jobs/{job_uuid}", responses=_NO_JOB)
async def delete_job(job_uuid: UUID, using: Using) -> JobDocument:
    """Cancel a job unless it is final. Then it stays: results are deleted by `sentijob prune` alone."""
    return JobDocument.of(await run_in_threadpool(drop_job, using.store, job_uuid))


async def _changed(using: Using, job_uuid: UUID, verb: Verb, key: str | None) -> JobDocument:
    changed = await run_in_threadpool(change_job, using.store, job_uuid, verb, key)
    return JobDocument.of(changed)


def _page(store: Reading, chosen: Chosen, place: Place) -> Sequence[Job]:
    return store.jobs(
        chosen.selector(store),
        sort=chosen.sort,
        limit=chosen.limit,
        skip=chosen.skip + place.skip,
        after=place.after,
    )
