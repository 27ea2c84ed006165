"""Pages that go on where the last one ended: a link with an opaque cursor.

Source: RFC 8288, Web Linking.
"""

from __future__ import annotations

import base64
import binascii
import re
from http import HTTPStatus
from typing import Annotated, Any, NamedTuple
from uuid import UUID

from fastapi import HTTPException, Query, Request, Response

MOST_LISTED = 1_000
MOST_SKIPPED = 100_000
"""What is skipped is looked up first, so it is bounded; what comes after a job or a batch isn't."""

Limit = Annotated[int, Query(ge=1, le=MOST_LISTED, description="At most so many.")]
Skip = Annotated[
    int,
    Query(ge=0, le=MOST_SKIPPED, description="Pass over the first ones; a cursor goes further."),
]
Cursor = Annotated[
    str | None,
    Query(max_length=64, description="From the `Link` of the page before: what comes after it."),
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


_PLACE = r"u(?P<after>[0-9a-f]{32})|s(?P<skip>[0-9]{1,6})"


def place_of(cursor: str | None) -> Place:
    """Where a cursor leads; the beginning where there is none.

    Raises:
        HTTPException: 422, it is none of ours.
    """
    if cursor is None:
        return Place()
    try:
        written = base64.b64decode(cursor.encode(), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        written = ""
    found = re.fullmatch(_PLACE, written, re.ASCII)
    if found is None:
        detail = "this is no cursor: take one from the Link header of a page"
        raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY, detail)
    if found["after"]:
        return Place(after=UUID(found["after"]))
    return Place(skip=min(int(found["skip"]), MOST_SKIPPED))


def link_next(request: Request, response: Response, place: Place | None) -> None:
    """Say in *response* where the next page is, which begins at *place*, if anywhere."""
    if place is None:
        return
    written = f"s{place.skip}" if place.after is None else f"u{place.after.hex}"
    cursor = base64.urlsafe_b64encode(written.encode()).decode()
    following = request.url.remove_query_params("skip").include_query_params(cursor=cursor)
    response.headers["Link"] = f'<{following.path}?{following.query}>; rel="next"'
