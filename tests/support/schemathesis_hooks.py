"""What schemathesis is told of media types that it doesn't know: their bodies are bytes, sent as they are."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any
from uuid import UUID

import schemathesis
from schemathesis import Case, HookContext, SerializationContext

NO_BATCH = "01890a5d-ac96-774b-bcce-b302099a8057"


@schemathesis.serializer("application/x-ndjson", "application/vnd.apache.parquet")
def as_it_is(_: SerializationContext, value: Any) -> bytes:
    """Text and bytes as they are; what can't be one of them as JSON, which is none of those files."""
    if isinstance(value, bytes):
        return value
    return (value if isinstance(value, str) else json.dumps(value)).encode(errors="replace")


@schemathesis.hook
def before_call(_: HookContext, case: Case[Any], __: dict[str, Any]) -> None:
    """The events of the whole store never end, nor those of a batch that waits for weeks."""
    if case.operation.label == "GET /events" and _is_uuid(case.query.get("batch", NO_BATCH)):
        case.query["batch"] = NO_BATCH


def _is_uuid(value: object) -> bool:
    with suppress(ValueError):
        return bool(UUID(str(value)))
    return False
