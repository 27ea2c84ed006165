"""The API's document is complete, true of its own examples, and the one in docs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from fastapi import FastAPI

from sentijob import wiring
from sentijob.settings import load_settings
from sentijob.web.app import create_app
from sentijob.web.contract import TAGS, written
from sentijob.web.examples import UNKNOWN
from sentijob.web.problems import MEDIA_TYPE

ROOT = Path(__file__).parents[2]
Schema = dict[str, Any]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    """The server on a store with nothing in it."""
    db = str(tmp_path_factory.mktemp("openapi") / "jobs.db")
    settings = load_settings({"db": db}, environ={})
    with wiring.open_store(settings) as store:
        yield create_app(store, settings)


@pytest.fixture(scope="module")
def document(app: FastAPI) -> Schema:
    return app.openapi()


def operations(document: Schema) -> Iterator[tuple[str, Schema]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def resolved(document: Schema, answer: Schema) -> Schema:
    if "$ref" not in answer:
        return answer
    found: Schema = document["components"]["responses"][answer["$ref"].rpartition("/")[2]]
    return found


def is_valid(document: Schema, schema: Schema, example: object) -> bool:
    whole = {**schema, "components": document["components"]}
    return jsonschema_rs.Draft202012Validator(whole).is_valid(example)


def bodies(document: Schema) -> Iterator[tuple[str, str, Schema]]:
    """Where each body is, its media type, and what is said of it."""
    for name, operation in operations(document):
        parts = [("request", operation.get("requestBody", {})), *operation["responses"].items()]
        for part, said in parts:
            for media_type, media in resolved(document, said).get("content", {}).items():
                yield f"{name} {part}", media_type, media


def test_the_copy_in_docs_is_what_the_server_says(app: FastAPI) -> None:
    kept = (ROOT / "docs" / "openapi.json").read_text()
    assert written(app) == kept, "run `make openapi`"


def test_every_operation_says_what_it_does_and_belongs_somewhere(document: Schema) -> None:
    names = [operation["operationId"] for _, operation in operations(document)]
    assert len(set(names)) == len(names)
    for name, operation in operations(document):
        assert operation["summary"], name
        assert operation["description"], name
        assert set(operation["tags"]) <= set(TAGS), name
        for parameter in operation.get("parameters", []):
            assert parameter.keys() & {"example", "examples"}, f"{name} {parameter['name']}"
            example = parameter.get("example")
            assert example != UNKNOWN, f"{name} {parameter['name']}"
            assert is_valid(document, parameter["schema"], example), f"{name} {parameter['name']}"


def test_every_error_is_a_problem_and_the_common_ones_are_told(document: Schema) -> None:
    for name, operation in operations(document):
        answers = operation["responses"]
        assert {"403", "421", "429", "500", "503"} <= answers.keys(), name
        assert ("401" in answers) == (name != "GET /health"), name
        for code, answer in answers.items():
            if int(code) >= 400:
                assert list(resolved(document, answer)["content"]) == [MEDIA_TYPE], f"{name} {code}"


def test_what_passes_says_when(document: Schema) -> None:
    answers = document["components"]["responses"]
    for name in ("TooManyRequests", "ServiceUnavailable"):
        assert answers[name]["headers"]["Retry-After"]["schema"]["type"] == "integer"


def test_every_body_has_an_example_that_is_valid(document: Schema) -> None:
    seen = 0
    for where, media_type, media in bodies(document):
        given = (
            [media["example"]] if "example" in media else list(media.get("examples", {}).values())
        )
        assert given, f"{where} {media_type}"
        if not media_type.endswith("json"):
            continue
        for example in given:
            assert is_valid(document, media["schema"], example), where
            seen += 1
    assert seen >= 10


def test_every_schema_has_an_example_and_none_is_made_up(document: Schema) -> None:
    for name, schema in document["components"]["schemas"].items():
        assert schema["examples"], name
        shown = json.dumps(schema["examples"], ensure_ascii=False)
        assert UNKNOWN not in shown, f"{name}: give its fields examples, or sentijob.web.examples"


def test_a_token_is_a_bearer_and_health_needs_none(document: Schema) -> None:
    assert document["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    assert document["security"] == [{}, {"token": []}]
    assert document["paths"]["/health"]["get"]["security"] == []
