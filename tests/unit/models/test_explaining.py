from __future__ import annotations

from collections.abc import Sequence
from math import exp, log

import pytest

from sentijob.errors import TextRejectedError
from sentijob.jobs import Label, Sentiment
from sentijob.models.explaining import MOST_VARIANTS, Explanation, Word, explain
from sentijob.models.segments import segments

WEIGHTS = {"good": 0.2, "fine": 0.1, "😍": 0.3, "bad": -0.2, "awful": -0.3, "好": 0.2, "رائع": 0.2}


class KnownWeights:
    """Positive is 0.5 and what its words add; "not" turns what they add around; no word is rejected."""

    name = "known"
    revision = "r1"

    def __init__(self) -> None:
        self.calls: list[list[str]] = []

    def predict(self, texts: Sequence[str]) -> list[Sentiment]:
        self.calls.append(list(texts))
        return [self._score(text) for text in texts]

    def _score(self, text: str) -> Sentiment:
        words = [text[piece.start : piece.end] for piece in segments(text)]
        if not any(word.isalnum() or word in WEIGHTS for word in words):
            raise TextRejectedError("nothing to read")
        added = sum(WEIGHTS.get(word, 0.0) for word in words) * (-1 if "not" in words else 1)
        positive = min(max(0.5 + added, 0.0), 1.0)
        return Sentiment.of(1 - positive, 0.0, positive, tokens=len(words))


def weights(explanation: Explanation) -> dict[str, object]:
    return {word.word: pytest.approx(word.weight) for word in explanation.words}


def test_a_words_weight_is_what_the_label_loses_without_it() -> None:
    explanation = explain(KnownWeights(), "good and bad, 😍")
    assert explanation.sentiment.label is Label.POSITIVE
    assert weights(explanation) == {"good": 0.2, "and": 0, "bad": -0.2, ",": 0, "😍": 0.3}


def test_a_word_pushes_towards_the_label_that_it_raises() -> None:
    explanation = explain(KnownWeights(), "awful bad good")
    assert explanation.sentiment.label is Label.NEGATIVE
    assert [(word.word, word.towards) for word in explanation.words] == [
        ("awful", Label.NEGATIVE),
        ("bad", Label.NEGATIVE),
        ("good", Label.POSITIVE),
    ]


def test_a_negation_carries_what_it_turns_around() -> None:
    explanation = explain(KnownWeights(), "not good")
    assert explanation.sentiment.label is Label.NEGATIVE
    assert weights(explanation) == {"not": 0.4, "good": 0.2}


def test_words_keep_their_places_in_the_text() -> None:
    text = "  good\n\tdidn't 👍🏽 fine!"
    words = explain(KnownWeights(), text).words
    assert [text[word.start : word.end] for word in words] == [word.word for word in words]
    assert [word.word for word in words] == ["good", "didn't", "👍🏽", "fine", "!"]


@pytest.mark.parametrize(
    ("text", "carrier"), [("这个 很好吃", "好"), ("هذا رائع", "رائع"), ("so 😍!", "😍")]
)
def test_scripts_without_spaces_or_from_right_to_left_are_explained_too(
    text: str, carrier: str
) -> None:
    (strongest,) = explain(KnownWeights(), text).strongest(1)
    assert strongest.word == carrier
    assert text[strongest.start : strongest.end] == carrier


@pytest.mark.parametrize("text", ["good", "good!", "\u200bgood"])
def test_a_word_without_which_nothing_can_be_scored_carried_all(text: str) -> None:
    (word,) = [word for word in explain(KnownWeights(), text).words if "good" in word.word]
    assert word.weight == pytest.approx(0.7)
    assert word.towards is Label.POSITIVE


def test_one_variant_that_cant_be_scored_costs_no_other_its_weight() -> None:
    assert weights(explain(KnownWeights(), "good ! ?")) == {"good": 0.7, "!": 0, "?": 0}


def test_a_text_that_cant_be_scored_isnt_explained() -> None:
    with pytest.raises(TextRejectedError):
        explain(KnownWeights(), "?!")


def test_a_word_is_left_out_with_one_of_its_spaces() -> None:
    model = KnownWeights()
    explain(model, "good, old\nfine")
    assert model.calls[1] == [", old\nfine", "good old\nfine", "good, fine", "good, old\n"]


def test_a_long_text_is_explained_by_runs_of_words() -> None:
    model = KnownWeights()
    explanation = explain(model, "plain " * 30 + "good " + "plain " * 29, most=20)
    assert len(explanation.words) == 20
    assert sum(map(len, model.calls)) == 21
    assert explanation.is_by_runs
    (strongest,) = explanation.strongest(8)
    assert strongest.weight == pytest.approx(0.2)
    assert strongest.word == "good plain plain"


class InWindows(KnownWeights):
    """The same, whose windows are five words long: it weighs their logits by words, as the shipped one does."""

    def _score(self, text: str) -> Sentiment:
        words = text.split()
        windows = [words[start : start + 5] for start in range(0, len(words), 5)]
        parts = [super(InWindows, self)._score(" ".join(window)) for window in windows]
        return combined(parts)._replace(windows=len(windows))


def combined(parts: Sequence[Sentiment]) -> Sentiment:
    """The softmax of the mean logit, as between two classes."""
    total = sum(part.tokens for part in parts)
    logit = sum(part.tokens * log(part.positive / part.negative) for part in parts) / total
    positive = 1 / (1 + exp(-logit))
    return Sentiment.of(1 - positive, 0.0, positive, tokens=total)


def test_a_text_of_several_windows_is_tried_passage_by_passage() -> None:
    model = InWindows()
    explanation = explain(model, "a good a a a a a fine a a bad a a a a")
    assert model.calls[1][:3] == ["a good a a a ", "a a fine a a ", "bad a a a a"]
    assert {len(variant.split()) for variant in model.calls[1][3:]} == {4}
    good, fine, bad = (
        next(one.weight for one in explanation.words if one.word == word)
        for word in ("good", "fine", "bad")
    )
    assert good > fine > 0.01 > -0.01 > bad


def test_passages_are_put_together_as_their_windows_are() -> None:
    model = InWindows()
    (whole,) = model.predict(["a good a a a a a fine a a bad a a a a"])
    left = combined(
        [model.predict([part])[0] for part in ("a good a a a", "a a fine a a", "a a a a")]
    )
    explanation = explain(model, "a good a a a a a fine a a bad a a a a")
    (bad,) = [one for one in explanation.words if one.word == "bad"]
    assert bad.weight == pytest.approx(whole.positive - left.positive)
    assert (bad.start, bad.end) == (26, 29)


def test_a_passage_of_which_nothing_is_left_leaves_the_others() -> None:
    model = InWindows()
    explanation = explain(model, "a good a a a a bad a a a a bad a a a", most=3)
    assert explanation.sentiment.label is Label.NEGATIVE
    assert [one.weight > 0 for one in explanation.words] == [False, True, True]


def test_unless_told_otherwise_some_two_hundred_variants_are_scored() -> None:
    explanation = explain(KnownWeights(), "a " * 300)
    assert len(explanation.words) == MOST_VARIANTS == 200


def test_calls_are_of_bounded_size_and_progress_is_told_after_each() -> None:
    model, told = KnownWeights(), []
    text = "plain " * 1500
    explain(model, text, most=5, progress=lambda done, total: told.append((done, total)))
    assert [len(call) for call in model.calls] == [1, 2, 2, 1]
    assert told == [(1, 6), (3, 6), (5, 6), (6, 6)]


def test_the_strongest_come_first_whichever_way_they_push() -> None:
    words = [
        Word(str(place), place, place + 1, weight, Label.POSITIVE)
        for place, weight in enumerate([0.1, -0.4, 0.0, 0.2])
    ]
    explanation = Explanation(KnownWeights().predict(["good"])[0], "r1", words, is_by_runs=False)
    assert [word.weight for word in explanation.strongest(2)] == [-0.4, 0.2]
    assert len(explanation.strongest(9)) == 3


def test_the_revision_is_the_one_that_explained() -> None:
    assert explain(KnownWeights(), "good").revision == "r1"
