"""A PostgreSQL store's URL: whom to ask, and in which schema of the database the tables are."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urlsplit, urlunsplit

from sentijob.errors import StoreError
from sentijob.places import shown_db

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
    parts = _parts(url)
    parameters = dict(parse_qsl(parts.query, keep_blank_values=True))
    schema = parameters.pop("schema", DEFAULT_SCHEMA)
    if not _SCHEMA_NAME.fullmatch(schema):
        raise StoreError(
            f"schema={schema!r} can't name a schema: write small letters, digits and _, at most 50"
        )
    place = parts._replace(scheme="postgresql", query=urlencode(parameters, quote_via=quote))
    return PostgresUrl(_bare(urlunsplit(place)), schema, shown_db(url))


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  # what is read only now may be wrong
    except ValueError:
        # Without the cause, which quotes what may be a password.
        raise StoreError(
            f"{shown_db(url)} is no URL: a / @ : or % in a user's name or password is written"
            " %2F %40 %3A %25"
        ) from None
    return parts


def _bare(url: str) -> str:
    """Python writes ``postgresql:/name`` where there is no host; both slashes belong there."""
    return re.sub(r"^([a-z+]+):/(?!/)", r"\1:///", url)
