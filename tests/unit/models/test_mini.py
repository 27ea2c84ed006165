"""The shipped weights, in what only they can show."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from sentijob.errors import TextRejectedError
from sentijob.jobs import Label
from sentijob.models.onnx import new_session, session_options
from sentijob.models.registry import bundled_mini, load
from sentijob.ports import SentimentModel

FILLER = "The office is on the second floor and opens at nine. "
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
