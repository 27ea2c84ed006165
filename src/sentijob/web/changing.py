"""Cancelling and retrying over HTTP: of one job or one batch, by its UUID.

Each can be asked for again without harm: it leaves alone what is as it is wanted, and with an
Idempotency-Key also what has changed since the first request of that key was done.
"""

from __future__ import annotations

from enum import StrEnum
from http import HTTPStatus
from uuid import UUID

from fastapi import HTTPException

from sentijob.errors import ConflictError
from sentijob.jobs import Batch, Job, Selector, Status
from sentijob.ports import Store
from sentijob.web.finding import find_batch, find_job
from sentijob.web.idempotency import reused


class Verb(StrEnum):
    """What can be done to jobs."""

    CANCEL = "cancel"
    RETRY = "retry"


TOO_LATE = {
    Verb.CANCEL: {Status.COMPLETED, Status.FAILED},
    Verb.RETRY: {Status.COMPLETED},
}
"""Where a job stands that can't be changed any more, and isn't as it is wanted either."""


def change_job(store: Store, job_uuid: UUID, verb: Verb, key: str | None) -> Job:
    """Cancel or retry a job; the job as it then stands.

    Raises:
        HTTPException: 404, there is none; 409, it is too late; 422, *key* came with another request.
    """
    job_id = find_job(store, job_uuid).id
    count = _change(store, verb, Selector(job_ids=(job_id,)), key)
    job = find_job(store, job_uuid)
    # A retry with a key may be the repeat of one that has led to the result.
    may_be_repeat = verb is Verb.RETRY and key is not None
    if not count and job.status in TOO_LATE[verb] and not may_be_repeat:
        detail = f"the job is {job.status}: it is too late to {verb} it"
        raise HTTPException(HTTPStatus.CONFLICT, detail)
    return job


def change_batch(store: Store, batch_uuid: UUID, verb: Verb, key: str | None) -> Batch:
    """Cancel or retry what can be of a batch; the batch as it then stands.

    Raises:
        HTTPException: 404, there is none; 422, *key* came with another request.
    """
    batch = find_batch(store, batch_uuid)
    _change(store, verb, Selector(batch_ids=(batch.id,)), key)
    return find_batch(store, batch_uuid)


def drop_job(store: Store, job_uuid: UUID) -> Job:
    """Cancel a job unless it is final; the job as it then stands."""
    _change(store, Verb.CANCEL, Selector(job_ids=(find_job(store, job_uuid).id,)), None)
    return find_job(store, job_uuid)


def _change(store: Store, verb: Verb, selector: Selector, key: str | None) -> int:
    # Keys are shared with submits; no key that comes over HTTP has a space in it.
    once = None if key is None else f"{verb} {key}"
    act = store.cancel if verb is Verb.CANCEL else store.retry
    try:
        return act(selector, once=once)
    except ConflictError as exc:
        raise reused(f"has come with another {verb}") from exc
