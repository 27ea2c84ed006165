"""What every shipped model owes its callers, as the SentimentModel protocol says it."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from sentijob.jobs import Label, Sentiment
from sentijob.models.registry import load
from sentijob.ports import SentimentModel

TEXTS = (
    "I love this phone, the camera is excellent!",
    "The battery died after two days and support was horrible.",
    "The parcel leaves the depot at nine.",
    "😂😂 best day ever",
    "Kein Wort Englisch hier",
    "ok",
    "Slow, loud and bad, but the screen is great. " * 60,
)


@pytest.fixture(scope="module", params=["mini", "cascade", "vader", "demo"])
def model(request: pytest.FixtureRequest) -> SentimentModel:
    return load(request.param, threads=1, demo_delay=timedelta(0))


def chances(sentiment: Sentiment) -> tuple[float, float, float]:
    return sentiment.negative, sentiment.neutral, sentiment.positive


def assert_close(found: Sequence[Sentiment], expected: Sequence[Sentiment], within: float) -> None:
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        assert chances(one) == pytest.approx(chances(other), abs=within)


def test_it_keeps_the_protocol(model: SentimentModel) -> None:
    assert isinstance(model, SentimentModel)
    assert model.name
    assert model.revision


def test_no_texts_give_no_sentiments(model: SentimentModel) -> None:
    assert list(model.predict([])) == []


def test_probabilities_sum_to_one_and_the_label_is_the_likeliest(model: SentimentModel) -> None:
    for sentiment in model.predict(TEXTS):
        by_label = dict(zip(Label, chances(sentiment), strict=True))
        assert sum(by_label.values()) == pytest.approx(1.0, abs=1e-6)
        assert min(by_label.values()) >= 0
        assert sentiment.score == by_label[sentiment.label] == max(by_label.values())


def test_sentiments_come_in_the_order_of_the_texts(model: SentimentModel) -> None:
    forward = model.predict(TEXTS)
    backward = model.predict(TEXTS[::-1])
    assert_close(backward, forward[::-1], within=1e-5)
    assert [each.tokens for each in backward] == [each.tokens for each in forward[::-1]]


def test_a_text_scores_alike_alone_and_in_company(model: SentimentModel) -> None:
    alone = [model.predict([text])[0] for text in TEXTS]
    assert_close(model.predict(TEXTS), alone, within=1e-5)


def test_plain_praise_and_plain_blame_are_told_apart(model: SentimentModel) -> None:
    labels = [each.label for each in model.predict(["This is excellent!", "This is horrible."])]
    assert labels == [Label.POSITIVE, Label.NEGATIVE]


def test_every_sentiment_counts_tokens_and_windows(model: SentimentModel) -> None:
    for sentiment in model.predict(TEXTS):
        assert sentiment.tokens >= 1
        assert sentiment.windows >= 1


def test_a_list_a_tuple_and_repeats_are_texts_all_the_same(model: SentimentModel) -> None:
    assert_close(model.predict(["ok"] * 3), [*model.predict(("ok",))] * 3, within=1e-5)


def test_threads_that_share_a_model_get_their_own_answers(model: SentimentModel) -> None:
    expected = [model.predict([text])[0] for text in TEXTS]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda text: model.predict([text])[0], TEXTS * 4))
    assert_close(found, expected * 4, within=1e-5)


def test_the_revision_is_the_same_at_every_load(model: SentimentModel) -> None:
    again = load(model.name, threads=1, demo_delay=timedelta(0))
    assert (again.name, again.revision) == (model.name, model.revision)
