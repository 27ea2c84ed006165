from __future__ import annotations

import time
from importlib.metadata import version

import pytest
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from sentijob.jobs import Label
from sentijob.models.vader import VaderModel

TRICKY = (
    "never so good, and not without doubt the least bad of all",
    "GREAT at first, but kind of no fun. Not bad ass, the bomb! Yeah right",
    "to die for, at least; hardly a joy 😂 :) and never this happy",
) * 20


@pytest.fixture(scope="module")
def model() -> VaderModel:
    return VaderModel()


@pytest.mark.parametrize("text", [*TRICKY[:3], " ".join(TRICKY), "fine", "ok", "the train leaves"])
def test_the_label_is_what_the_authors_thresholds_give(model: VaderModel, text: str) -> None:
    compound = SentimentIntensityAnalyzer().polarity_scores(text)["compound"]
    expected = (
        Label.POSITIVE
        if compound >= 0.05
        else Label.NEGATIVE
        if compound <= -0.05
        else Label.NEUTRAL
    )
    assert model.predict([text])[0].label is expected


@pytest.mark.parametrize(
    ("compound", "label"),
    [
        (0.05, Label.POSITIVE),
        (0.0499, Label.NEUTRAL),
        (-0.0499, Label.NEUTRAL),
        (-0.05, Label.NEGATIVE),
    ],
)
def test_the_edge_of_the_neutral_band_lies_at_005(compound: float, label: Label) -> None:
    class FixedAnalyzer:
        def polarity_scores(self, _text: str) -> dict[str, float]:
            return {"compound": compound}

    (sentiment,) = VaderModel(analyzer=FixedAnalyzer()).predict(["any"])
    assert sentiment.label is label


def test_a_stronger_compound_is_a_surer_positive(model: VaderModel) -> None:
    mild, strong = model.predict(["nice", "absolutely WONDERFUL, I love it!!!"])
    assert mild.score < strong.score


def test_ten_thousand_emoji_take_seconds_not_minutes(model: VaderModel) -> None:
    start = time.monotonic()
    model.predict(["😂" * 10_000])
    assert time.monotonic() - start < 30


def test_tokens_are_words(model: VaderModel) -> None:
    assert model.predict(["three words here"])[0].tokens == 3


def test_the_revision_holds_the_packages_version(model: VaderModel) -> None:
    assert model.revision.startswith(version("vaderSentiment"))
