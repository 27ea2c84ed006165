from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from math import exp, inf, nan
from pathlib import Path

import pytest
from tiny_model import FLOAT, FLOAT16, INT8, INT32, INT64, WORDS

from sentijob.errors import ModelError, ModelUnavailableError, TextRejectedError
from sentijob.jobs import Label, Sentiment
from sentijob.models.folder import ModelFolder
from sentijob.models.onnx import OnnxModel
from sentijob.models.registry import load

MakeFolder = Callable[..., Path]


def open_model(folder: Path, *, threads: int = 1) -> OnnxModel:
    return OnnxModel("tiny", ModelFolder(folder), threads=threads)


def softmax(*logits: float) -> list[float]:
    raised = [exp(each) for each in logits]
    return [each / sum(raised) for each in raised]


def chances(sentiment: Sentiment) -> list[float]:
    return [sentiment.negative, sentiment.neutral, sentiment.positive]


@pytest.mark.parametrize("input_type", [INT32, INT64])
@pytest.mark.parametrize(
    "inputs",
    [("input_ids", "attention_mask"), ("input_ids", "attention_mask", "token_type_ids")],
)
def test_inputs_are_fed_as_the_session_declares_them(
    make_folder: MakeFolder, inputs: tuple[str, ...], input_type: int
) -> None:
    model = open_model(make_folder(inputs=inputs, input_type=input_type))
    (sentiment,) = model.predict(["good bad good bad"])
    # Six tokens with the special ones, two of them good, two bad.
    assert chances(sentiment) == pytest.approx(softmax(2, 0, 2), abs=1e-6)
    assert (sentiment.tokens, sentiment.windows) == (4, 1)


@pytest.mark.parametrize(("numbers", "rounding"), [(FLOAT16, 1e-3), (INT8, 1e-2)])
def test_half_floats_and_quantized_weights_are_read(
    make_folder: MakeFolder, numbers: int, rounding: float
) -> None:
    (sentiment,) = open_model(make_folder(numbers=numbers)).predict(["good bad good bad"])
    assert chances(sentiment) == pytest.approx(softmax(2, 0, 2), abs=rounding)


def test_the_chances_of_classes_that_stand_for_one_label_are_added(
    make_folder: MakeFolder,
) -> None:
    stars = {str(number): f"{number + 1} stars" for number in range(5)}
    stars["0"] = "1 star"
    lines = {"bad": (6.0, 3.0, 0.0, 0.0, 0.0)}
    model = open_model(make_folder(config={"id2label": stars}, classes=5, lines=lines))
    one, two, three, four, five = softmax(2, 1, 0, 0, 0)
    assert chances(model.predict(["bad"])[0]) == pytest.approx([one + two, three, four + five])


def test_labels_that_the_config_tells_go_before_the_names_of_the_classes(
    make_folder: MakeFolder,
) -> None:
    told = {"sentijob_labels": ["positive", "neutral", "negative"]}
    (sentiment,) = open_model(make_folder(config=told)).predict(["good"])
    assert sentiment.label is Label.NEGATIVE


def test_texts_of_many_lengths_keep_their_order(make_folder: MakeFolder) -> None:
    model = open_model(make_folder(), threads=2)
    texts = [f"{word} " * count for count in (9, 1, 40, 3) for word in ("good", "bad", "plain")]
    labels = [each.label for each in model.predict(texts)]
    assert labels == [Label.POSITIVE, Label.NEGATIVE, Label.NEUTRAL] * 4


def test_the_temperature_divides_the_logits(make_folder: MakeFolder) -> None:
    model = open_model(make_folder(config={"temperature": 2.0}))
    assert chances(model.predict(["good"])[0]) == pytest.approx(softmax(0, 0, 1), abs=1e-6)


def test_windows_count_by_their_tokens(make_folder: MakeFolder) -> None:
    model = open_model(make_folder(config={"max_length": 18, "window": 18}))
    (sentiment,) = model.predict(["good " * 8 + "plain " * 9])
    # 17 words in windows that share two: the first 9 (8 good), then 10 (1 good), and two
    # special tokens in each.
    good = (9 * 6 * 8 / 11 + 10 * 6 * 1 / 12) / 19
    plain = (9 * 6 * 1 / 11 + 10 * 6 * 9 / 12) / 19
    assert (sentiment.tokens, sentiment.windows) == (17, 2)
    assert chances(sentiment) == pytest.approx(softmax(0, plain, good), abs=1e-6)


def test_a_two_class_model_never_says_neutral(make_folder: MakeFolder) -> None:
    labels = {"0": "negative", "1": "positive"}
    model = open_model(
        make_folder(config={"id2label": labels}, classes=2, lines={"bad": (6, 0), "good": (0, 6)})
    )
    (sentiment,) = model.predict(["good"])
    assert sentiment.label is Label.POSITIVE
    assert sentiment.neutral == 0


def test_a_lone_output_may_have_any_name(make_folder: MakeFolder) -> None:
    assert open_model(make_folder(output="scores")).predict(["bad"])[0].label is Label.NEGATIVE


@pytest.mark.parametrize("text", ["", " \n "])
def test_a_text_without_tokens_is_rejected(make_folder: MakeFolder, text: str) -> None:
    with pytest.raises(TextRejectedError, match="nothing that the model can read"):
        open_model(make_folder()).predict(["good", text])


def test_a_lone_surrogate_is_rejected(make_folder: MakeFolder) -> None:
    with pytest.raises(TextRejectedError, match="surrogates"):
        open_model(make_folder()).predict(["good \ud800"])


# The trial at load samples a vocabulary; in one of sixty words it passes over "plain".
MANY_WORDS = (*WORDS, *(f"filler{number}" for number in range(53)))


@pytest.mark.parametrize("number", [nan, inf])
def test_what_is_no_number_is_an_error_of_the_model(make_folder: MakeFolder, number: float) -> None:
    model = open_model(make_folder(words=MANY_WORDS, lines={"plain": (number, 0, 0)}))
    assert model.predict(["good"])
    with pytest.raises(ModelError, match="else than numbers"):
        model.predict(["good", "plain"])


def test_rows_run_together_where_company_changes_nothing(make_folder: MakeFolder) -> None:
    assert not open_model(make_folder()).runs_rows_alone


def test_rows_run_alone_where_company_would_change_them(make_folder: MakeFolder) -> None:
    lines = {"bad": (9, 0, 0), "plain": (0, 2, 0), "good": (0, 0, 2)}
    model = open_model(make_folder(is_shared=True, lines=lines))
    assert model.runs_rows_alone
    alone = model.predict(["plain good"])
    assert model.predict(["plain good", "bad bad bad"])[0] == alone[0]


def test_mini_runs_rows_together() -> None:
    mini = load("mini", threads=1, demo_delay=timedelta(0))
    assert isinstance(mini, OnnxModel)
    assert not mini.runs_rows_alone


def refusal(folder: Path) -> str:
    with pytest.raises(ModelUnavailableError) as caught:
        open_model(folder)
    assert repr(str(folder)) in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json", "config.json"])
def test_a_missing_file_is_named(make_folder: MakeFolder, name: str) -> None:
    folder = make_folder()
    (folder / name).unlink()
    assert f"it lacks {name}" in refusal(folder)


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json", "config.json"])
@pytest.mark.parametrize("content", [b"", b"\x00\xff not this", b"[]"])
def test_a_broken_file_is_named(make_folder: MakeFolder, name: str, content: bytes) -> None:
    folder = make_folder()
    (folder / name).write_bytes(content)
    assert f"{name}: " in refusal(folder)


@pytest.mark.parametrize(
    ("config", "told"),
    [
        ({"id2label": None}, "id2label"),
        ({"id2label": {"0": "joy"}}, "{0: joy}"),
        ({"max_length": "long"}, "max_length is 'long'"),
        ({"window": True}, "window is True"),
        ({"window": 3}, "window is 3"),
        ({"temperature": 0}, "temperature is 0"),
        ({"normalize": "strip vowels"}, "'strip vowels'"),
        ({"normalize": "emoji to ' name ' by emoji.tsv"}, "emoji.tsv can't be read"),
    ],
)
def test_what_a_config_may_not_say_is_named(
    make_folder: MakeFolder, config: dict[str, object], told: str
) -> None:
    assert told in refusal(make_folder(config=config))


@pytest.mark.parametrize(
    ("weights", "told"),
    [
        ({"inputs": ("input_ids", "attention_mask", "position_ids")}, "'position_ids'"),
        ({"input_type": FLOAT}, "tensor(float)"),
        ({"classes": 2}, "logits of shape (1, 2), but the labels need (1, 3)"),
        ({"words": (*WORDS, "more"), "table": WORDS}, "fails on tokens of tokenizer.json"),
    ],
)
def test_weights_that_dont_fit_are_refused_with_what_was_found(
    make_folder: MakeFolder, weights: dict[str, object], told: str
) -> None:
    message = refusal(make_folder(**weights))
    assert "model.onnx" in message
    assert told in message


def test_a_roberta_export_keeps_room_for_its_positions(make_folder: MakeFolder) -> None:
    config = {"model_type": "roberta", "max_position_embeddings": 22, "pad_token_id": 1}
    model = open_model(make_folder(config=config))
    # Positions count from 2, and two tokens are special: 18 words fit, the next one doesn't.
    assert [each.windows for each in model.predict(["good " * 18, "good " * 19])] == [1, 2]


def test_the_revision_changes_with_any_file(make_folder: MakeFolder) -> None:
    folder = make_folder()
    before = open_model(folder).revision
    with (folder / "config.json").open("a") as config:
        config.write("\n")
    assert len(before) == 12
    assert open_model(folder).revision != before
