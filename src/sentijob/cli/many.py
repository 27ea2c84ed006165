"""Work on rows by the ten thousand."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_NEW_OBJECTS = 50_000
"""How many turn up between two collections."""


@contextmanager
def many_rows() -> Iterator[None]:
    """Look for objects that hold each other seldom: rows don't, and every few hundred of them would be looked through.

    Measured at a fifth of the time of a bulk submit.
    """
    usual = gc.get_threshold()
    gc.set_threshold(_NEW_OBJECTS, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)
