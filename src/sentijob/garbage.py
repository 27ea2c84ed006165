"""How often Python looks for cycles of garbage."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_ALLOCATIONS = 100_000


@contextmanager
def collected_rarely() -> Iterator[None]:
    """Let masses of small values come and go without a search for cycles among each few hundred.

    Jobs and sentiments are tuples that hold no cycle, and are freed without it; what else there is is searched
    as it always was, only later. Measured at a tenth of a worker's time where the model costs nothing, and a fifth of a bulk submit's.
    """
    before = gc.get_threshold()
    gc.set_threshold(_ALLOCATIONS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
