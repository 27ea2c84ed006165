"""A model's file can name other files as its weights: those of its own folder, and no others."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from sentijob.errors import ModelUnavailableError
from sentijob.models.folder import ModelFolder
from sentijob.models.onnx import OnnxModel

MakeFolder = Callable[..., Path]


def load(folder: Path) -> OnnxModel:
    return OnnxModel("tiny", ModelFolder(folder), threads=1)


def test_weights_beside_the_model_are_read(make_folder: MakeFolder) -> None:
    folder = make_folder(kept_in="table.bin")
    assert load(folder).predict(["good good good"])[0].label == "positive"


def test_weights_beside_the_model_under_a_usual_name_change_its_revision(
    make_folder: MakeFolder,
) -> None:
    folder = make_folder(kept_in="model.onnx_data")
    before, size = load(folder).revision, ModelFolder(folder).size()
    table = folder / "model.onnx_data"
    table.write_bytes(table.read_bytes()[:-1] + b"\x41")
    assert load(folder).revision != before
    assert size > table.stat().st_size


@pytest.mark.parametrize("kind", ["above", "absolute", "link"])
def test_weights_outside_the_folder_are_refused(
    make_folder: MakeFolder, tmp_path: Path, kind: str
) -> None:
    if kind == "absolute":
        folder = make_folder(kept_in=str(tmp_path / "outside.bin"))
    elif kind == "above":
        folder = make_folder(kept_in="../outside.bin")
    else:
        folder = make_folder(kept_in="table.bin")
        os.replace(folder / "table.bin", tmp_path / "outside.bin")  # noqa: PTH105  # out of the folder
        (folder / "table.bin").symlink_to(tmp_path / "outside.bin")
    assert (tmp_path / "outside.bin").exists()
    with pytest.raises(ModelUnavailableError, match=r"model\.onnx"):
        load(folder)
