"""Batches: files of texts in, results out."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from sentijob.jobs import Selector, Status
from sentijob.web.batch_documents import BatchDocument
from sentijob.web.changing import Verb, change_batch
from sentijob.web.finding import find_batch
from sentijob.web.idempotency import IdempotencyKey
from sentijob.web.orders import Order
from sentijob.web.paging import LINK, Cursor, Limit, Place, link_next, place_of
from sentijob.web.queueing import BatchOrder
from sentijob.web.results import ResultFormat, begun
from sentijob.web.services import Using
from sentijob.web.uploads import FORM, received

router = APIRouter(prefix="/batches", tags=["batches"])

_NO_BATCH: dict[int | str, dict[str, Any]] = {404: {"description": "Batch not found"}}
_TEXT = {"schema": {"type": "string"}}
_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        "application/x-ndjson": {
            **_TEXT,
            "example": '{"id": "r-1", "text": "Great value."}\n{"id": "r-2", "text": "It broke."}\n',
        },
        "text/csv": {**_TEXT, "example": "id,text\nr-1,Great value.\nr-2,It broke.\n"},
        "text/tab-separated-values": {**_TEXT, "example": "id\ttext\nr-1\tGreat value.\n"},
        "text/plain": {**_TEXT, "example": "Great value.\nIt broke.\n"},
        "application/vnd.apache.parquet": {"schema": {"type": "string", "format": "binary"}},
        FORM: {
            "schema": {
                "type": "object",
                "properties": {"file": {"type": "string", "format": "binary"}},
                "required": ["file"],
            }
        },
    },
}


@router.post(
    "",
    status_code=HTTPStatus.CREATED,
    openapi_extra={"requestBody": _BODY},
    responses={
        201: {
            "headers": {
                "Location": {"description": "The batch.", "schema": {"type": "string"}},
            }
        },
        400: {"description": "The body can't be read."},
        409: {"description": "That name already names something else."},
        413: {"description": "The body is too large."},
        415: {"description": "Nobody knows what the body is."},
        422: {"description": "A row can't be taken, or the request makes no sense."},
    },
)
async def create_batch(
    request: Request,
    response: Response,
    using: Using,
    asked: Order,
    idempotency_key: IdempotencyKey = None,
) -> BatchDocument:
    """Queue a file of texts. It is checked whole first: one bad row refuses it, with where and why.

    Once this has answered, all its jobs survive whatever happens to the machine. An upload that broke off goes on
    where it stopped when it is sent again. In a form, the file's name tells its format.
    """
    terms = await run_in_threadpool(asked.terms, using.settings)
    options = asked.options(using.settings)
    order = BatchOrder(terms, options, asked.name, idempotency_key)
    async with received(request, using.settings) as upload:
        batch = await using.queueing.queue(upload, order)
    response.headers["Location"] = f"/batches/{batch.batch_uuid}"
    return BatchDocument.of(batch)


@router.get("", responses={200: {"headers": LINK}})
async def batches(
    request: Request, response: Response, using: Using, limit: Limit = 10, cursor: Cursor = None
) -> list[BatchDocument]:
    """Batches, the newest first."""
    place = place_of(cursor)
    found = await run_in_threadpool(using.store.batches, limit=limit, after=place.after)
    if len(found) == limit:
        link_next(request, response, Place(after=found[-1].batch_uuid))
    return [BatchDocument.of(batch) for batch in found]


@router.get("/{batch_uuid}", responses=_NO_BATCH)
async def batch(batch_uuid: UUID, using: Using) -> BatchDocument:
    """One batch, and how many of its jobs stand where."""
    return BatchDocument.of(await run_in_threadpool(find_batch, using.store, batch_uuid))


@router.get(
    "/{batch_uuid}/results",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "A job a line, in the order its texts came in.",
            "content": {"application/x-ndjson": _TEXT, "text/csv": _TEXT},
        },
        **_NO_BATCH,
    },
)
async def results(
    batch_uuid: UUID,
    using: Using,
    form: Annotated[ResultFormat, Query(alias="format")] = ResultFormat.JSONL,
    status: Annotated[
        list[Status] | None,
        Query(max_length=len(Status), description="Jobs that stand here; else the completed ones."),
    ] = None,
) -> StreamingResponse:
    """What has become of a batch so far, with your keys and your other columns; streamed, however long it is.

    Cells of CSV that a spreadsheet would run begin with a `'`.
    """
    found = await run_in_threadpool(find_batch, using.store, batch_uuid)
    selector = Selector(batch_ids=(found.id,), statuses=tuple(status or (Status.COMPLETED,)))
    written = await run_in_threadpool(begun, using.store, selector, form)
    name = f"{batch_uuid}.{form}"
    return StreamingResponse(
        written,
        media_type=form.media_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@router.post("/{batch_uuid}/cancel", responses=_NO_BATCH)
async def cancel_batch(
    batch_uuid: UUID, using: Using, idempotency_key: IdempotencyKey = None
) -> BatchDocument:
    """Cancel what isn't final. Asked again, it changes nothing more."""
    return await _changed(using, batch_uuid, Verb.CANCEL, idempotency_key)


@router.post("/{batch_uuid}/retry", responses=_NO_BATCH)
async def retry_batch(
    batch_uuid: UUID, using: Using, idempotency_key: IdempotencyKey = None
) -> BatchDocument:
    """Put failed and cancelled jobs back in the queue, with fresh attempts.

    Asked again, it puts back only what has failed anew; with an Idempotency-Key, not even that.
    """
    return await _changed(using, batch_uuid, Verb.RETRY, idempotency_key)


@router.delete("/{batch_uuid}", responses=_NO_BATCH)
async def delete_batch(batch_uuid: UUID, using: Using) -> BatchDocument:
    """Cancel what isn't final. What is, stays: results are deleted by `sentijob prune` alone."""
    return await _changed(using, batch_uuid, Verb.CANCEL, None)


async def _changed(using: Using, batch_uuid: UUID, verb: Verb, key: str | None) -> BatchDocument:
    changed = await run_in_threadpool(change_batch, using.store, batch_uuid, verb, key)
    return BatchDocument.of(changed)
