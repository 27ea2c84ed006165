"""Pages that go on where the last one ended: a link with an opaque cursor.

Source: RFC 8288, Web Linking.
"""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple
from uuid import UUID

from fastapi import Query, Request, Response

MOST_LISTED = 1_000
MOST_SKIPPED = 100_000
"""What is skipped is looked up first, so it is bounded; what comes after a job or a batch isn't."""

_AFTER, _SKIP = "u", "s"
"""How cursors begin: those that lead on after something, and those that count."""

Limit = Annotated[int, Query(ge=1, le=MOST_LISTED, description="At most so many.")]
Skip = Annotated[
    int,
    Query(ge=0, le=MOST_SKIPPED, description="Pass over the first ones; a cursor goes further."),
]
Cursor = Annotated[
    str | None,
    Query(
        pattern=f"^({_AFTER}[0-9a-f]{{32}}|{_SKIP}[0-9]{{1,6}})$",
        description="From the `Link` of the page before: what comes after it.",
        examples=["u01980a3e7c117d2a9a6b2f4f3b1c5d6e"],
    ),
]
LINK: dict[str, Any] = {
    "Link": {
        "description": 'Where the next page is: `</…?cursor=…>; rel="next"`. Not there on the last one.',
        "schema": {"type": "string"},
    }
}


class Place(NamedTuple):
    """Where a page begins: after a job or a batch, and then so many down."""

    after: UUID | None = None
    skip: int = 0


def place_of(cursor: str | None) -> Place:
    """Where a cursor leads, which is one by its pattern; the beginning where there is none."""
    if cursor is None:
        return Place()
    if cursor.startswith(_AFTER):
        return Place(after=UUID(cursor.removeprefix(_AFTER)))
    return Place(skip=min(int(cursor.removeprefix(_SKIP)), MOST_SKIPPED))


def link_next(request: Request, response: Response, place: Place | None) -> None:
    """Say in *response* where the next page is, which begins at *place*, if anywhere."""
    if place is None:
        return
    cursor = f"{_SKIP}{place.skip}" if place.after is None else f"{_AFTER}{place.after.hex}"
    following = request.url.remove_query_params("skip").include_query_params(cursor=cursor)
    response.headers["Link"] = f'<{following.path}?{following.query}>; rel="next"'
