"""Where a store is, as it is written: a path or a database's URL; and what of it may be shown."""

from __future__ import annotations

import re

# Up to the last @, since a password that isn't escaped as it should be may hold anything.
_HIDDEN = r"(?i:(?<=://)([^/@:?]*):.*@|((?:password|passfile|sslpassword)=)[^&#\s]*)"


def is_url(db: str) -> bool:
    """Whether a ``db`` setting is a database's URL rather than a path."""
    return "://" in db


def shown_db(db: str) -> str:
    """A ``db`` setting as it may be shown: a URL without its password."""
    if not is_url(db):
        return db
    return re.sub(_HIDDEN, lambda found: f"{found[2]}***" if found[2] else f"{found[1]}:***@", db)


def has_password(db: str) -> bool:
    """Whether a ``db`` setting mustn't be shown as it is."""
    return shown_db(db) != db
