"""The shipped weights, in what only they can show."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from statistics import mean

import pytest
from tokenizers import Tokenizer

from sentijob.errors import TextRejectedError
from sentijob.jobs import Label
from sentijob.models.explaining import explain
from sentijob.models.onnx import new_session, session_options
from sentijob.models.registry import bundled_mini, load
from sentijob.ports import SentimentModel

FILLER = "The office is on the second floor and opens at nine. "
NEUTRAL = (
    FILLER,
    "Parcels leave the depot in the morning and arrive on Tuesday. ",
    "The box holds a cable, a manual and two screws. ",
    "There are four rooms and a hall, and the street runs north. ",
)
TELLING = "This is a terrible, horrible, utterly disgusting product and I hate it. "
VERDICT = "This is a terrible, horrible, utterly disgusting product and I hate it. " * 40


@pytest.fixture(scope="module")
def mini() -> SentimentModel:
    return load("mini", threads=0, demo_delay=timedelta(0))


def test_moving_a_verdict_from_front_to_back_of_a_long_text_does_not_lose_it(
    mini: SentimentModel,
) -> None:
    filler = FILLER * ((10_000 - len(VERDICT)) // len(FILLER))
    front, back, without = mini.predict([VERDICT + filler, filler + VERDICT, filler])
    assert front.windows == back.windows > 20
    assert front.tokens == back.tokens
    assert min(front.negative, back.negative) > without.negative + 0.1
    assert back.negative == pytest.approx(front.negative, abs=0.1)


def gains(mini: SentimentModel, sentences: int) -> list[float]:
    """What a telling sentence adds to negative, at seven places of a neutral text."""
    plain = [NEUTRAL[number % len(NEUTRAL)] for number in range(sentences)]
    places = [round(sentences * share) for share in (0, 0.1, 0.37, 0.5, 0.66, 0.9, 1)]
    told = ["".join([*plain[:place], TELLING, *plain[place:]]) for place in places]
    untold, *scored = mini.predict(["".join(plain), *told])
    assert untold.windows > 6
    return [each.negative - untold.negative for each in scored]


def test_the_only_telling_sentence_of_a_long_text_is_read_wherever_it_stands(
    mini: SentimentModel,
) -> None:
    assert min(gains(mini, 30)) > 0.02


def test_one_sentence_in_ten_thousand_characters_still_counts(mini: SentimentModel) -> None:
    # A mean dilutes it: of 180 sentences it is one.
    assert mean(gains(mini, 180)) > 0.002


def test_a_word_that_is_longer_than_its_tokenizer_takes_is_read_all_the_same(
    mini: SentimentModel,
) -> None:
    short, long, endless = mini.predict(["terrible" * count for count in (12, 13, 1250)])
    assert short.label is long.label is endless.label is Label.NEGATIVE
    assert short.tokens < long.tokens < endless.tokens
    assert endless.windows > 40


def test_moving_a_sentence_keeps_label_and_probabilities_close(mini: SentimentModel) -> None:
    praise = "I love it, and the people there are wonderful. "
    plain = [NEUTRAL[number % len(NEUTRAL)] + praise for number in range(30)]
    front, back = mini.predict(["".join([TELLING, *plain]), "".join([*plain, TELLING])])
    assert front.label is back.label is Label.POSITIVE
    assert back[1:5] == pytest.approx(front[1:5], abs=0.05)


@pytest.mark.parametrize(
    "text",
    [
        "".join(NEUTRAL) * 44 + TELLING,
        "".join(f"Word{number} isn't number {number}! " for number in range(380)),
        "很好吃 " * 200,
        "😍👍🏽 " * 60,
        "&amp; @ann http://example.com/x " * 300,
    ],
    ids=["prose", "numbers", "Chinese", "emoji", "links"],
)
def test_as_many_tokens_are_read_as_the_tokenizer_finds_in_the_whole_text(
    mini: SentimentModel, text: str
) -> None:
    folder = bundled_mini()
    tokenizer = Tokenizer.from_file(str(folder.tokenizer))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    whole = tokenizer.encode(folder.config().normalize(text), add_special_tokens=False)
    assert mini.predict([text])[0].tokens == len(whole)


def test_the_telling_word_of_a_long_text_is_found(mini: SentimentModel) -> None:
    text = "".join(NEUTRAL) * 2 + "I absolutely love it. " + "".join(NEUTRAL)
    explanation = explain(mini, text)
    assert explanation.sentiment.windows > 1
    (strongest,) = [word for word in explanation.words if word.word == "love"]
    assert strongest.towards is Label.POSITIVE


def test_its_layers_run_apart_where_that_is_quicker_than_fused(tmp_path: Path) -> None:
    options = session_options()
    options.optimized_model_filepath = str(tmp_path / "as-run.onnx")
    new_session(bundled_mini().weights, options)
    graph = (tmp_path / "as-run.onnx").read_bytes()
    assert b"LayerNormalization" in graph
    assert b"SkipLayerNormalization" not in graph
    assert b"BiasGelu" not in graph


def test_emoji_alone_carry_a_sentiment(mini: SentimentModel) -> None:
    assert mini.predict(["😍😍😍"])[0].label is Label.POSITIVE


@pytest.mark.parametrize("text", ["\u200b\u200d", "\u0301", "&#1;"])
def test_a_text_of_invisible_signs_is_rejected(mini: SentimentModel, text: str) -> None:
    with pytest.raises(TextRejectedError):
        mini.predict([text])


def test_threads_change_nothing_in_a_result(mini: SentimentModel) -> None:
    texts = ["I like it", "It broke on the first day", FILLER * 20]
    assert load("mini", threads=1, demo_delay=timedelta(0)).predict(texts) == mini.predict(texts)
