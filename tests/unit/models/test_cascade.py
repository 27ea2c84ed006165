"""Which of the two models answers, told with models that say what they are told to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from sentijob.errors import TextRejectedError
from sentijob.jobs import Sentiment
from sentijob.models.cascade import CascadeModel
from sentijob.models.cascade_folder import Routing
from sentijob.models.ngrams import Judged

ROUTING = Routing(
    negative=0.8, neutral=0.9, positive=0.7, least_known=0.5, fewest_words=2, most_words=5
)
FROM_REST = Sentiment.of(0.2, 0.5, 0.3, tokens=7, windows=3)


class Quick:
    """Reads what to say from the text: three chances, the words, the share of those it knows, whether one turns."""

    def judge(self, texts: Sequence[str]) -> Judged:
        rows = [[*text.split(), "0"][:6] for text in texts]
        told = np.array(rows, dtype=float).reshape(-1, 6)
        return Judged(
            chances=told[:, :3],
            words=told[:, 3].astype(np.intp),
            known=told[:, 4],
            is_turned=told[:, 5].astype(bool),
        )


class Rest:
    name = "rest"
    revision = "1"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def predict(self, texts: Sequence[str]) -> list[Sentiment]:
        if "refused" in texts:
            raise TextRejectedError("no")
        self.asked += texts
        return [FROM_REST._replace(tokens=len(text)) for text in texts]


def cascade(rest: Rest, routing: Routing = ROUTING) -> CascadeModel:
    def normalize(text: str) -> str:
        return text.replace("~", " ").replace("refused", "0 1 0 0 0")

    return CascadeModel(
        "cascade", "r", quick=Quick(), rest=rest, routing=routing, normalize=normalize
    )


@pytest.mark.parametrize(
    ("text", "stands"),
    [
        ("0.8 0.1 0.1 3 1", True),
        ("0.79 0.11 0.1 3 1", False),
        ("0.05 0.9 0.05 3 1", True),
        ("0.06 0.88 0.06 3 1", False),
        ("0.1 0.2 0.7 3 1", True),
        ("0.1 0.21 0.69 3 1", False),
        ("0.9 0.05 0.05 3 0.5", True),
        ("0.9 0.05 0.05 3 0.49", False),
        ("0.9 0.05 0.05 2 1", True),
        ("0.9 0.05 0.05 1 1", False),
        ("0.9 0.05 0.05 5 1", True),
        ("0.9 0.05 0.05 6 1", False),
        ("0.9 0.05 0.05 3 1 1", False),
    ],
)
def test_the_quick_answer_stands_from_each_bound_on(text: str, stands: bool) -> None:  # noqa: FBT001 - a case
    rest = Rest()
    (found,) = cascade(rest).predict([text])
    assert rest.asked == ([] if stands else [text])
    negative, neutral, positive, words = map(float, text.split()[:4])
    assert found == (
        Sentiment.of(negative, neutral, positive, tokens=int(words))
        if stands
        else FROM_REST._replace(tokens=len(text))
    )


def test_a_bound_above_one_is_never_reached() -> None:
    rest = Rest()
    cascade(rest, replace(ROUTING, positive=1.01)).predict(["0 0 1 3 1"])
    assert rest.asked == ["0 0 1 3 1"]


def test_answers_of_both_come_in_the_order_of_the_texts() -> None:
    unsure, sure = "0.4 0.3 0.3 3 1", "0.9 0.1 0 3 1"
    rest = Rest()
    found = cascade(rest).predict([unsure, sure, f"{unsure} ", sure])
    assert [one.tokens for one in found] == [len(unsure), 3, len(unsure) + 1, 3]
    assert rest.asked == [unsure, f"{unsure} "]


def test_only_the_quick_model_gets_normalised_texts() -> None:
    rest = Rest()
    cascade(rest).predict(["0.4~0.3~0.3~3~1"])
    assert rest.asked == ["0.4~0.3~0.3~3~1"]


def test_what_the_other_model_refuses_is_refused() -> None:
    with pytest.raises(TextRejectedError):
        cascade(Rest()).predict(["refused"])


def test_no_texts_give_no_sentiments() -> None:
    assert cascade(Rest()).predict([]) == []
