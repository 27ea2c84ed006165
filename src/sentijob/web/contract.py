"""The API's own document, OpenAPI 3.1: what FastAPI makes of the routes, and what holds for all of them.

``docs/openapi.json`` is a copy of it; ``scripts/openapi.py`` writes that.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from sentijob.web import failures
from sentijob.web.examples import Examples
from sentijob.web.guard.tokens import OPEN

Schema = dict[str, Any]
TITLE = "sentijob"
DESCRIPTION = """\
Queue texts, and read their sentiment when a worker has scored them. What is answered with 202 is on disk
and survives whatever happens to the machine.

Every error is a problem (RFC 9457) whose `detail` says what is wrong. 429 and 503 pass: try again after
`Retry-After` seconds. Where a token is needed, send it as `Authorization: Bearer …`; one with the scope
`read` may GET, one with `write` may do the rest.
"""
TAGS = {
    "jobs": "Single texts.",
    "batches": "Many texts that came together.",
    "events": "Changes, as they happen.",
    "health": "Whether the server lives, and whether it can work.",
    "metrics": "Figures, for Prometheus.",
}
_METHODS = frozenset({"get", "put", "post", "delete", "patch"})
_SECURITY = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "Needed at every address but this machine's own; `sentijob token create NAME` makes one.",
    }
}
_FASTAPIS_OWN = ("HTTPValidationError", "ValidationError")


def install(app: FastAPI) -> None:
    """Have *app* describe itself this way, at ``/openapi.json``."""
    made_by_fastapi = app.openapi

    def openapi() -> Schema:
        if app.openapi_schema is None:
            app.openapi_schema = described(made_by_fastapi())
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI documents this way


def operation_id(route: APIRoute) -> str:
    """The name that generated clients call a route by: its function's."""
    return route.name


def written(app: FastAPI) -> str:
    """The document, as a file."""
    return json.dumps(app.openapi(), indent=2, ensure_ascii=False) + "\n"


def described(document: Schema) -> Schema:
    """*document* with failures, tags, security and examples; changed in place."""
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name in _FASTAPIS_OWN:
        schemas.pop(name, None)
    schemas.update(failures.SCHEMAS)
    components["responses"] = failures.responses()
    components["securitySchemes"] = _SECURITY
    document["security"] = [{}, {"token": []}]
    examples = Examples(schemas)
    for path, operation in _operations(document):
        _describe(path, operation)
        _exemplify(operation, examples)
    for schema in schemas.values():
        schema.setdefault("examples", [examples.of(schema)])
    used = {tag for _, operation in _operations(document) for tag in operation.get("tags", [])}
    document["tags"] = [
        {"name": tag, "description": said} for tag, said in TAGS.items() if tag in used
    ]
    return document


def _operations(document: Schema) -> Iterator[tuple[str, Schema]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if method in _METHODS:
                yield path, operation


def _describe(path: str, operation: Schema) -> None:
    if path in OPEN:
        operation["security"] = []
    said = operation.get("description") or operation["summary"]
    operation["summary"] = _first_sentence(str(said))
    answers = operation["responses"]
    if "HTTPValidationError" in str(answers.get("422")):
        del answers["422"]
    for code, answer in answers.items():
        if code.isdecimal() and int(code) in failures.FAILURES and "content" not in answer:
            answer["content"] = failures.content(int(code))
    for status in failures.statuses(path, operation):
        said = {"$ref": f"#/components/responses/{failures.name_of(status)}"}
        answers.setdefault(str(status), said)
    operation["responses"] = dict(sorted(answers.items()))


def _first_sentence(said: str) -> str:
    line = said.partition("\n")[0]
    return line.partition(". ")[0].removesuffix(".")


def _exemplify(operation: Schema, examples: Examples) -> None:
    for parameter in operation.get("parameters", []):
        if not parameter.keys() & {"example", "examples"}:
            parameter["example"] = examples.field(parameter["name"], parameter["schema"])
    bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
    for body in bodies:
        for media in body.get("content", {}).values():
            if "schema" in media and not media.keys() & {"example", "examples"}:
                media["example"] = examples.of(media["schema"])
