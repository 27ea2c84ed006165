from __future__ import annotations

import pytest

from sentijob.errors import UsageError
from sentijob.machine import physical_memory, usable_cores
from sentijob.sizes import parse_size


@pytest.mark.parametrize(
    ("written", "size"),
    [
        ("0", 0),
        ("1024", 1024),
        ("64M", 64 * 2**20),
        ("1.5 GiB", 1536 * 2**20),
        ("2gb", 2 * 2**30),
    ],
)
def test_sizes_are_read_as_people_write_them(written: str, size: int) -> None:
    assert parse_size(written) == size


@pytest.mark.parametrize("written", ["", "much", "-1", "1X", "1e9", "M", "80%", "9" * 400])
def test_what_is_no_size_is_refused(written: str) -> None:
    with pytest.raises(UsageError, match="not an amount of memory"):
        parse_size(written)


def test_the_machine_has_memory_and_a_core() -> None:
    assert physical_memory() > 64 * 2**20
    assert usable_cores() >= 1
