"""``GET /events``: how the store or a batch stands, told whenever that changes, as server-sent events."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Query, Response
from fastapi.sse import EventSourceResponse
from starlette.concurrency import run_in_threadpool

from sentijob.web.finding import find_batch
from sentijob.web.services import Using

_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
_EXAMPLE = """\
retry: 2000

event: counts
data: {"counts":{"total":3,"pending":1,"processing":0,"completed":2,"failed":0,"cancelled":0,\
"labels":{"negative":1,"neutral":0,"positive":1}},"rate":null}
id: 9f0c3c5ddc2e0a4b

"""
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Events, for as long as the connection lasts or until the batch is final.",
        "content": {"text/event-stream": {"example": _EXAMPLE}},
    },
    204: {"description": "The Last-Event-ID is that of a batch's end: there is no more to come."},
    404: {"description": "Batch not found"},
}

router = APIRouter(tags=["events"])


@router.get("/events", response_class=Response, responses=_ANSWERS)
async def events(
    using: Using,
    batch: Annotated[
        UUID | None, Query(description="Of this batch alone; else of the whole store.")
    ] = None,
    last_event_id: Annotated[
        str | None, Header(description="The last `id` that came: its state isn't told again.")
    ] = None,
) -> Response:
    """How things stand, at once and whenever that changes, as server-sent events.

    Without a batch the event is `counts`: jobs by status and label, and how many texts a second the workers
    score (null where none works). With one it is `batch`, the batch as `GET /batches/{batch_uuid}` has
    it, and once that is final `done`, after which the stream ends.

    Each event is the whole state. They come at most four times a second, and who is slow or comes
    again after an interruption gets the latest: nothing can be missed but what was true in between.
    """
    batch_id = (await run_in_threadpool(find_batch, using.store, batch)).id if batch else None
    if await run_in_threadpool(using.events.has_told_all, batch_id, last_event_id):
        return Response(status_code=HTTPStatus.NO_CONTENT)
    frames = using.events.topic(batch_id).frames(last_event_id)
    return EventSourceResponse(frames, headers=_HEADERS)
