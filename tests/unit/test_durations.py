from datetime import timedelta

import pytest

from sentijob.durations import format_duration, parse_duration
from sentijob.errors import UsageError


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("90", 90),
        ("0.5", 0.5),
        ("500ms", 0.5),
        ("10m", 600),
        ("1h30m", 5400),
        ("2d", 172800),
        (" 1H ", 3600),
    ],
)
def test_a_duration_is_read_as_people_write_it(written: str, seconds: float) -> None:
    assert parse_duration(written) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "written", ["", "soon", "-5", "10x", "5m!", "1e9", "99999999d", "٣m", "1.2.3"]
)
def test_what_is_no_duration_is_refused_by_its_words(written: str) -> None:
    with pytest.raises(UsageError, match="not a duration"):
        parse_duration(written)


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (-1, "0s"),
        (0.008, "8ms"),
        (2.44, "2.4s"),
        (59, "59s"),
        (61, "1m 01s"),
        (5400, "1h 30m"),
        (93600, "1d 02h"),
    ],
)
def test_a_duration_is_written_in_its_two_largest_units(seconds: float, written: str) -> None:
    assert format_duration(timedelta(seconds=seconds)) == written
