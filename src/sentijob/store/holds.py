"""What keeps a pending job from being claimed, and how far ahead of the clock that can honestly be.

The wall clock may be set at any time. A job that nothing holds is due whatever it says; and one
that is held for longer than its kind of hold ever lasts was held before the clock was set
back, so it is due too.
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

from sentijob.backoff import LONGEST_DELAY
from sentijob.store.clock import milliseconds

_LAST = 2**62
"""Later than any instant."""


class Hold(IntEnum):
    """Why a pending job waits."""

    NONE = 0
    BACKOFF = 1
    """It failed, and is tried again after a pause of at most ``LONGEST_DELAY``."""
    DELAY = 2
    """Whoever submitted it said so; for as long as they like."""


class Stretch(NamedTuple):
    """Jobs of one hold that are due where they are due after *after* and until *until*."""

    hold: Hold
    after: int
    until: int
    is_ahead: bool
    """Whether only a clock that was set back since explains them."""


def stretches(now_ms: int) -> list[Stretch]:
    """Where to look for what is due now."""
    return [
        Stretch(Hold.NONE, -1, now_ms, is_ahead=False),
        Stretch(Hold.NONE, now_ms, _LAST, is_ahead=True),
        Stretch(Hold.BACKOFF, -1, now_ms, is_ahead=False),
        Stretch(Hold.BACKOFF, now_ms + milliseconds(LONGEST_DELAY), _LAST, is_ahead=True),
        Stretch(Hold.DELAY, -1, now_ms, is_ahead=False),
    ]
