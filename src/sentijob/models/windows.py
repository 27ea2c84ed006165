"""A text longer than a model's reach, as windows that overlap and leave nothing out."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import ceil


@dataclass(frozen=True, slots=True)
class WindowPlan:
    """How long texts are cut; lengths are a text's own tokens, without the special ones."""

    reach: int
    """A text of at most this many tokens is read in one piece."""
    size: int
    """No window of a longer text has more tokens than this."""
    overlap: int
    """Two neighbours share exactly this many tokens, so that a phrase at a cut is read whole."""

    def spans(self, length: int) -> list[range]:
        """Where the windows of *length* tokens begin and end, in order.

        As few as will do, their lengths at most one token apart: equal
        windows waste no padding, and no text ends in a scrap of two words.
        """
        if length <= self.reach:
            return [range(length)]
        step = self.size - self.overlap
        count = ceil((length - self.overlap) / step)
        # Bounds of `count` near-equal strides over what remains after one overlap.
        bounds = [(length - self.overlap) * place // count for place in range(count + 1)]
        return [range(start, end + self.overlap) for start, end in pairwise(bounds)]
