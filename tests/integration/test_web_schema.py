"""Whatever the API's document allows, and much that it doesn't, is answered as the document says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.schemas import BaseSchema
from web_server import served

from sentijob import wiring
from sentijob.settings import load_settings

EXAMPLES = 25
"""For each operation; the thorough profile takes more elsewhere."""


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BaseSchema]:
    """The document of a server whose store has nothing in it yet."""
    db = str(tmp_path_factory.mktemp("schema") / "jobs.db")
    chosen = load_settings({"db": db}, environ={})
    with wiring.open_store(chosen) as store, served(store, chosen) as address:
        yield schemathesis.openapi.from_url(f"{address}/openapi.json")


schema = schemathesis.pytest.from_fixture("api")


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
def test_nothing_breaks_and_nothing_differs_from_the_document(case: Any) -> None:
    case.call_and_validate(timeout=30)
