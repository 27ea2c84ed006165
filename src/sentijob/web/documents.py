"""The JSON that goes over HTTP: as everywhere, but with UUIDs in place of numbers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, WithJsonSchema

from sentijob.export.documents import instant, job_document
from sentijob.jobs import Job, Label, Status

LONGEST_TEXT = 10_000

Text = Annotated[
    str,
    Field(
        min_length=1,
        max_length=LONGEST_TEXT,
        description="What to score: 1 to 10,000 characters.",
        examples=["This product is amazing! I love it!"],
        # What the check of texts asks for, in words of its own.
        json_schema_extra={"pattern": r"^\s*[^\s\x00][^\x00]*$"},
    ),
]

Instant = Annotated[
    datetime,
    PlainSerializer(instant, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""Written as everywhere, to the millisecond."""


class _Document(BaseModel):
    model_config = ConfigDict(protected_namespaces=(), use_attribute_docstrings=True)


class TextToScore(_Document):
    """A text to score."""

    text: Text


class Result(_Document):
    """Where a job stands; its label and score once it is completed."""

    job_uuid: UUID
    status: Status = Field(examples=["completed"])
    result_label: Label | None = Field(examples=["positive"])
    """The likeliest class; null until the job is completed."""
    result_score: float | None = Field(ge=0, le=1, examples=[0.996])
    """That class's probability."""


class Probabilities(_Document):
    """Of the three classes; they sum to 1."""

    negative: float
    neutral: float
    positive: float


class ErrorOfJob(_Document):
    """Why a job failed, or why its last attempt did."""

    code: str = Field(examples=["text_rejected"])
    message: str


class JobDocument(Result):
    """One text, and all that is known of it."""

    key: str | None
    """The caller's own id."""
    position: int | None
    """Place in its batch, from 0."""
    text: str | None
    """Null where it wasn't to be kept."""
    model: str = Field(examples=["mini"])
    probabilities: Probabilities | None
    model_revision: str | None
    """Content hash of the model that scored it."""
    tokens: int | None
    """What the model read of the text."""
    windows: int | None
    """In how many pieces it was read."""
    attempt: int
    """Which try this is, from 1; 0 before the first."""
    max_attempts: int
    priority: int
    """Higher goes first."""
    created_at: Instant
    available_at: Instant
    """Not scored before."""
    started_at: Instant | None
    finished_at: Instant | None
    error: ErrorOfJob | None
    meta: dict[str, Any]
    """The other columns of the row it came from."""

    @classmethod
    def of(cls, job: Job) -> JobDocument:
        """A job as it is shown over HTTP."""
        return cls.model_validate(job_document(job))
