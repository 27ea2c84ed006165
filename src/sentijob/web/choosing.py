"""Which jobs a listing shows: the filters of ``list``, as a query."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import HTTPException, Query
from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from sentijob.durations import parse_duration
from sentijob.errors import UsageError
from sentijob.jobs import BY_AGE, Job, Label, Selector, Sort, Status
from sentijob.ports import Reading
from sentijob.web.finding import find_batch
from sentijob.web.paging import MOST_SKIPPED, Cursor, Limit, Place, Skip
from sentijob.web.words import DURATION, Word

_MOST_GIVEN = 100
_LONGEST_SEARCH = 1_000

Since = Annotated[
    str,
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": DURATION},
                {"type": "string", "format": "date-time"},
            ],
            "examples": ["2h", "2026-01-31T12:00:00Z"],
        }
    ),
]


class Chosen(BaseModel):
    """A job meets all of them; one that is given several times means either."""

    model_config = ConfigDict(protected_namespaces=(), use_attribute_docstrings=True)

    skip: Skip = 0
    limit: Limit = 10
    cursor: Cursor = None
    sort: Sort = Sort.NEWEST
    """What comes first."""
    batch: list[UUID] = Field([], max_length=_MOST_GIVEN)
    """Of this batch."""
    status: list[Status] = Field([], max_length=_MOST_GIVEN)
    """Standing here."""
    label: list[Label] = Field([], max_length=_MOST_GIVEN)
    """Scored so."""
    model: list[Word] = Field([], max_length=_MOST_GIVEN)
    """Of this model."""
    key: list[Word] = Field([], max_length=_MOST_GIVEN)
    """With this key of yours."""
    error: list[Word] = Field([], max_length=_MOST_GIVEN)
    """Failed with this code."""
    since: Since | None = None
    """Created in the last `2h`, or since an ISO date, which without a zone is in UTC."""
    search: Word | None = Field(None, max_length=_LONGEST_SEARCH)
    """With this in the text; reads the jobs one by one, newest first."""

    def place_after(self, page: Sequence[Job], place: Place) -> Place | None:
        """Where the next page begins after one that began at *place*; None where nobody gets that far."""
        if self.sort in BY_AGE:
            return Place(after=page[-1].job_uuid)
        skip = self.skip + place.skip + len(page)
        return Place(skip=skip) if skip <= MOST_SKIPPED else None

    def selector(self, store: Reading) -> Selector:
        """What it chooses.

        Raises:
            HTTPException: a batch doesn't exist, or a date can't be read.
        """
        return Selector(
            batch_ids=tuple(find_batch(store, batch).id for batch in dict.fromkeys(self.batch)),
            statuses=tuple(self.status),
            labels=tuple(self.label),
            models=tuple(self.model),
            keys=tuple(self.key),
            error_codes=tuple(self.error),
            since=None if self.since is None else _instant(self.since, store),
            search=self.search,
        )


Choice = Annotated[Chosen, Query()]
"""The type of a route's argument that takes them."""


def _instant(written: str, store: Reading) -> datetime:
    """``2h`` as two hours ago by the store's time; else a date."""
    try:
        if re.fullmatch(DURATION, written):
            return store.now() - parse_duration(written)
        date = datetime.fromisoformat(written)
        return date.replace(tzinfo=date.tzinfo or UTC).astimezone(UTC)
    except (ValueError, UsageError, OverflowError):
        detail = "since is neither a duration (2h, 30d) nor a date (2026-01-31T12:00:00Z)"
        raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY, detail) from None
