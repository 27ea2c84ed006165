"""Which words carried a label: each is left out in turn, and what the label's probability loses is its weight."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from math import exp, log
from typing import NamedTuple

from sentijob.errors import TextRejectedError
from sentijob.jobs import Label, Sentiment
from sentijob.models.segments import Segment, groups, runs, segments
from sentijob.ports import SentimentModel

MOST_VARIANTS = 200
"""A text of more words is explained by runs of them."""
_CALL_CHARACTERS = 20_000
"""What one call holds, or one text that is longer: a call must end in time, and show how far it is."""
_LEAST_CHANCE = 1e-12
"""Stands for a chance of nothing, which has no logarithm."""


class Word(NamedTuple):
    """A word, or a run of words, and what it did."""

    word: str
    """As it stands in the text."""
    start: int
    end: int
    """Offsets in characters; the word ends before *end*."""
    weight: float
    """What the label's probability loses without it; negative where it speaks against the label."""
    towards: Label
    """The label whose probability it raises: the text's own, or of the others the one that gains most."""


class Explanation(NamedTuple):
    """What a model says of a text, and by which words."""

    sentiment: Sentiment
    revision: str
    """Of the model that explained."""
    words: Sequence[Word]
    """All of the text, in its order."""
    is_by_runs: bool
    """Whether the text had too many words for each to be tried by itself."""

    def strongest(self, count: int) -> list[Word]:
        """At most so many of the words, those that changed most first; never one that changed nothing."""
        moved = [word for word in self.words if word.weight]
        return sorted(moved, key=lambda word: abs(word.weight), reverse=True)[:count]


class _Passage(NamedTuple):
    """A part of the text, and the runs of words that are left out of it in turn."""

    start: int
    text: str
    tried: Sequence[Segment]


_Part = Sentiment | None
"""What a model says of a passage; None where it has nothing to score."""


def explain(
    model: SentimentModel,
    text: str,
    *,
    most: int = MOST_VARIANTS,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Explanation:
    """Score *text*, and again without each of its words, or of at most so many runs of them.

    Where nothing that can be scored is left, the word carried all of the
    label: its weight is the whole probability. A text that the model reads
    in windows is tried passage by passage, as many as there were windows,
    and put together as decision 0009 puts windows together: left out of the
    whole, a word would move the cuts behind it, which changes more than it
    does. *progress* hears after each call how many texts are scored, and of
    how many.

    Source: the occlusion of "Visualizing and Understanding Convolutional
    Networks", Zeiler and Fergus, 2014; for words "Understanding Neural
    Networks through Representation Erasure", Li, Monroe and Jurafsky, 2016.

    Raises:
        TextRejectedError: the whole text can't be scored.
        ModelError: anything else that may pass.
    """
    pieces = segments(text)
    tried = runs(pieces, most=most)
    (whole,) = model.predict([text])
    passages = _passages(text, tried, whole.windows)
    alone = [passage.text for passage in passages] if len(passages) > 1 else []
    variants = [_without(passage, piece) for passage in passages for piece in passage.tried]
    scored = _all_scored(model, [*alone, *variants], progress)
    parts = scored[: len(alone)] or [whole]
    moved = _chances_without(passages, parts, scored[len(alone) :])
    chances = _combined(parts)
    words = [
        _weighed(text, piece, whole.label, chances, left)
        for piece, left in zip(tried, moved, strict=True)
    ]
    return Explanation(whole, model.revision, words, len(tried) < len(pieces))


def _passages(text: str, tried: Sequence[Segment], count: int) -> list[_Passage]:
    """All of *text* in as many parts, or in one for each of those *tried* where there are fewer."""
    parts = groups(tried, most=count)
    bounds = [0, *(part[0].start for part in parts[1:]), len(text)]
    return [
        _Passage(start, text[start:end], part)
        for (start, end), part in zip(pairwise(bounds), parts, strict=True)
    ]


def _chances_without(
    passages: Sequence[_Passage], parts: Sequence[_Part], rests: Sequence[_Part]
) -> Iterator[Mapping[Label, float]]:
    """The chances of the whole text without each of the words in turn."""
    left = iter(rests)
    for place, passage in enumerate(passages):
        for _ in passage.tried:
            yield _combined([*parts[:place], next(left), *parts[place + 1 :]])


def _combined(parts: Sequence[_Part]) -> Mapping[Label, float]:
    """The chances of a text by those of its *parts*: their logits' mean by tokens; nothing has none.

    A logit is known up to a number that all three share, which falls out.
    """
    read = [part for part in parts if part is not None]
    total = sum(part.tokens for part in read)
    if not total:
        return dict.fromkeys(Label, 0.0)
    raised = {
        label: exp(
            sum(part.tokens * log(max(getattr(part, label), _LEAST_CHANCE)) for part in read)
            / total
        )
        for label in Label
    }
    return {label: chance / sum(raised.values()) for label, chance in raised.items()}


def _without(passage: _Passage, piece: Segment) -> str:
    """The passage without a piece, and without one of two spaces that would meet in its place."""
    before = passage.text[: piece.start - passage.start]
    after = passage.text[piece.end - passage.start :]
    if after[:1].isspace() and (not before or before[-1].isspace()):
        after = after[1:]
    return before + after


def _all_scored(
    model: SentimentModel, texts: Sequence[str], progress: Callable[[int, int], None]
) -> list[_Part]:
    """What the *model* says of each, after it has scored one text already."""
    scored: list[_Part] = []
    for call in _calls(texts):
        progress(len(scored) + 1, len(texts) + 1)
        scored += _scored(model, call)
    progress(len(scored) + 1, len(texts) + 1)
    return scored


def _calls(texts: Sequence[str]) -> Iterator[list[str]]:
    """The *texts* in order, as many at once as one call may hold."""
    call: list[str] = []
    for text in texts:
        if call and sum(map(len, call)) + len(text) > _CALL_CHARACTERS:
            yield call
            call = []
        call.append(text)
    if call:
        yield call


def _scored(model: SentimentModel, texts: Sequence[str]) -> list[_Part]:
    """A sentiment for each of the *texts*, None where it has nothing to score."""
    has_words = [bool(text.strip()) for text in texts]
    try:
        readable = [text for text, has in zip(texts, has_words, strict=True) if has]
        sentiments = iter(model.predict(readable) if readable else ())
    except TextRejectedError:
        if len(texts) == 1:
            return [None]
        return [sentiment for text in texts for sentiment in _scored(model, [text])]
    return [next(sentiments) if has else None for has in has_words]


def _weighed(
    text: str,
    piece: Segment,
    label: Label,
    chances: Mapping[Label, float],
    left: Mapping[Label, float],
) -> Word:
    gains = {each: chances[each] - left[each] for each in Label}
    weight = gains[label]
    others = [each for each in Label if each is not label]
    towards = label if weight >= 0 else max(others, key=gains.__getitem__)
    return Word(text[piece.start : piece.end], *piece, weight, towards)
