"""Jobs and batches by their UUIDs: over HTTP nothing else names them."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from fastapi import HTTPException

from sentijob.errors import NotFoundError
from sentijob.jobs import Batch, BatchReference, Job, JobReference
from sentijob.ports import Reading


def find_job(store: Reading, job_uuid: UUID) -> Job:
    """The job of that UUID; the answer 404 where there is none."""
    try:
        reference = store.resolve(str(job_uuid))
        if isinstance(reference, JobReference):
            return store.job(reference.job_id)
    except NotFoundError:
        pass
    raise HTTPException(HTTPStatus.NOT_FOUND, "Job not found")


def find_batch(store: Reading, batch_uuid: UUID) -> Batch:
    """The batch of that UUID; the answer 404 where there is none."""
    try:
        reference = store.resolve(str(batch_uuid))
        if isinstance(reference, BatchReference):
            return store.batch(reference.batch_id)
    except NotFoundError:
        pass
    raise HTTPException(HTTPStatus.NOT_FOUND, "Batch not found")
