"""A text as the pieces that may carry its sentiment: words, signs, emoji, and characters of scripts without spaces."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from enum import Enum, auto
from itertools import pairwise
from typing import NamedTuple

_ZERO_WIDTH_JOINER = "\u200d"
_ATTACHED = re.compile("[\u200c\u200d\ufe0e\ufe0f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]")
"""Joiners, variation selectors, tones of skin and the tags of flags; marks go by their category."""
_FLAG_LETTER = re.compile("[\U0001f1e6-\U0001f1ff]")
_SPACELESS = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
    "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\uff66-\uff9d\U0001b000-\U0001b16f\U00020000-\U0003ffff]"  # Kana and Han
)
_WHOLE = re.compile(
    r"(?:https?://|www\.)\S+"  # a link
    r"|(?<!\w)[@#]\w+"  # a handle, a tag
    r"|&#?\w{1,32};",  # an HTML entity
    re.IGNORECASE,
)
_JOINS_LETTERS = frozenset("'\u2019\u2010-")
_JOINS_DIGITS = _JOINS_LETTERS | frozenset(".,:")


class Segment(NamedTuple):
    """The characters from *start* up to *end*."""

    start: int
    end: int


class _Kind(Enum):
    SPACE = auto()
    LETTER = auto()
    """Goes on with its neighbours, and so makes words."""
    SIGN = auto()
    """Goes on with its neighbours too: ``?!``, ``...``, ``:)``."""
    ALONE = auto()
    """An emoji, or a character of a script that puts no spaces between words."""


class _Cluster(NamedTuple):
    """What a reader takes for one character."""

    start: int
    end: int
    kind: _Kind


def segments(text: str) -> list[Segment]:
    """The pieces of *text* in order; only white space lies between them.

    What a reader sees as one character is never cut, near enough: marks
    stay with their letters, and emoji that are joined stay together. A
    link, a handle and an HTML entity are a piece each.
    """
    found: list[Segment] = []
    start = 0
    for whole in _WHOLE.finditer(text):
        found += _between(text, start, whole.start())
        found.append(Segment(*whole.span()))
        start = whole.end()
    return [*found, *_between(text, start, len(text))]


def runs(pieces: Sequence[Segment], *, most: int) -> list[Segment]:
    """The *pieces*, joined to at most so many runs of neighbours, whose numbers of pieces are near equal."""
    return [Segment(group[0].start, group[-1].end) for group in groups(pieces, most=most)]


def groups(pieces: Sequence[Segment], *, most: int) -> list[Sequence[Segment]]:
    """The *pieces* in order, in at most so many groups of near equal numbers."""
    count = min(len(pieces), most)
    bounds = [len(pieces) * place // count for place in range(count + 1)] if count else []
    return [pieces[first:after] for first, after in pairwise(bounds)]


def _between(text: str, start: int, end: int) -> Iterator[Segment]:
    """The pieces in a part of the text that holds nothing whole."""
    clusters = list(_clusters(text, start, end))
    first = 0
    for after in range(1, len(clusters) + 1):
        if after < len(clusters) and _go_together(text, clusters, after):
            continue
        if clusters[first].kind is not _Kind.SPACE:
            yield Segment(clusters[first].start, clusters[after - 1].end)
        first = after


def _go_together(text: str, clusters: list[_Cluster], after: int) -> bool:
    """Whether the cluster *after* belongs to the piece of the one before it."""
    before, kind = clusters[after - 1].kind, clusters[after].kind
    if _joins(text, clusters, after) or _joins(text, clusters, after - 1):
        return True
    return before is kind and kind is not _Kind.ALONE


def _joins(text: str, clusters: list[_Cluster], place: int) -> bool:
    """Whether it is a sign inside a word or a number: ``didn't``, ``well-made``, ``3.5``."""
    if not 0 < place < len(clusters) - 1:
        return False
    sign = text[clusters[place].start : clusters[place].end]
    if sign not in _JOINS_DIGITS:
        return False
    neighbours = (clusters[place - 1], clusters[place + 1])
    if any(one.kind is not _Kind.LETTER for one in neighbours):
        return False
    return sign in _JOINS_LETTERS or all(text[one.start].isdigit() for one in neighbours)


def _clusters(text: str, start: int, end: int) -> Iterator[_Cluster]:
    first = start
    for place in range(start + 1, end + 1):
        if place < end and _is_attached(text, first, place):
            continue
        yield _Cluster(first, place, _kind(text[first]))
        first = place


def _is_attached(text: str, first: int, place: int) -> bool:
    """Whether the character at *place* belongs to the one that began at *first*."""
    if text[first].isspace():
        return False
    character = text[place]
    if _ATTACHED.match(character) or unicodedata.category(character).startswith("M"):
        return True
    if text[place - 1] == _ZERO_WIDTH_JOINER:
        return _kind(character) is _Kind.ALONE
    return place == first + 1 and bool(
        _FLAG_LETTER.match(character) and _FLAG_LETTER.match(text[first])
    )


def _kind(character: str) -> _Kind:
    if character.isspace():
        return _Kind.SPACE
    if _SPACELESS.match(character):
        return _Kind.ALONE
    category = unicodedata.category(character)
    if category[0] in "LNM" or character == "_":
        return _Kind.LETTER
    return _Kind.ALONE if category == "So" else _Kind.SIGN
