"""Rows, and what they make, by the block: what is done for each of them alone is most of their cost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Generic, NamedTuple, TypeVar

from sentijob.jobs import Item

Raw = TypeVar("Raw")


class Rejected(NamedTuple):
    """A row that was set aside."""

    where: str
    """``file:line``."""
    reason: str
    raw: str
    """The row as it stood in its file."""


class Block(NamedTuple, Generic[Raw]):
    """Rows that came together."""

    numbers: Iterable[int]
    """Each one's line, from 1; looked at once, and only where a row is bad."""
    rows: Sequence[Raw]
    size: int
    """Characters that they took, about."""


class Taken(NamedTuple):
    """What the rows of a block made, in their order."""

    entries: Sequence[Item | Rejected]
    size: int
    """Characters that they took, about."""
