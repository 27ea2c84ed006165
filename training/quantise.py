"""Stage 4: int8 weights, per channel; activations by a scale of each run, or by one found beforehand.

With a scale of each run ("dynamic") a text's answer depends on the texts beside it. With scales found
beforehand ("static") it doesn't, so that the runtime may pack rows into runs.

Some channels of an activation are ten times as large as the rest and would leave the others few levels. So they
are evened out first: divided by numbers that the weights behind them are multiplied with.

Source: "SmoothQuant: Accurate and Efficient Post-Training Quantization for Large Language Models", Xiao et al., ICML 2023.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import onnx
from freezing import Limits, freeze, scale_and_zero
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic  # type: ignore[import-untyped]  # it ships no types

from sentijob.models.onnx import new_session, session_options

ALPHA = 0.8
"""How much of the unevenness goes from the activations into the weights; chosen by trial, see ``docs/training.md``."""
_UNEVEN = ("_h", "_g", "_y", "x0")
"""Ends of the names of activations that are: all but those that attention gives and the pooled one."""
_OPERATORS = ["MatMul", "Attention", "EmbedLayerNormalization"]
_SAMPLE = 2_000
_CUTS = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4)
Row = NDArray[np.int32]


class Seen(NamedTuple):
    """What an activation is over some rows."""

    values: NDArray[Any]
    """A sample, with the extremes of each row."""
    peaks: NDArray[Any]
    """The largest of each channel, without its sign."""


def even(source: Path, target: Path, rows: Sequence[Row]) -> None:
    """*source*, a float model, with activations whose channels are of like size over *rows*; it answers the same."""
    model = onnx.load(source)
    constants = {each.name: each for each in model.graph.initializer}
    dense = [node for node in model.graph.node if node.op_type in {"MatMul", "Attention"}]
    uneven = {node.input[0]: node for node in dense if node.input[0].endswith(_UNEVEN)}
    nodes = list(model.graph.node)
    for name, seen in observe(source, list(uneven), rows).items():
        node = uneven[name]
        weights = numpy_helper.to_array(constants[node.input[1]])
        factors = evening(seen.peaks, weights)
        scaled = numpy_helper.from_array(weights * factors[:, None], node.input[1])
        constants[node.input[1]].CopyFrom(scaled)
        evened, by = f"{name}_even", f"{name}_even_by"
        model.graph.initializer.append(numpy_helper.from_array(1 / factors, by))
        node.input[0] = evened
        nodes.insert(nodes.index(node), helper.make_node("Mul", [name, by], [evened]))
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    onnx.save(model, target)


def evening(peaks: NDArray[Any], weights: NDArray[Any]) -> NDArray[np.float32]:
    """What to divide each channel by; about 1 in the middle."""
    behind = np.maximum(np.abs(weights).max(1), 1e-5)
    factors = np.maximum(peaks, 1e-5) ** ALPHA / behind ** (1 - ALPHA)
    evened: NDArray[np.float32] = np.clip(factors / np.exp(np.log(factors).mean()), 0.01, 100)
    return evened.astype(np.float32)


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


def static(source: Path, quantised: Path, target: Path, rows: Sequence[Row]) -> Limits:
    """*quantised* (by :func:`dynamic`, of *source*) with scales that *rows* call for; gives their limits."""
    model = onnx.load(quantised)
    wanted = [node for node in model.graph.node if node.op_type == "DynamicQuantizeLinear"]
    seen = observe(source, [node.input[0] for node in wanted], rows)
    limits = {name: best_limits(each.values) for name, each in seen.items()}
    freeze(model, limits)
    onnx.save(model, target)
    return limits


def observe(source: Path, names: Sequence[str], rows: Sequence[Row]) -> dict[str, Seen]:
    """What the activations *names* of a float model are over *rows*."""
    model = onnx.load(source)
    model.graph.output.extend(
        helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in names
    )
    path = source.with_name("observed.onnx")
    onnx.save(model, path)
    session = new_session(path, session_options())
    path.unlink()
    chance = np.random.default_rng(0)
    samples: dict[str, list[NDArray[Any]]] = {name: [] for name in names}
    peaks: dict[str, list[NDArray[Any]]] = {name: [] for name in names}
    for row in rows:
        feed = {"input_ids": row[None], "attention_mask": np.ones_like(row)[None]}
        for name, values in zip(names, session.run(list(names), feed), strict=True):
            flat = values.ravel()
            drawn = chance.choice(flat, min(len(flat), _SAMPLE), replace=False)
            samples[name].append(np.concatenate([drawn, [flat.min(), flat.max()]]))
            peaks[name].append(np.abs(values.reshape(-1, values.shape[-1])).max(0))
    return {
        name: Seen(np.concatenate(samples[name]), np.max(peaks[name], axis=0)) for name in names
    }


def best_limits(values: NDArray[Any]) -> tuple[float, float]:
    """Between which two numbers to lay the levels, so that the squared error of *values* is least.

    Cutting off rare large numbers makes the levels finer for all others.
    """
    low, high = min(float(values.min()), 0.0), max(float(values.max()), 0.0)
    tried = [(low * below, high * above) for below in _CUTS for above in _CUTS]
    return min(tried, key=lambda limits: _error(values, *limits))


def _error(values: NDArray[Any], low: float, high: float) -> float:
    scale, zero = scale_and_zero(low, high)
    levels = np.clip(np.rint(values / scale) + zero, 0, 255)
    return float(np.square((levels - zero) * scale - values).mean())
