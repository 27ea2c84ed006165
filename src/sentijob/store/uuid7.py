"""UUIDv7 in bulk: time-ordered ids, so that their index grows at one end.

Source: RFC 9562, section 5.7 and, for the counter, section 6.2, method 1.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

_VERSION = 0x7 << 76
_VARIANT = 0b10 << 62
_COUNTER_BITS = 26


def new_uuids(count: int, *, now_ms: int) -> Iterator[bytes]:
    """Give *count* UUIDs of 16 bytes, each greater than the one before.

    All carry *now_ms*; a counter of 26 bits, begun at random in its lower
    half, orders them, and 48 random bits tell makers apart.
    """
    if count > 1 << (_COUNTER_BITS - 1):
        raise ValueError(f"at most {1 << (_COUNTER_BITS - 1)} at once")
    randomness = os.urandom(6 * count + 4)
    counter = int.from_bytes(randomness[-4:]) >> (32 - _COUNTER_BITS + 1)
    timestamp = now_ms << 80
    for index in range(count):
        number = counter + index
        high, low = number >> 14, number & 0x3FFF
        tail = int.from_bytes(randomness[6 * index : 6 * index + 6])
        value = timestamp | _VERSION | high << 64 | _VARIANT | low << 48 | tail
        yield value.to_bytes(16)
