from __future__ import annotations

import pytest

from sentijob.models.choosing import choose

EXPORT = {"config.json", "tokenizer.json", "model.onnx", "README.md", "pytorch_model.bin"}
HUB = {
    "config.json",
    "tokenizer.json",
    "model.safetensors",
    "modeling.py",
    "onnx/model.onnx",
    "onnx/model_fp16.onnx",
    "onnx/model_fp16.onnx_data",
    "onnx/model_int8.onnx",
}


def test_an_export_gives_its_three_files_and_nothing_else() -> None:
    taken = choose(EXPORT).taken
    assert taken == {each: each for each in ("model.onnx", "tokenizer.json", "config.json")}


def test_the_weights_may_lie_in_a_folder_of_their_own() -> None:
    assert choose(HUB).taken["onnx/model.onnx"] == "model.onnx"


def test_wanted_weights_bring_the_data_that_they_keep_apart_under_its_own_name() -> None:
    assert choose(HUB, "onnx/model_fp16.onnx").taken == {
        "onnx/model_fp16.onnx": "model.onnx",
        "onnx/model_fp16.onnx_data": "model_fp16.onnx_data",
        "tokenizer.json": "tokenizer.json",
        "config.json": "config.json",
    }


def test_a_tokenizer_beside_the_weights_goes_before_that_at_the_top() -> None:
    taken = choose({*HUB, "onnx/tokenizer.json"}).taken
    assert "onnx/tokenizer.json" in taken
    assert "tokenizer.json" not in taken


def test_what_emoji_are_called_comes_along() -> None:
    assert "emoji.tsv" in choose({*EXPORT, "emoji.tsv"}).taken


@pytest.mark.parametrize(
    ("names", "wanted", "told"),
    [
        (EXPORT - {"tokenizer.json"}, None, "lacks tokenizer.json"),
        (EXPORT - {"config.json"}, None, "lacks config.json"),
        (EXPORT - {"model.onnx"}, None, "only ONNX is loaded"),
        (HUB - {"onnx/model.onnx"}, None, "there are onnx/model_fp16.onnx, onnx/model_int8.onnx"),
        (HUB, "model.onnx", "lacks model.onnx; --weights FILE"),
    ],
)
def test_what_is_missing_is_named(names: set[str], wanted: str | None, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        choose(names, wanted)


@pytest.mark.parametrize(
    "reaching",
    ["model.onnx_data/../config.json", "model.onnx_data/../../x", "model.onnx_data/added.json"],
)
def test_names_that_reach_for_other_files_are_left(reaching: str) -> None:
    assert reaching not in choose({*EXPORT, reaching}).taken
    with pytest.raises(ValueError, match="lacks"):
        choose({*EXPORT, "../up.onnx"}, "../up.onnx")
