"""A PostgreSQL store's URL says whom to ask and in which schema, and never shows its password."""

from __future__ import annotations

import pytest

from sentijob.errors import StoreError
from sentijob.store.postgres.url import parse_postgres_url


def test_the_store_is_in_a_schema_of_its_own() -> None:
    url = parse_postgres_url("postgresql+psycopg://ann@db.example:5433/texts")
    assert url.conninfo == "postgresql://ann@db.example:5433/texts"
    assert url.schema == "sentijob"
    assert url.channel == "sentijob_sentijob"


def test_another_schema_can_be_named_beside_libpqs_own_parameters() -> None:
    url = parse_postgres_url(
        "postgres://ann@/texts?host=/var/run/pg&schema=reviews&sslmode=require"
    )
    assert url.conninfo == "postgresql://ann@/texts?host=%2Fvar%2Frun%2Fpg&sslmode=require"
    assert url.schema == "reviews"
    assert url.shown == "postgres://ann@/texts?host=/var/run/pg&schema=reviews&sslmode=require"


@pytest.mark.parametrize(
    "written",
    [
        "postgresql://ann:secret@db/texts",
        "postgresql://ann:se%3Acret@db/texts",
        "postgresql://ann:secret@db:5432/texts?schema=a",
        "postgresql://ann@db/texts?password=secret&schema=a",
        "postgresql:///texts?user=ann&password=secret",
    ],
)
def test_a_password_reaches_the_driver_and_nobody_else(written: str) -> None:
    url = parse_postgres_url(written)
    assert "cret" in url.conninfo
    assert "cret" not in url.shown
    assert "***" in url.shown


@pytest.mark.parametrize("schema", ["", "Reviews", "a-b", "a;drop table job", "a" * 51, "1a", "é"])
def test_a_schema_that_would_need_quotes_is_refused(schema: str) -> None:
    with pytest.raises(StoreError, match="can't name a schema"):
        parse_postgres_url(f"postgresql:///texts?schema={schema}")
