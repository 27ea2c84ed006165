"""Which texts a step trains on: passes over the mix, cut into batches of like length."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

LONGEST = 62
"""A text's own tokens in a row; with the special ones 64, the runtime's window."""
BEGIN, END = 101, 102
STEP_TOKENS = 1_536
"""Of each process, padding included."""
_SORTED_TOGETHER = 4_096
Integers = NDArray[np.integer[Any]]


@dataclass(frozen=True)
class Batch:
    """Rows of one process in one step."""

    texts: Integers
    starts: Integers
    """Where each text's window begins in it."""
    lengths: Integers


class Rows:
    """The texts of ``train.npz``."""

    def __init__(self, arrays: Mapping[str, NDArray[Any]], shares: Sequence[float]) -> None:
        self.ids, self.ends = arrays["ids"], arrays["ends"]
        self.targets, self.weights = arrays["targets"], arrays["weights"]
        self.begins = np.concatenate([[0], self.ends[:-1]])
        self.sources = arrays["sources"]
        self.shares = np.array(shares)[self.sources]

    def taught(self, chances: NDArray[np.float32], shares: Sequence[float]) -> Rows:
        """The same with targets that are a share of a teacher's *chances*, of shape (texts, classes).

        *shares* has one for each source. Rows of NaN are none; where there is no label either, the
        text isn't taken. Rare labels weigh no more: the teacher's word has it already.
        """
        mixed = copy(self)
        share = np.array(shares)[self.sources][:, None]
        is_missing = np.isnan(chances[:, 0])
        blended = share * chances + (1 - share) * self.targets
        mixed.targets = np.where(is_missing[:, None], self.targets, blended).astype(np.float32)
        mixed.weights = np.ones_like(self.weights)
        mixed.shares = np.where(is_missing & (share[:, 0] == 1), 0.0, self.shares)
        return mixed

    def batches(
        self, number: int, seed: int, step_tokens: int = STEP_TOKENS, *, processes: int
    ) -> list[list[Batch]]:
        """Pass *number*: for each step a batch for each process, of about the same size."""
        chance = np.random.default_rng([seed, number])
        texts = self._drawn(chance)
        full = self.ends[texts] - self.begins[texts]
        lengths = np.minimum(full, LONGEST)
        starts = chance.integers(0, full - lengths + 1)
        cut = [
            Batch(texts[group], starts[group], lengths[group])
            for group in _groups(lengths, step_tokens, chance)
        ]
        even = len(cut) // processes * processes
        steps = [cut[first : first + processes] for first in range(0, even, processes)]
        return [steps[place] for place in chance.permutation(len(steps))]

    def _drawn(self, chance: np.random.Generator) -> Integers:
        """Each text as often as its source's share says, in random order."""
        whole = np.floor(self.shares).astype(int)
        times = whole + (chance.random(len(whole)) < self.shares - whole)
        return chance.permutation(np.repeat(np.arange(len(whole)), times))

    def padded(self, batch: Batch) -> tuple[Integers, NDArray[np.bool_]]:
        """Ids, between the special ones, and mask, of shape (texts, longest)."""
        longest = int(batch.lengths.max()) + 2
        ids = np.zeros((len(batch.texts), longest), dtype=np.int64)
        ids[:, 0] = BEGIN
        for row, text, start, length in zip(
            ids, batch.texts, batch.starts, batch.lengths, strict=True
        ):
            first = self.begins[text] + start
            row[1 : length + 1] = self.ids[first : first + length]
            row[length + 1] = END
        return ids, np.arange(longest) < (batch.lengths + 2)[:, None]


def _groups(lengths: Integers, step_tokens: int, chance: np.random.Generator) -> Iterator[Integers]:
    """Places of texts of like length, as many as a step's tokens hold."""
    for first in range(0, len(lengths), _SORTED_TOGETHER):
        near = np.arange(first, min(first + _SORTED_TOGETHER, len(lengths)))
        near = near[np.argsort(lengths[near] + chance.random(len(near)), kind="stable")]
        group: list[int] = []
        for place in near[::-1]:
            longest = int(lengths[group[0]]) + 3 if group else 0
            if group and (len(group) + 1) * longest > step_tokens:
                yield np.array(group)
                group = []
            group.append(int(place))
        yield np.array(group)
