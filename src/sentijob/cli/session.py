"""From flags to an open store."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sentijob import wiring
from sentijob.settings import Settings, load_settings

if TYPE_CHECKING:
    from sentijob.ports import Store

# Up to the last @, since a password that isn't escaped as it should be may hold anything.
_PASSWORD = re.compile(
    r"(?<=://)([^/@:?]*):.*@|((?:password|passfile|sslpassword)=)[^&#\s]*", re.IGNORECASE
)


def session_settings(*, db: str | None, **flags: str | None) -> Settings:
    """The settings of this command; flags that weren't given are None.

    Raises:
        SettingsError: one of them can't be used.
    """
    return load_settings({"db": db, **flags})


@contextmanager
def opened_store(settings: Settings, *, must_exist: bool = True) -> Iterator[Store]:
    """The store, closed at the end. Commands that look or change need it to exist; submitting makes it.

    Raises:
        StoreError: it can't be used.
    """
    with wiring.open_store(settings, must_exist=must_exist) as store:
        yield store


def shown_db(db: str) -> str:
    """A ``db`` setting as it may be shown: a URL without its password."""
    if "://" not in db:
        return db
    return _PASSWORD.sub(lambda found: f"{found[2]}***" if found[2] else f"{found[1]}:***@", db)


def has_password(db: str) -> bool:
    """Whether a ``db`` setting mustn't be shown as it is."""
    return shown_db(db) != db
