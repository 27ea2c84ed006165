"""How much of a campaign is run: a sample in ``make test``, all of it by hand."""

from __future__ import annotations

import os
from collections.abc import Sequence

IS_THOROUGH = os.environ.get("SENTIJOB_FAULTS") == "all"
"""Set ``SENTIJOB_FAULTS=all`` for every fault, cut and kill."""
SEEDS = int(os.environ.get("SENTIJOB_FAULTS_SEEDS", "20" if IS_THOROUGH else "1"))
"""How often each random outcome is drawn."""


def sample(total: int, *, every: int, start: int = 0) -> Sequence[int]:
    """The numbers from 1 to *total*: all of them, or one in *every*, from another *start* for each series."""
    return range(1, total + 1) if IS_THOROUGH else range(1 + start % every, total + 1, every)
