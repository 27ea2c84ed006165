"""What goes wrong, as HTTP says it: one table of statuses, and RFC 9457 problem details.

``detail`` is where FastAPI's clients, and those of the API that this one follows, look for it.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import cast

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from sentijob.errors import (
    ConflictError,
    InputError,
    ModelError,
    NotFoundError,
    QueueFullError,
    SentijobError,
    StoreDamagedError,
    StoreError,
    StoreVersionError,
    UsageError,
    WaitError,
)
from sentijob.web.templates import route_template

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 1

STATUSES: Mapping[type[SentijobError], HTTPStatus] = {
    UsageError: HTTPStatus.BAD_REQUEST,
    InputError: HTTPStatus.UNPROCESSABLE_ENTITY,
    NotFoundError: HTTPStatus.NOT_FOUND,
    ConflictError: HTTPStatus.CONFLICT,
    QueueFullError: HTTPStatus.TOO_MANY_REQUESTS,
    StoreError: HTTPStatus.SERVICE_UNAVAILABLE,
    ModelError: HTTPStatus.SERVICE_UNAVAILABLE,
    WaitError: HTTPStatus.GATEWAY_TIMEOUT,
}

_log = logging.getLogger(__name__)


def status_of(error: SentijobError) -> HTTPStatus:
    """The status of the nearest class above *error* that the table names."""
    for kind in type(error).__mro__:
        if kind in STATUSES:
            return STATUSES[kind]
    return HTTPStatus.INTERNAL_SERVER_ERROR


def problem(
    status: HTTPStatus,
    detail: object,
    *,
    headers: Mapping[str, str] | None = None,
    **more: object,
) -> JSONResponse:
    """An answer that says what is wrong.

    Source: RFC 9457, Problem Details for HTTP APIs, section 3.
    """
    body = {"title": status.phrase, "status": status.value, "detail": detail, **more}
    return JSONResponse(
        body, status_code=status, media_type=MEDIA_TYPE, headers=dict(headers or {})
    )


def problem_of(exc: Exception) -> JSONResponse:
    """An answer that says what an error says; of a bug only that it is one."""
    if not isinstance(exc, SentijobError):
        detail = "a bug; the server's log says more"
        return problem(HTTPStatus.INTERNAL_SERVER_ERROR, detail)
    status = status_of(exc)
    is_lasting = isinstance(exc, StoreDamagedError | StoreVersionError)
    may_pass = status is HTTPStatus.SERVICE_UNAVAILABLE and not is_lasting
    headers = {"Retry-After": str(RETRY_SECONDS)} if may_pass else None
    return problem(status, str(exc), headers=headers)


def install(app: FastAPI) -> None:
    """Have *app* answer every error this way."""
    app.add_exception_handler(SentijobError, _on_sentijob_error)
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(RequestValidationError, _on_validation_error)
    app.add_exception_handler(Exception, _on_bug)


async def _on_sentijob_error(request: Request, exc: Exception) -> JSONResponse:
    answer = problem_of(exc)
    if answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE:
        _log.warning("%s %s: %s", request.method, route_template(request.scope), exc)
    return answer


async def _on_http_exception(request: Request, exc: Exception) -> JSONResponse:
    error = cast("HTTPException", exc)  # as it was registered
    status = HTTPStatus(error.status_code)
    headers = dict(error.headers or {})
    if status is HTTPStatus.METHOD_NOT_ALLOWED:
        headers |= _allowed(request)
    return problem(status, error.detail, headers=headers)


def _allowed(request: Request) -> Mapping[str, str]:
    """All methods of an address; a router knows those of the first route that has it."""
    methods = request.app.openapi()["paths"].get(route_template(request.scope), {})
    return {"Allow": ", ".join(sorted(methods)).upper()} if methods else {}


async def _on_validation_error(_: Request, exc: Exception) -> JSONResponse:
    """FastAPI's list of what is wrong where, without the input: texts stay out of answers and logs."""
    errors = cast("RequestValidationError", exc).errors()  # as it was registered
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, _without_input(errors))


def _without_input(errors: Sequence[Mapping[str, object]]) -> list[dict[str, object]]:
    return [{name: each[name] for name in ("loc", "msg", "type")} for each in errors]


async def _on_bug(request: Request, exc: Exception) -> JSONResponse:
    _log.error("%s %s: %s", request.method, route_template(request.scope), type(exc).__name__)
    return problem_of(exc)
