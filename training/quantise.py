"""Stage 4: int8 weights, per channel; activations by a scale of each run, or by one found beforehand.

With a scale of each run ("dynamic") a text's answer depends on the texts beside it. With scales found
beforehand ("static") it doesn't, so that the runtime may pack rows into runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

from sentijob.models.onnx import new_session, session_options

_OPERATORS = ["MatMul", "Attention", "EmbedLayerNormalization"]
_LEVELS = 255
Row = NDArray[np.int32]


def dynamic(source: Path, target: Path) -> None:
    """Weights as int8; without ``reduce_range`` processors that lack VNNI would saturate."""
    quantize_dynamic(
        source,
        target,
        op_types_to_quantize=_OPERATORS,
        per_channel=True,
        reduce_range=True,
        weight_type=QuantType.QInt8,
        extra_options={"DefaultTensorType": TensorProto.FLOAT},
    )


def static(source: Path, quantised: Path, target: Path, rows: Sequence[Row]) -> dict[str, Any]:
    """*quantised* (by :func:`dynamic`, of *source*) with scales that *rows* call for; gives them."""
    model = onnx.load(quantised)
    wanted = [node for node in model.graph.node if node.op_type == "DynamicQuantizeLinear"]
    samples = observe(source, [node.input[0] for node in wanted], rows)
    limits = {name: best_limits(values) for name, values in samples.items()}
    nodes = [part for node in model.graph.node for part in _frozen(node, limits, model.graph)]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    onnx.save(model, target)
    return {name: [round(low, 4), round(high, 4)] for name, (low, high) in limits.items()}


def observe(source: Path, names: Sequence[str], rows: Sequence[Row]) -> dict[str, NDArray[Any]]:
    """What the activations *names* of a float model are over *rows*: a sample of their values, with the extremes."""
    model = onnx.load(source)
    model.graph.output.extend(
        helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in names
    )
    path = source.with_name("observed.onnx")
    onnx.save(model, path)
    session = new_session(path, session_options())
    chance = np.random.default_rng(0)
    seen: dict[str, list[NDArray[Any]]] = {name: [] for name in names}
    for row in rows:
        feed = {"input_ids": row[None], "attention_mask": np.ones_like(row)[None]}
        for name, values in zip(names, session.run(list(names), feed), strict=True):
            flat = values.ravel()
            sample = chance.choice(flat, min(len(flat), 2_000), replace=False)
            seen[name].append(np.concatenate([sample, [flat.min(), flat.max()]]))
    path.unlink()
    return {name: np.concatenate(parts) for name, parts in seen.items()}


def best_limits(values: NDArray[Any]) -> tuple[float, float]:
    """Between which two numbers to lay the levels, so that the squared error of *values* is least.

    Cutting off rare large numbers makes the levels finer for all others.
    """
    low, high = min(float(values.min()), 0.0), max(float(values.max()), 0.0)
    tried = [
        (low * below, high * above) for below in _CUTS for above in (_CUTS if high > 0 else (1.0,))
    ]
    return min(tried, key=lambda limits: _error(values, *limits))


_CUTS = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4)


def _error(values: NDArray[Any], low: float, high: float) -> float:
    scale, zero = scale_and_zero(low, high)
    levels = np.clip(np.rint(values / scale) + zero, 0, _LEVELS)
    return float(np.square((levels - zero) * scale - values).mean())


def scale_and_zero(low: float, high: float) -> tuple[np.float32, np.uint8]:
    scale = max(high - low, 1e-6) / _LEVELS
    return np.float32(scale), np.uint8(np.clip(round(-low / scale), 0, _LEVELS))


def _frozen(
    node: NodeProto, limits: Mapping[str, tuple[float, float]], graph: onnx.GraphProto
) -> Iterator[NodeProto]:
    """*node*, or where it finds a scale, one that is told it; both names are constants then."""
    if node.op_type != "DynamicQuantizeLinear":
        yield node
        return
    levels, scale_name, zero_name = node.output
    scale, zero = scale_and_zero(*limits[node.input[0]])
    graph.initializer.append(numpy_helper.from_array(np.array(scale), scale_name))
    graph.initializer.append(numpy_helper.from_array(np.array(zero), zero_name))
    yield helper.make_node("QuantizeLinear", [node.input[0], scale_name, zero_name], [levels])
