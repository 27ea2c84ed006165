"""An example of everything that the API's document describes, put together from those of its fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Schema = dict[str, Any]
UNKNOWN = "…"
"""For a text of which nothing is known; a test finds it."""
BY_NAME: Mapping[str, Any] = {
    "key": "review-17",
    "position": 16,
    "text": "This product is amazing! I love it!",
    "status": "completed",
    "probabilities": {"negative": 0.001, "neutral": 0.003, "positive": 0.996},
    "model_revision": "5f0c2a9d41b7",
    "tokens": 11,
    "windows": 1,
    "attempt": 1,
    "max_attempts": 3,
    "priority": 10,
    "started_at": "2026-01-31T12:00:01Z",
    "finished_at": "2026-01-31T12:00:02Z",
    "error": None,
    "meta": {"product": "B-17"},
    "code": "text_rejected",
    "message": "the text is empty once it is trimmed",
    "search": "amazing",
    "idempotency-key": "order-1017",
    "last-event-id": "9f0c3c5ddc2e0a4b",
}
"""What fields and parameters of that name hold, wherever they are: parts of one story."""
_BY_FORMAT = {
    "uuid": "01980a3e-7c11-7d2a-9a6b-2f4f3b1c5d6e",
    "date-time": "2026-01-31T12:00:00Z",
    "binary": "",
}
_BY_TYPE: Mapping[str, Any] = {"boolean": True, "number": 0.5, "null": None, "string": UNKNOWN}
_KEYWORDS = ("const", "default")


class Examples:
    """Finds them for schemas that may refer to the document's *components*."""

    def __init__(self, components: Mapping[str, Schema]) -> None:
        self._components = components

    def of(self, schema: Schema) -> Any:  # noqa: ANN401 - whatever it describes
        """What the schema names itself, else its parts' examples together, else something of its type."""
        for found in _named(schema):
            return found
        if "$ref" in schema:
            return self.of(self._components[schema["$ref"].rpartition("/")[2]])
        for keyword in ("anyOf", "oneOf", "allOf"):
            if keyword in schema:
                return self.of(schema[keyword][0])
        if "properties" in schema:
            return {name: self.field(name, each) for name, each in schema["properties"].items()}
        return self._plain(schema)

    def field(self, name: str, schema: Schema) -> Any:  # noqa: ANN401 - likewise
        """What something of that name holds, unless its schema knows better."""
        for found in _named(schema):
            return found
        if name.lower() not in BY_NAME:
            return self.of(schema)
        known = BY_NAME[name.lower()]
        return [known] if _is_list(schema) else known

    def _plain(self, schema: Schema) -> Any:  # noqa: ANN401 - likewise
        kind = schema.get("type")
        if kind == "array":
            return [self.of(schema["items"])] if "items" in schema else []
        if kind == "integer":
            return max(1, schema.get("minimum", 1))
        if kind == "object" or kind is None:
            return {}
        return _BY_FORMAT.get(schema.get("format", ""), _BY_TYPE[kind])


def _is_list(schema: Schema) -> bool:
    return any(each.get("type") == "array" for each in (schema, *schema.get("anyOf", [])))


def _named(schema: Schema) -> Iterator[Any]:
    if "example" in schema:
        yield schema["example"]
    yield from schema.get("examples", [])[:1]
    for keyword in _KEYWORDS:
        if keyword in schema:
            yield schema[keyword]
    yield from schema.get("enum", [])[:1]
