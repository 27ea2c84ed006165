"""VADER, the lexicon and rules of Hutto and Gilbert, as a model of three probabilities."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from math import exp
from typing import Protocol

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from sentijob.jobs import Sentiment

# The authors call a compound of 0.05 positive. It comes rounded to four decimals, so half of its
# last place below that parts the labels without a tie.
_NEUTRAL_BAND = 0.04995
# The likelihood of four labelled sets (films, tweets, Reddit, products) is best here.
_SHARPNESS = 1.5
# Counts changes of the two numbers above.
_MAPPING = 1


def revision() -> str:
    """The package's version and this mapping's."""
    return f"{version('vaderSentiment')}+{_MAPPING}"


class Analyzer(Protocol):
    """The part of VADER that is used."""

    def polarity_scores(self, text: str, /) -> dict[str, float]: ...


class _Analyzer(SentimentIntensityAnalyzer):  # type: ignore[misc]  # the package ships no types
    """VADER, without making every word lower-case again at each word that it weighs.

    Both rules look at three words before and two after. Handed the whole
    text, 10,000 emoji take them minutes; handed that piece, half a second.
    """

    def _negation_check(self, valence: float, words: list[str], start_i: int, i: int) -> float:
        near, place = _nearby(words, i)
        return float(super()._negation_check(valence, near, start_i, place))

    def _special_idioms_check(self, valence: float, words: list[str], i: int) -> float:
        return float(super()._special_idioms_check(valence, *_nearby(words, i)))


def _nearby(words: list[str], place: int) -> tuple[list[str], int]:
    """The words around *place*, and where it lies among them."""
    start = max(0, place - 3)
    return words[start : place + 3], place - start


class VaderModel:
    """Scores words by a lexicon, and turns the compound into probabilities.

    VADER's own ``pos``, ``neu`` and ``neg`` are shares of the words, so that
    nearly all texts would be neutral by them. Here the three are a softmax
    over the compound, its negative, and the edge of the neutral band: the
    likeliest is just the label that the authors' thresholds give.

    Source: "VADER: A Parsimonious Rule-based Model for Sentiment Analysis of
    Social Media Text", Hutto and Gilbert, ICWSM 2014.
    """

    name = "vader"

    def __init__(self, *, analyzer: Analyzer | None = None) -> None:
        self.revision = revision()
        self._analyzer = analyzer or _Analyzer()

    def predict(self, texts: Sequence[str]) -> list[Sentiment]:
        return [self._score(text) for text in texts]

    def _score(self, text: str) -> Sentiment:
        compound = self._analyzer.polarity_scores(text)["compound"]
        edges = (-compound, _NEUTRAL_BAND, compound)
        raised = [exp(_SHARPNESS * edge) for edge in edges]
        return Sentiment.of(*(each / sum(raised) for each in raised), tokens=len(text.split()))
