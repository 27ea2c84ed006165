"""Which words carried a label: each is left out in turn, and what the label's probability loses is its weight."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from sentijob.errors import TextRejectedError
from sentijob.jobs import Label, Sentiment
from sentijob.models.segments import Segment, runs, segments
from sentijob.ports import SentimentModel

MOST_VARIANTS = 200
"""A text of more words is explained by runs of them."""
_CALL_CHARACTERS = 20_000
"""What one call holds, or one text that is longer: a call must end in time, and show how far it is."""


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


def explain(
    model: SentimentModel,
    text: str,
    *,
    most: int = MOST_VARIANTS,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Explanation:
    """Score *text*, and again without each of its words, of which at most so many are tried.

    Where nothing that can be scored is left, the word carried all of the
    label: its weight is the whole probability. *progress* hears after each
    call how many texts are scored, and of how many.

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
    variants = [_without(text, piece) for piece in tried]
    total = len(variants) + 1
    progress(1, total)
    rests: list[Sentiment | None] = []
    for call in _calls(variants):
        rests += _scored(model, call)
        progress(len(rests) + 1, total)
    words = [_weighed(text, piece, whole, rest) for piece, rest in zip(tried, rests, strict=True)]
    return Explanation(whole, model.revision, words, len(tried) < len(pieces))


def _without(text: str, piece: Segment) -> str:
    """The *text* without a piece, and without one of two spaces that would meet in its place."""
    before, after = text[: piece.start], text[piece.end :]
    if after[:1].isspace() and (not before or before[-1].isspace()):
        after = after[1:]
    return before + after


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


def _scored(model: SentimentModel, texts: Sequence[str]) -> list[Sentiment | None]:
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


def _weighed(text: str, piece: Segment, whole: Sentiment, rest: Sentiment | None) -> Word:
    gains = {label: _chance(whole, label) - _chance(rest, label) for label in Label}
    weight = gains[whole.label]
    others = [label for label in Label if label is not whole.label]
    towards = whole.label if weight >= 0 else max(others, key=gains.__getitem__)
    return Word(text[piece.start : piece.end], *piece, weight, towards)


def _chance(sentiment: Sentiment | None, label: Label) -> float:
    return 0.0 if sentiment is None else float(getattr(sentiment, label))
