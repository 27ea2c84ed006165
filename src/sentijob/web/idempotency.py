"""Requests that must not do their work twice.

Source: draft-ietf-httpapi-idempotency-key-header-07, The Idempotency-Key HTTP Header Field.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import Header, HTTPException

IdempotencyKey = Annotated[
    str | None,
    Header(
        pattern="^[!-~]{1,255}$",
        description="A request whose key was there before does nothing, and gets what the first one made.",
        examples=["import-2026-01-31"],
    ),
]


def reused(what: str) -> HTTPException:
    """The answer to a key that came with another request before; *what* it has done says so."""
    detail = f"this Idempotency-Key {what}; another request needs a key of its own"
    return HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY, detail)
