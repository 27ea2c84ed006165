"""The few of many that are worth showing."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heappush, heapreplace
from typing import Generic, TypeVar

Element = TypeVar("Element")


class Foremost(Generic[Element]):
    """Keeps the *limit* elements of the highest rank; among equals, those that came first."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._kept: list[tuple[float, int, Element]] = []
        self._seen = 0

    def offer(self, rank: float, element: Element) -> None:
        """Keep *element* if it is among the foremost so far."""
        self._seen += 1
        entry = (
            rank,
            -self._seen,
            element,
        )  # no two share a number, so elements are never compared
        if len(self._kept) < self._limit:
            heappush(self._kept, entry)
        elif self._kept and entry > self._kept[0]:
            heapreplace(self._kept, entry)

    @property
    def elements(self) -> Sequence[Element]:
        """The foremost, highest rank first."""
        return [element for _, _, element in sorted(self._kept, reverse=True)]
