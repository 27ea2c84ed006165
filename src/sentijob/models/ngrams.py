"""A linear model on words and pairs of words, which also tells how much of a text it knows.

Of the classes it keeps two columns, negative and positive, each as an
advantage over neutral. An n-gram stands in the model by its hash alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*|[!?:;()]+")
_EDGE = 1
"""Stands for a text's beginning and end, as if it were a word's hash; with 0 a pair would be its second word."""
_PAIRING = np.uint32(0x9E3779B1)  # odd, so that no two first words become one
TURNING = (
    "not no never nobody nothing neither nor none hardly barely without cannot "
    "cant dont didnt doesnt isnt wasnt wont wouldnt couldnt shouldnt aint arent havent hasnt "
    "can't don't didn't doesn't isn't wasn't won't wouldn't couldn't shouldn't ain't aren't weren't "
    "haven't hasn't hadn't needn't mustn't "
    "but however although though yet despite except unless whereas"
)
"""Words of negation and contrast, whose reach pairs of words can't tell."""
Floats = NDArray[np.float64]


class Ngrams(NamedTuple):
    """The n-grams of some texts, end to end: at each place a word, and the pair of it and the next.

    A text's first place is its edge, which pairs with its first word; the last word pairs with the edge again.
    """

    words: NDArray[np.uint32]
    pairs: NDArray[np.uint32]
    starts: NDArray[np.intp]
    """Where each text begins."""
    lengths: NDArray[np.intp]
    """Of each text, its edge counted."""


class Judged(NamedTuple):
    """What is said of some texts; a line or a number for each."""

    chances: Floats
    """Of negative, neutral and positive: shape (texts, 3)."""
    words: NDArray[np.intp]
    known: Floats
    """The share of the words that the model has seen; 0 of a text without words."""
    is_turned: NDArray[np.bool_]
    """Whether it has a word of negation or contrast."""


class Weights(NamedTuple):
    """What the model holds of each n-gram; *hashes* rise."""

    hashes: NDArray[np.uint32]
    values: NDArray[np.int8]
    """Shape (n-grams, 2): for negative and for positive, in units of the scale."""


class NgramModel:
    """Judges normalised texts, each by itself alone: bit for bit the same in any company."""

    def __init__(self, weights: Weights, *, scale: float) -> None:
        self._hashes = weights.hashes
        # A line of zeros, where whatever is unknown looks.
        self._values = np.vstack([weights.values, np.zeros((1, 2), np.int8)]).astype(np.int32)
        self._scale = scale
        self._is_turning = np.zeros(len(self._values), dtype=bool)
        self._is_turning[self._find(_hashes(TURNING.split()))] = True
        self._is_turning[-1] = False

    def judge(self, texts: Sequence[str]) -> Judged:
        if not texts:
            return Judged(np.empty((0, 3)), np.empty(0, np.intp), np.empty(0), np.empty(0, bool))
        ngrams = take_apart(texts)
        words, pairs = self._find(ngrams.words), self._find(ngrams.pairs)
        # Whole numbers, whose sum no order changes.
        sums = np.add.reduceat(self._values[words] + self._values[pairs], ngrams.starts)
        length = np.sqrt(2.0 * ngrams.lengths)
        is_known = (words < len(self._hashes)).astype(np.intp)
        is_known[ngrams.starts] = 0
        count = ngrams.lengths - 1
        return Judged(
            chances=_chances(sums * (self._scale / length)[:, None]),
            words=count,
            known=np.add.reduceat(is_known, ngrams.starts) / np.maximum(count, 1),
            is_turned=np.logical_or.reduceat(self._is_turning[words], ngrams.starts),
        )

    def _find(self, hashes: NDArray[np.uint32]) -> NDArray[np.intp]:
        """The lines of the values."""
        places = np.searchsorted(self._hashes, hashes)
        last = len(self._hashes)
        is_known = self._hashes[np.minimum(places, last - 1)] == hashes
        return np.where(is_known, places, last)


def take_apart(texts: Sequence[str]) -> Ngrams:
    """The n-grams of normalised *texts*, in lower case; at least one text."""
    found = [
        _WORD.findall(text.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))
        for text in texts
    ]
    lengths = np.array([len(words) + 1 for words in found])
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    hashes = np.full(int(lengths.sum()) + 1, _EDGE, dtype=np.uint32)
    is_word = np.ones(len(hashes), dtype=bool)
    is_word[starts] = is_word[-1] = False
    hashes[is_word] = _hashes(word for words in found for word in words)
    return Ngrams(
        words=hashes[:-1], pairs=hashes[:-1] * _PAIRING + hashes[1:], starts=starts, lengths=lengths
    )


def _hashes(words: Iterable[str]) -> NDArray[np.uint32]:
    return np.array([crc32(word.encode()) for word in words], dtype=np.uint32)


def _chances(advantages: Floats) -> Floats:
    """The probabilities of negative, neutral and positive for each line of two advantages over neutral."""
    logits = np.insert(advantages, 1, 0.0, axis=1)
    raised = np.exp(logits - logits.max(1, keepdims=True))
    return raised / raised.sum(1, keepdims=True)  # type: ignore[no-any-return]  # numpy widens
