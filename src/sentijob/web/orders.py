"""How an upload is to be read and queued, as its query says."""

from __future__ import annotations

import os
from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

from sentijob.durations import parse_duration
from sentijob.errors import InputError
from sentijob.ingest.options import ReadOptions
from sentijob.ingest.texts import LONGEST_KEY
from sentijob.jobs import BATCH_PRIORITY, PRIORITY_RANGE, Terms
from sentijob.models.registry import is_known
from sentijob.settings import Settings
from sentijob.web.terms import server_terms
from sentijob.web.words import DURATION, Word

MOST_ATTEMPTS = 100


class Asked(BaseModel):
    """The flags of ``submit``."""

    model_config = ConfigDict(
        extra="forbid", protected_namespaces=(), use_attribute_docstrings=True
    )

    name: Word | None = Field(
        None, min_length=1, max_length=LONGEST_KEY, examples=["march-reviews"]
    )
    """A name for the batch; no other has it."""
    model: Word | None = Field(None, examples=["mini"])
    """Who scores the texts; else the server's default."""
    priority: int = Field(BATCH_PRIORITY, ge=PRIORITY_RANGE.start, le=PRIORITY_RANGE[-1])
    """Higher goes first."""
    delay: str | None = Field(None, pattern=DURATION, examples=["10m"])
    """Not before this long from now: `30s`, `10m`, `1h30m`."""
    max_attempts: int | None = Field(None, ge=1, le=MOST_ATTEMPTS)
    """Tries a text gets before it fails; else the server's default."""
    text_field: Word | None = Field(None, examples=["review"])
    """The column that holds the text; else `text`, `review`, `comment` or the like."""
    key_field: Word | None = Field(None, examples=["id"])
    """The column that holds your own id; else `id` or `key`."""
    store_text: bool | None = None
    """Whether a text stays in the store once it is scored; else the server's default."""

    def terms(self, settings: Settings) -> Terms:
        """What is asked for its texts.

        Raises:
            InputError: there is no such model.
        """
        model = None if self.model is None else _known(self.model)
        given = server_terms(settings, self.priority, model)
        return given._replace(
            delay=given.delay if self.delay is None else parse_duration(self.delay),
            max_attempts=self.max_attempts or given.max_attempts,
            store_text=given.store_text if self.store_text is None else self.store_text,
        )

    def options(self, settings: Settings) -> ReadOptions:
        """How rows become texts."""
        return ReadOptions(self.text_field, self.key_field, settings.max_text_length)


Order = Annotated[Asked, Query()]
"""The type of a route's argument that takes them."""


def _known(model: str) -> str:
    """The name of a model that whoever speaks HTTP may ask for.

    Raises:
        InputError: there is none, or it is a path: which folders the server has is nobody's business.
    """
    if os.sep in model or not is_known(model):
        raise InputError(f"there is no model {model!r}")
    return model
