"""Folders that say they are models and lie: refused in a line, whatever is in them, and nothing is run."""

from __future__ import annotations

import json
import os
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from commanding import Commander

import sentijob.models

MINI = Path(sentijob.models.__file__).with_name("mini")


class _Trap:
    """What a pickle would run."""

    def __reduce__(self) -> tuple[Callable[[str], object], tuple[str]]:
        return os.mkdir, ("owned",)


def config(**changes: object) -> Callable[[Path], object]:
    def change(folder: Path) -> None:
        written = json.loads((folder / "config.json").read_text())
        (folder / "config.json").write_text(json.dumps({**written, **changes}))

    return change


def file(name: str, content: bytes | str) -> Callable[[Path], object]:
    raw = content if isinstance(content, bytes) else content.encode()
    return lambda folder: (folder / name).write_bytes(raw)


def cut(name: str, kept: float) -> Callable[[Path], object]:
    return lambda folder: os.truncate(folder / name, int((MINI / name).stat().st_size * kept))


def swapped(folder: Path) -> None:
    (folder / "model.onnx").rename(folder / "x")
    (folder / "tokenizer.json").rename(folder / "model.onnx")
    (folder / "x").rename(folder / "tokenizer.json")


def replaced_by_pipe(folder: Path) -> None:
    (folder / "model.onnx").unlink()
    os.mkfifo(folder / "model.onnx")


def linked_to_device(folder: Path) -> None:
    (folder / "config.json").unlink()
    (folder / "config.json").symlink_to("/dev/zero")


def with_external_data(folder: Path) -> None:
    """A graph whose weights lie in a file outside the folder."""
    (folder / "model.onnx").write_bytes(external_graph("../secret.bin"))
    (folder.parent / "secret.bin").write_bytes(b"\0" * 64)


def external_graph(location: str) -> bytes:
    """ONNX in protobuf by hand: one output, the initializer *w*, which lies at *location*."""

    def chunk(number: int, content: bytes) -> bytes:
        return bytes([number << 3 | 2, len(content)]) + content

    entry = chunk(1, b"location") + chunk(2, location.encode())
    tensor = b"\x08\x04\x10\x01" + chunk(8, b"w") + chunk(13, entry) + b"\x70\x01"
    shape = chunk(1, b"\x08\x01\x12\x04" + chunk(1, b"\x08\x04")[0:4])
    node = chunk(1, b"w") + chunk(2, b"logits") + chunk(4, b"Identity")
    value = chunk(1, b"logits") + chunk(2, shape)
    graph = chunk(1, node) + chunk(2, b"g") + chunk(5, tensor) + chunk(12, value)
    return b"\x08\x08" + chunk(7, graph) + chunk(8, b"\x10\x11")


DEEP = "[" * 100_000
LIES: dict[str, Callable[[Path], object]] = {
    "no weights": lambda folder: (folder / "model.onnx").unlink(),
    "no tokenizer": lambda folder: (folder / "tokenizer.json").unlink(),
    "no config": lambda folder: (folder / "config.json").unlink(),
    "empty weights": file("model.onnx", b""),
    "an empty tokenizer": file("tokenizer.json", b""),
    "an empty config": file("config.json", b""),
    "weights cut in half": cut("model.onnx", 0.5),
    "weights without their end": cut("model.onnx", 0.999),
    "a tokenizer cut in half": cut("tokenizer.json", 0.5),
    "weights of text": file("model.onnx", "these are no weights\x1b[31m"),
    "weights of zeros": file("model.onnx", b"\0" * 10_000),
    "weights that are a pickle": file("model.onnx", pickle.dumps(_Trap())),
    "a tokenizer that is a pickle": file("tokenizer.json", pickle.dumps(_Trap())),
    "a config that is a pickle": file("config.json", pickle.dumps(_Trap())),
    "weights of another graph": with_external_data,
    "weights and tokenizer swapped": swapped,
    "weights that are a pipe": replaced_by_pipe,
    "a config that is a device": linked_to_device,
    "a config of another encoding": file("config.json", '{"id2label": {}}'.encode("utf-16")),
    "a config of a list": file("config.json", "[]"),
    "a config of 100,000 brackets": file("config.json", DEEP),
    "a tokenizer of 100,000 brackets": file("tokenizer.json", DEEP),
    "no labels": config(id2label=None),
    "labels of other names": config(id2label={"0": "LABEL_0", "1": "LABEL_1"}),
    "labels of a terminal": config(id2label={"0": "\x1b]52;c;aGk=\x07", "1": "\u202epos"}),
    "100,000 labels": config(id2label={str(number): "positive" for number in range(100_000)}),
    "labels numbered from one": config(id2label={"1": "negative", "2": "positive"}),
    "one label twice": config(id2label={"0": "positive", "1": "positive", "2": "negative"}),
    "a label too few": config(id2label={"0": "negative", "1": "positive"}),
    "a window of nothing": config(max_length=0),
    "a window below nothing": config(window=-1),
    "a window that is text": config(max_length="all"),
    "a window that is true": config(max_length=True),
    "a temperature of zero": config(temperature=0),
    "a temperature of a word": config(temperature="warm"),
    "padding below zero": config(pad_token_id=-1),
    "an unknown step": config(normalize="rm -rf /"),
    "broken emoji": file("emoji.tsv", "\x1b[31m"),
    "emoji that are no text": file("emoji.tsv", b"\xff\xfe\x00"),
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES.keys())
def test_a_model_folder_that_lies_is_refused_in_one_line(
    command: Commander, lie: Callable[[Path], object]
) -> None:
    folder = command.folder / "models" / "liar"
    shutil.copytree(MINI, folder)
    lie(folder)
    shown = command("run", "--model", "models/liar", "a text")
    assert shown.status in {2, 7}, shown.stderr
    assert shown.stdout == ""
    assert len(shown.stderr.splitlines()) == 1
    assert len(shown.stderr) < 2_000
    assert not (command.folder / "owned").exists()
    assert command("list").status == 4


def test_there_are_as_many_lies_as_the_documentation_says() -> None:
    assert len(LIES) >= 38
