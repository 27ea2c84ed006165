"""A text classifier in ONNX that is made on the spot, so small that its answers can be worked out by hand."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

FLOAT, INT8, INT32, INT64, FLOAT16 = 1, 3, 6, 7, 10
WORDS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "bad", "plain", "good")
# The logits of a text are the mean of its words' lines here, special tokens counted.
LINES = {"bad": (6.0, 0.0, 0.0), "plain": (0.0, 6.0, 0.0), "good": (0.0, 0.0, 6.0)}
_INT8_STEP = 6 / 127
_CODES = {FLOAT: "f", FLOAT16: "e", INT8: "b"}


def write_folder(
    folder: Path,
    *,
    config: Mapping[str, object] | None = None,
    words: Sequence[str] = WORDS,
    table: Sequence[str] | None = None,
    name: str = "model.onnx",
    **weights: object,
) -> Path:
    """A working model; keywords change it, as :func:`write_weights` and the config have them."""
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    written = {"id2label": {"0": "NEG", "1": "NEU", "2": "POS"}} | dict(config or {})
    (folder / "config.json").write_text(json.dumps(written))
    write_tokenizer(folder / "tokenizer.json", words)
    write_weights(folder / name, table or words, **weights)  # type: ignore[arg-type]  # handed through
    return folder


def write_tokenizer(path: Path, words: Sequence[str]) -> None:
    from tokenizers import Tokenizer, models, pre_tokenizers, processors

    vocabulary = {word: number for number, word in enumerate(words)}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))  # noqa: S106 - no secret
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    tokenizer.save(str(path))


def write_weights(
    path: Path,
    words: Sequence[str],
    *,
    inputs: Sequence[str] = ("input_ids", "attention_mask", "token_type_ids"),
    input_type: int = INT64,
    output: str = "logits",
    lines: Mapping[str, Sequence[float]] = LINES,
    classes: int = 3,
    kept_in: str | None = None,
    numbers: int = FLOAT,
    is_shared: bool = False,
) -> None:
    """An ONNX file, written field by field as ``onnx.proto`` numbers them.

    *kept_in* is where its table is, if not in it; *numbers* is what the table
    holds, and with half floats the whole graph does. With *is_shared* all
    rows of a run are multiplied by the largest number among them.
    """
    table = [list(lines.get(word, (0.0,) * classes))[:classes] for word in words]
    cells = [number for line in table for number in line]
    real = FLOAT16 if numbers == FLOAT16 else FLOAT
    nodes = [
        _node("Gather", ["table", "input_ids"], "found"),
        _node("DequantizeLinear", ["found", "step"], "vectors")
        if numbers == INT8
        else _node("Identity", ["found"], "vectors"),
        *([_node("ReduceMax", ["vectors"], "largest", axes=[0, 1, 2])] if is_shared else []),
        _node("Mul", ["vectors", "largest"], "scaled")
        if is_shared
        else _node("Identity", ["vectors"], "scaled"),
        _node("Cast", ["attention_mask"], "mask", to=real),
        _node("Unsqueeze", ["mask"], "column", axes=[2]),
        _node("Mul", ["scaled", "column"], "kept"),
        _node("ReduceSum", ["kept"], "sum", axes=[1], keepdims=0),
        _node("ReduceSum", ["mask"], "count", axes=[1], keepdims=1),
        _node("Div", ["sum", "count"], output),
    ]
    tensor = (
        _int(1, len(table)) + _int(1, classes) + _int(2, numbers) + _part(8, b"table")
    )  # fmt: skip
    if numbers == INT8:
        cells = [round(cell / _INT8_STEP) for cell in cells]
    raw = struct.pack(f"<{len(cells)}{_CODES[numbers]}", *cells)
    if kept_in is None:
        tensor += _part(9, raw)
    else:
        (path.parent / kept_in).write_bytes(raw)
        tensor += _part(13, _part(1, b"location") + _part(2, kept_in.encode())) + _int(14, 1)
    graph = b"".join(_part(1, node) for node in nodes) + _part(2, b"tiny") + _part(5, tensor)
    if numbers == INT8:
        step = _int(2, FLOAT) + _part(8, b"step") + _part(9, struct.pack("<f", _INT8_STEP))
        graph += _part(5, step)
    graph += b"".join(_part(11, _value(name, input_type, "rows", "tokens")) for name in inputs)
    graph += _part(12, _value(output, real, "rows", "classes"))
    path.write_bytes(_int(1, 7) + _part(7, graph) + _part(8, _part(1, b"") + _int(2, 12)))


def _node(kind: str, inputs: Sequence[str], output: str, **attributes: int | list[int]) -> bytes:
    node = b"".join(_part(1, name.encode()) for name in inputs)
    node += _part(2, output.encode()) + _part(4, kind.encode())
    for name, value in attributes.items():
        attribute = _part(1, name.encode())
        if isinstance(value, int):
            attribute += _int(3, value) + _int(20, 2)
        else:
            attribute += b"".join(_int(8, each) for each in value) + _int(20, 7)
        node += _part(5, attribute)
    return node


def _value(name: str, kind: int, *dimensions: str) -> bytes:
    shape = b"".join(_part(1, _part(2, dimension.encode())) for dimension in dimensions)
    return _part(1, name.encode()) + _part(2, _part(1, _int(1, kind) + _part(2, shape)))


def _int(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _part(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    written = bytearray()
    while value > 0x7F:
        written.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*written, value])
