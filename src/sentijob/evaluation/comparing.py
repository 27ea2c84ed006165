"""Two models on the same texts, in turns, so that whatever else the machine does slows both alike."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from sentijob.evaluation.agreement import Agreement, gap
from sentijob.evaluation.foremost import Foremost
from sentijob.evaluation.labelled import LabelledText
from sentijob.evaluation.metrics import Tally, polarity
from sentijob.evaluation.scoring import CHUNK, sentiments
from sentijob.evaluation.significance import mcnemar_exact
from sentijob.ingest.reading import chunked
from sentijob.jobs import Label, Sentiment
from sentijob.ports import SentimentModel

_WARMING = 8
"""Texts that each model scores before its time is taken: a first call makes room and caches."""


class Flip(NamedTuple):
    """A text to which the two give different labels."""

    text: LabelledText
    first: Sentiment
    second: Sentiment


class Side(NamedTuple):
    """One of the two models."""

    tally: Tally
    """Against gold labels, where there are any."""
    rate: float | None
    """Texts a second."""


class Difference(NamedTuple):
    """How often only one of the two was right."""

    is_two_class: bool
    """Whether right is meant by the greater of negative and positive, as where no gold label is neutral."""
    only_first: int
    only_second: int

    @property
    def chance(self) -> float:
        """That two models which are equally good differ so much, or more; see :func:`mcnemar_exact`."""
        return mcnemar_exact(self.only_first, self.only_second)


class Comparison:
    """What two models say of the same texts, gathered as their answers come."""

    def __init__(self, *, flips: int) -> None:
        self.agreement = Agreement()
        self.unscored = 0
        """Texts that one of them, or both, couldn't score; nothing else but the pace counts them."""
        self._flips: Foremost[Flip] = Foremost(flips)
        self._tallies = (Tally(), Tally())
        self._seconds = [0.0, 0.0]
        self._only = {False: [0, 0], True: [0, 0]}
        """Where one alone was right, by whether neutral is ignored."""

    def add(self, text: LabelledText, first: Sentiment | None, second: Sentiment | None) -> None:
        """Note what the two said of a text."""
        if first is None or second is None:
            self.unscored += 1
            return
        self.agreement.add(first, second)
        if first.label is not second.label:
            self._flips.offer(gap(first, second), Flip(text, first, second))
        if text.gold is not None:
            self._judge(text.gold, first, second)

    def spend(self, place: int, seconds: float) -> None:
        """Note how long one of the models (0 or 1) took."""
        self._seconds[place] += seconds

    @property
    def texts(self) -> int:
        return self.agreement.total + self.unscored

    @property
    def sides(self) -> tuple[Side, Side]:
        """The first model and the second."""
        return self._side(0), self._side(1)

    @property
    def flips(self) -> Sequence[Flip]:
        """The ones with the largest gaps, the largest first."""
        return self._flips.elements

    @property
    def difference(self) -> Difference | None:
        """What the gold labels say of the two; None without any."""
        if not self._tallies[0].total:
            return None
        is_two_class = self._tallies[0].is_two_class
        return Difference(is_two_class, *self._only[is_two_class])

    def _side(self, place: int) -> Side:
        seconds = self._seconds[place]
        return Side(self._tallies[place], self.texts / seconds if seconds else None)

    def _judge(self, gold: Label, first: Sentiment, second: Sentiment) -> None:
        self._tallies[0].add(gold, first)
        self._tallies[1].add(gold, second)
        for is_two_class, said in (
            (False, (first.label, second.label)),
            (True, (polarity(first), polarity(second))),
        ):
            is_first, is_second = (label is gold for label in said)
            if is_first is not is_second:
                self._only[is_two_class][is_second] += 1


def compared(
    models: tuple[SentimentModel, SentimentModel],
    texts: Iterable[LabelledText],
    comparison: Comparison,
    *,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[int]:
    """Have both models score *texts* into *comparison*; after each chunk, how many are through.

    Who goes first changes with every chunk.

    Raises:
        ModelError: anything but that a single text can't be scored.
    """
    chunks = chunked(texts, CHUNK)
    is_first = True
    order = (0, 1)
    for chunk in chunks:
        plain = [one.text for one in chunk]
        if is_first:
            for model in models:
                sentiments(model, list(islice(plain, _WARMING)))
            is_first = False
        said: dict[int, Sequence[Sentiment | None]] = {}
        for place in order:
            began = clock()
            said[place] = sentiments(models[place], plain)
            comparison.spend(place, clock() - began)
        order = order[::-1]
        for entry in zip(chunk, said[0], said[1], strict=True):
            comparison.add(*entry)
        yield comparison.texts
