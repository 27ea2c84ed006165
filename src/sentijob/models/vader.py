"""VADER, the lexicon and rules of Hutto and Gilbert, as a model of three probabilities."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from math import exp

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from sentijob.jobs import Sentiment

# The authors call a compound of 0.05 positive. It comes rounded to four decimals, so half of its
# last place below that parts the labels without a tie.
_NEUTRAL_BAND = 0.04995
_SHARPNESS = 3.0
# Counts changes of the two numbers above.
_MAPPING = 1


def revision() -> str:
    """The package's version and this mapping's."""
    return f"{version('vaderSentiment')}+{_MAPPING}"


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

    def __init__(self) -> None:
        self.revision = revision()
        self._analyzer = SentimentIntensityAnalyzer()

    def predict(self, texts: Sequence[str]) -> list[Sentiment]:
        return [self._score(text) for text in texts]

    def _score(self, text: str) -> Sentiment:
        compound = self._analyzer.polarity_scores(text)["compound"]
        edges = (-compound, _NEUTRAL_BAND, compound)
        raised = [exp(_SHARPNESS * edge) for edge in edges]
        return Sentiment.of(*(each / sum(raised) for each in raised), tokens=len(text.split()))
