"""One model against gold labels: all that is said of it, gathered as its answers come."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from sentijob.evaluation.calibration import Calibration
from sentijob.evaluation.foremost import Foremost
from sentijob.evaluation.labelled import LabelledText
from sentijob.evaluation.metrics import Tally
from sentijob.jobs import Label, Sentiment


class Mistake(NamedTuple):
    """A text whose label the model got wrong."""

    file: str
    text: str
    gold: Label
    sentiment: Sentiment


class Evaluation:
    """What a model says of labelled texts, against their labels; grows with the number of files alone."""

    def __init__(self, *, mistakes: int) -> None:
        self.tally = Tally()
        self.calibration = Calibration()
        self.by_file: dict[str, Tally] = {}
        self.unscored = 0
        """Texts that no attempt could score; nothing else counts them."""
        self.took = timedelta(0)
        """Of the scoring, for whoever measures it."""
        self._mistakes: Foremost[Mistake] = Foremost(mistakes)

    def add(self, file: str, text: LabelledText, sentiment: Sentiment | None) -> None:
        """Note what the model said of a text that has a label."""
        of_file = self.by_file.setdefault(file, Tally())
        if sentiment is None or text.gold is None:
            self.unscored += 1
            return
        is_right = sentiment.label is text.gold
        self.tally.add(text.gold, sentiment)
        of_file.add(text.gold, sentiment)
        self.calibration.add(sentiment.score, is_right=is_right)
        if not is_right:
            self._mistakes.offer(sentiment.score, Mistake(file, text.text, text.gold, sentiment))

    @property
    def texts(self) -> int:
        return self.tally.total + self.unscored

    @property
    def mistakes(self) -> list[Mistake]:
        """The most confident ones, the surest first."""
        return list(self._mistakes.elements)

    @property
    def rate(self) -> float | None:
        """Texts a second."""
        return self.texts / self.took.total_seconds() if self.took else None
