"""Two models as one: n-grams answer what they are sure of, and another model the rest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from sentijob.jobs import Sentiment
from sentijob.models.cascade_folder import HASHES, VALUES, CascadeFolder, Routing
from sentijob.models.ngrams import Judged, NgramModel, Weights
from sentijob.models.normalize import Normalizer
from sentijob.models.onnx import OnnxModel
from sentijob.ports import SentimentModel


class Judge(Protocol):
    """The quick model, of normalised texts."""

    def judge(self, texts: Sequence[str]) -> Judged: ...


class CascadeModel:
    """Asks the quick model first, and *rest* where it isn't sure enough for *routing*.

    Which of the two answers depends on the text alone.
    """

    def __init__(
        self,
        name: str,
        revision: str,
        *,
        quick: Judge,
        rest: SentimentModel,
        routing: Routing,
        normalize: Normalizer,
    ) -> None:
        self.name = name
        self.revision = revision
        self._quick = quick
        self._rest = rest
        self._routing = routing
        self._normalize = normalize

    def predict(self, texts: Sequence[str]) -> list[Sentiment]:
        judged = self._quick.judge([self._normalize(text) for text in texts])
        is_sure = sureness(judged, self._routing).tolist()
        asked = [text for text, stands in zip(texts, is_sure, strict=True) if not stands]
        rest = iter(self._rest.predict(asked))
        lines = zip(is_sure, judged.chances.tolist(), judged.words.tolist(), strict=True)
        return [
            Sentiment.of(*chances, tokens=words) if stands else next(rest)
            for stands, chances, words in lines
        ]


def sureness(judged: Judged, routing: Routing) -> NDArray[np.bool_]:
    """Of which texts the quick model's answer stands."""
    asked = np.array([routing.negative, routing.neutral, routing.positive])
    likeliest = judged.chances.argmax(1)
    stands: NDArray[np.bool_] = (
        (judged.chances.max(1, initial=0.0) >= asked[likeliest])
        & (judged.known >= routing.least_known)
        & (judged.words >= routing.fewest_words)
        & (judged.words <= routing.most_words)
        & ~judged.is_turned
    )
    return stands


def load_cascade(name: str, folder: CascadeFolder, *, threads: int) -> CascadeModel:
    """The model of a folder and of the folder of its *rest*, which runs in so many *threads*."""
    return CascadeModel(
        name,
        folder.revision(),
        quick=load_ngrams(folder),
        rest=OnnxModel("mini", folder.rest, threads=threads),
        routing=folder.routing(),
        normalize=folder.normalizer(),
    )


def load_ngrams(folder: CascadeFolder) -> NgramModel:
    hashes, values = (np.load(folder.path / each, allow_pickle=False) for each in (HASHES, VALUES))
    return NgramModel(Weights(hashes, values), scale=folder.scale())
