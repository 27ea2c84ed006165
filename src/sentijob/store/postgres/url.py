"""A PostgreSQL store's URL: whom to ask, and in which schema of the database the tables are."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

from sentijob.errors import StoreError

DEFAULT_SCHEMA = "sentijob"
_SCHEMA_NAME = re.compile(r"[a-z_][a-z0-9_]{0,49}", re.ASCII)


class PostgresUrl(NamedTuple):
    """A URL, taken apart."""

    conninfo: str
    """What the driver connects to."""
    schema: str
    shown: str
    """The URL without its password."""

    @property
    def channel(self) -> str:
        """Where changes of this store are announced."""
        return f"sentijob_{self.schema}"


def parse_postgres_url(url: str) -> PostgresUrl:
    """Take apart ``postgresql+psycopg://user:password@host:port/database?schema=name``.

    Without ``schema`` the tables are in the schema ``sentijob``, so that they never meet
    another program's. Every other parameter is libpq's.

    Raises:
        StoreError: it can't be meant.
    """
    parts = urlsplit(url)
    parameters = dict(parse_qsl(parts.query, keep_blank_values=True))
    schema = parameters.pop("schema", DEFAULT_SCHEMA)
    if not _SCHEMA_NAME.fullmatch(schema):
        raise StoreError(
            f"schema={schema!r} can't name a schema: write small letters, digits and _, at most 50"
        )
    place = parts._replace(scheme="postgresql", query=urlencode(parameters, quote_via=quote))
    shown = parts._replace(netloc=without_password(parts.netloc), query=_shown_query(parts.query))
    return PostgresUrl(_bare(urlunsplit(place)), schema, _bare(urlunsplit(shown)))


def without_password(netloc: str) -> str:
    """``user:password@host`` with the password hidden."""
    user, at, host = netloc.rpartition("@")
    name, colon, _ = user.partition(":")
    return f"{name}{':***' if colon else ''}{at}{host}"


def _shown_query(query: str) -> str:
    pairs = [(key, "***" if key == "password" else value) for key, value in parse_qsl(query)]
    return unquote(urlencode(pairs, quote_via=quote))


def _bare(url: str) -> str:
    """Python writes ``postgresql:/name`` where there is no host; both slashes belong there."""
    return re.sub(r"^([a-z+]+):/(?!/)", r"\1:///", url)
