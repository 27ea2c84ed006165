"""Claims to work on, without a store."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from sentijob.jobs import ClaimedJob

MakeClaim = Callable[..., ClaimedJob]


@pytest.fixture
def claim() -> MakeClaim:
    """Makes claims with ids from 1; each part that matters to a test may be given."""
    ids = itertools.count(1)
    usual = ClaimedJob(
        job_id=0,
        fence=1,
        text="a text",
        model="fake",
        priority=0,
        attempt=1,
        max_attempts=3,
        batch_id=None,
        rescues=0,
    )

    def make(text: str = "a text", **parts: Any) -> ClaimedJob:
        return usual._replace(job_id=next(ids), text=text, **parts)

    return make
