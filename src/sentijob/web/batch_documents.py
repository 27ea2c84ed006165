"""Batches as they go over HTTP: as everywhere, but with UUIDs in place of numbers."""

from __future__ import annotations

from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from sentijob.export.documents import batch_document
from sentijob.jobs import Batch
from sentijob.web.documents import Instant


class LabelCounts(BaseModel):
    """How the completed jobs fell out."""

    negative: int
    neutral: int
    positive: int


class CountsDocument(BaseModel):
    """How many jobs stand where."""

    total: int
    pending: int
    processing: int
    completed: int
    failed: int
    cancelled: int
    labels: LabelCounts


class BatchDocument(BaseModel):
    """Texts that were submitted together, and how they stand."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    batch_uuid: UUID
    name: str | None = Field(examples=["march-reviews"])
    """What it is called, if it was given a name."""
    source: str = Field(examples=["reviews.csv"])
    """Where its texts came from: a file, `body` for an upload without a name, `-` for a pipe, or `arguments`."""
    model: str = Field(examples=["mini"])
    """The model that was asked for."""
    priority: int
    """Higher goes first."""
    created_at: Instant
    sealed_at: Instant | None
    """When its last text was in; null while it is still coming in, or was interrupted."""
    is_final: bool
    """Whether all of it is in, and none of it still waits."""
    counts: CountsDocument

    @classmethod
    def of(cls, batch: Batch) -> BatchDocument:
        """A batch as it is shown over HTTP."""
        return cls.model_validate(batch_document(batch))
