from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sentijob.cli.run import run_priority
from sentijob.jobs import PRIORITY_RANGE

NOW = datetime(2027, 3, 1, tzinfo=UTC)


def test_a_run_goes_before_all_that_can_be_submitted() -> None:
    assert run_priority(NOW) > PRIORITY_RANGE[-1]


def test_a_later_run_goes_before_an_earlier_one() -> None:
    assert run_priority(NOW + timedelta(seconds=1)) > run_priority(NOW)


def test_a_clock_that_was_never_set_still_gives_a_priority() -> None:
    assert run_priority(datetime(1970, 1, 1, tzinfo=UTC)) > PRIORITY_RANGE[-1]


def test_a_priority_fits_a_column_of_32_bits_for_half_a_century() -> None:
    assert run_priority(datetime(2076, 1, 1, tzinfo=UTC)) < 2**31
