"""Texts through a model, straight, with no store between: what it says of each comes as it says it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from sentijob.errors import TextRejectedError
from sentijob.evaluation.labelled import LabelledText
from sentijob.ingest.reading import chunked
from sentijob.jobs import Sentiment
from sentijob.ports import SentimentModel
from sentijob.worker.bisect import predict
from sentijob.worker.scorer import Foresighted

CHUNK = 64
"""Texts of one model call."""

Element = TypeVar("Element")
Answered = tuple[LabelledText, Sentiment | None]
"""A text, and what the model says of it; None where no attempt can score it."""


def answers(model: SentimentModel, texts: Iterable[LabelledText]) -> Iterator[Sequence[Answered]]:
    """What *model* says of the *texts*, in their order, a chunk at a time; it is told of one while another runs.

    Raises:
        ModelError: anything but that a single text can't be scored.
    """
    for chunk, following in _with_next(chunked(texts, CHUNK)):
        if following and isinstance(model, Foresighted):
            model.announce(_plain(chunk))
            model.announce(_plain(following))
        yield list(zip(chunk, sentiments(model, _plain(chunk)), strict=True))


def sentiments(model: SentimentModel, texts: Sequence[str]) -> Sequence[Sentiment | None]:
    """One for each text; None for those that no attempt can score."""
    try:
        return predict(model, texts)
    except TextRejectedError:
        return [_alone(model, text) for text in texts]


def _alone(model: SentimentModel, text: str) -> Sentiment | None:
    try:
        return predict(model, [text])[0]
    except TextRejectedError:
        return None


def _plain(chunk: Sequence[LabelledText]) -> list[str]:
    return [one.text for one in chunk]


def _with_next(elements: Iterable[Element]) -> Iterator[tuple[Element, Element | None]]:
    """Each element with the one behind it; None behind the last."""
    iterator = iter(elements)
    current = next(iterator, None)
    while current is not None:
        following = next(iterator, None)
        yield current, following
        current = following
