"""What may go wrong with a request, as the API's document says it: one problem, many statuses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from sentijob.web.guard.contents import JSON_ALONE
from sentijob.web.guard.tokens import OPEN
from sentijob.web.problems import MEDIA_TYPE

Schema = dict[str, Any]


class _Failure(NamedTuple):
    """When a status is answered, and with which ``detail``, for an example."""

    title: str
    """Python's own phrases differ by its version; the document doesn't."""
    description: str
    detail: Any
    may_pass: bool = False


_NOT_IN_A_FIELD = {"loc": ["body", "text"], "msg": "Field required", "type": "missing"}
FAILURES: Mapping[int, _Failure] = {
    400: _Failure(
        "Bad Request",
        "The request isn't one, or can't be meant.",
        "There was an error parsing the body",
    ),
    401: _Failure(
        "Unauthorized", "A token is needed and none was sent that is valid.", "send a token"
    ),
    403: _Failure(
        "Forbidden",
        "The token doesn't allow it, or a page of another site asks.",
        "this token may not write",
    ),
    404: _Failure("Not Found", "There is no such thing.", "Job not found"),
    408: _Failure("Request Timeout", "The body came too slowly.", "the body came too slowly"),
    409: _Failure(
        "Conflict",
        "It contradicts what already holds.",
        "this Idempotency-Key was used for another request",
    ),
    413: _Failure(
        "Content Too Large",
        "The body is too large.",
        "a body may have 1048576 bytes here; part what is larger",
    ),
    414: _Failure("URI Too Long", "The address is too long.", "an address may have 16384 bytes"),
    415: _Failure(
        "Unsupported Media Type",
        "The body isn't JSON that says so.",
        "send JSON, with Content-Type: application/json",
    ),
    421: _Failure(
        "Misdirected Request",
        "The server isn't known by this Host.",
        "this server has another name",
    ),
    422: _Failure(
        "Unprocessable Content",
        "What was sent isn't valid; `detail` tells what is wrong where.",
        [_NOT_IN_A_FIELD],
    ),
    429: _Failure(
        "Too Many Requests",
        "Too many requests, or too many jobs that wait.",
        "1000000 jobs wait already",
        may_pass=True,
    ),
    431: _Failure(
        "Request Header Fields Too Large",
        "The headers are too many or too large.",
        "headers may be 100",
    ),
    500: _Failure(
        "Internal Server Error", "A bug of the server's.", "a bug; the server's log says more"
    ),
    503: _Failure(
        "Service Unavailable",
        "The store can't be used now.",
        "no room left on the disk",
        may_pass=True,
    ),
}
_ALWAYS = (400, 403, 414, 421, 429, 431, 500, 503)
_WITH_BODY = (408, 413, 422)
_TEXT = {"type": "string"}
_FIELD = {
    "type": "object",
    "required": ["loc", "msg", "type"],
    "properties": {
        "loc": {
            "type": "array",
            "items": {"anyOf": [_TEXT, {"type": "integer"}]},
            "description": "The way to the field, from `body`, `query`, `path` or `header` on.",
        },
        "msg": {**_TEXT, "description": "For people."},
        "type": {**_TEXT, "description": "For programs."},
    },
    "description": "What is wrong with one field.",
    "examples": [_NOT_IN_A_FIELD],
}
_PROBLEM = {
    "type": "object",
    "required": ["title", "status", "detail"],
    "properties": {
        "title": {**_TEXT, "description": "The status, in words."},
        "status": {"type": "integer", "description": "The status of the answer."},
        "detail": {
            "anyOf": [
                _TEXT,
                {"type": "array", "items": {"$ref": "#/components/schemas/FieldProblem"}},
            ],
            "description": "What is wrong; a list where fields are.",
        },
    },
    "description": "What is wrong, as RFC 9457 has it; every error is one.",
    "examples": [{"title": "Not Found", "status": 404, "detail": "Job not found"}],
}
SCHEMAS: Mapping[str, Schema] = {"Problem": _PROBLEM, "FieldProblem": _FIELD}
_RETRY_AFTER = {
    "description": "Seconds to wait before another try.",
    "schema": {"type": "integer", "minimum": 1},
    "example": 1,
}


def name_of(status: int) -> str:
    """Under which name the document has the answer, as ``NotFound``."""
    return FAILURES[status].title.replace(" ", "")


def responses() -> dict[str, Schema]:
    """Each failure's answer, by name."""
    return {name_of(status): _response(status) for status in FAILURES}


def content(status: int) -> Schema:
    """A problem of that status, with an example."""
    failure = FAILURES[status]
    example = {"title": failure.title, "status": status, "detail": failure.detail}
    return {
        MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example},
    }


def statuses(path: str, operation: Schema) -> Iterator[int]:
    """Those that an operation may fail with, beyond what it says itself."""
    parameters = operation.get("parameters", [])
    yield from _ALWAYS
    if path not in OPEN:
        yield 401
    if "requestBody" in operation:
        yield from _WITH_BODY
    elif parameters:
        yield 422
    if path in JSON_ALONE and "requestBody" in operation:
        yield 415
    if any("uuid" in str(each["schema"]) for each in parameters):
        yield 404
    if any(each["name"].lower() == "idempotency-key" for each in parameters):
        yield 409


def _response(status: int) -> Schema:
    failure = FAILURES[status]
    answer: Schema = {"description": failure.description, "content": content(status)}
    if failure.may_pass:
        answer["headers"] = {"Retry-After": _RETRY_AFTER}
    return answer
