"""Whether the server lives, and whether it can do its work."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from sentijob.web.services import Using

router = APIRouter(tags=["health"])


class Message(BaseModel):
    """What this is."""

    message: str = Field(examples=["sentijob"])


class Health(BaseModel):
    """That the server answers."""

    status: str = Field(examples=["healthy"])


@router.get("/")
async def root() -> Message:
    """What this is."""
    return Message(message="sentijob: sentiment of texts, as jobs that survive crashes; see /docs")


@router.head("/health", include_in_schema=False)
@router.get("/health")
async def health() -> Health:
    """Liveness: that the server answers. Restart it when it doesn't."""
    return Health(status="healthy")


@router.head("/ready", include_in_schema=False)
@router.get("/ready")
async def ready(using: Using) -> Health:
    """Readiness: that the store can be read; 503 where it can't."""
    await run_in_threadpool(using.store.counts)
    return Health(status="ready")
