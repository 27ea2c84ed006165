"""UUIDv7 in bulk: time-ordered ids, so that their index grows at one end.

Source: RFC 9562, section 5.7 and, for the counter, section 6.2, method 1.
"""

from __future__ import annotations

import os
import struct

_COUNTER_BITS = 26
_LOW_BITS = 14
"""Bits of the counter that come after the variant."""
_VERSION = 0x7 << 12
_VARIANT = 0b10 << 62
_RANDOM = (1 << 48) - 1


def new_uuids(count: int, *, now_ms: int) -> list[bytes]:
    """*count* UUIDs of 16 bytes, each greater than the one before.

    All carry *now_ms*; a counter of 26 bits, begun at random in its lower
    half, orders them, and 48 random bits tell makers apart.
    """
    if count > 1 << (_COUNTER_BITS - 1):
        raise ValueError(f"at most {1 << (_COUNTER_BITS - 1)} at once")
    first, *tails = struct.unpack(f">{count + 1}Q", os.urandom(8 * (count + 1)))
    begin = first >> (64 - _COUNTER_BITS + 1)
    head = now_ms << 16 | _VERSION
    pack = struct.Struct(">QQ").pack
    return [
        pack(
            head | counter >> _LOW_BITS,
            _VARIANT | (counter & (1 << _LOW_BITS) - 1) << 48 | tail & _RANDOM,
        )
        for counter, tail in enumerate(tails, begin)
    ]
