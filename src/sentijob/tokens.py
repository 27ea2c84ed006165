"""Who may use the HTTP API, and for what."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class Scope(StrEnum):
    """What a token is good for."""

    READ = "read"
    WRITE = "write"


class Token(NamedTuple):
    """A token as it is known; its secret is its owner's alone."""

    name: str
    scopes: Collection[Scope]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    """To the minute; None where it never was."""
    revoked_at: datetime | None
    is_valid: bool
    """Whether it let anybody in, by the store's clock, when it was looked at."""


class NewToken(NamedTuple):
    """A token with its secret, which can't be asked for again."""

    token: Token
    secret: str
