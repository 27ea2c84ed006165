"""From flags to an open store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sentijob import wiring
from sentijob.settings import Settings, load_settings

if TYPE_CHECKING:
    from sentijob.ports import Store


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
