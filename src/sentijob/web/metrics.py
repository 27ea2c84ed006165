"""``GET /metrics``, for Prometheus."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from prometheus_client.exposition import choose_encoder
from starlette.concurrency import run_in_threadpool

from sentijob.web.services import Using

router = APIRouter(tags=["health"])

_EXAMPLE = """\
# HELP sentijob_jobs Jobs by status.
# TYPE sentijob_jobs gauge
sentijob_jobs{status="pending"} 3.0
"""
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Prometheus' text format, or OpenMetrics where that is asked for.",
        "content": {"text/plain": {"schema": {"type": "string"}, "example": _EXAMPLE}},
    }
}


@router.get("/metrics", response_class=Response, responses=_ANSWERS)
async def metrics(using: Using, request: Request) -> Response:
    """Jobs, queue, workers, times and answers, as they stand now."""
    encode, content_type = choose_encoder(request.headers.get("Accept", ""))
    content = await run_in_threadpool(encode, using.measures.registry)
    return Response(content, headers={"Content-Type": content_type})
