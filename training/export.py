"""Stage 3: the trained weights as an ONNX graph of the layers that onnxruntime runs fastest on a processor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import network
import numpy as np
import onnx
import torch
from freezing import MICROSOFT
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, helper, numpy_helper

from sentijob.models.onnx import new_session, session_options

_OPSET, _IR = 17, 9
_TOLERANCE = 1e-3
Weights = Mapping[str, NDArray[np.float32]]


class Graph:
    """Nodes and constants, as they are put together."""

    def __init__(self) -> None:
        self.nodes: list[NodeProto] = []
        self.constants: list[TensorProto] = []

    def constant(self, name: str, value: NDArray[np.generic]) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def add(
        self, kind: str, inputs: Sequence[str], outputs: Sequence[str], **extra: object
    ) -> None:
        # Attention and the embedding are onnxruntime's own, and so is this GELU.
        own = {"EmbedLayerNormalization", "Attention", "Gelu"}
        domain = MICROSOFT if kind in own else ""
        name = f"{kind} to {outputs[0]}"
        self.nodes.append(helper.make_node(kind, inputs, outputs, name, domain=domain, **extra))


def export(model: network.Classifier, path: Path) -> float:
    """Write *model* to *path*; gives the most that a logit differs from torch's.

    Raises:
        ValueError: that is more than rounding makes.
    """
    weights = {name: each.numpy() for name, each in model.state_dict().items()}
    onnx.save(build(weights), path)
    difference = compare(model, path)
    if difference > _TOLERANCE:
        raise ValueError(f"{path} differs from torch by {difference}")
    return difference


def build(weights: Weights) -> onnx.ModelProto:
    graph = Graph()
    _embed(graph, weights)
    states = "x0"
    for number in range(network.LAYERS):
        states = _layer(graph, weights, number, states)
    _pool(graph, weights, states)
    shape = ["b", "s"]
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT32, shape)
        for name in ("input_ids", "attention_mask")
    ]
    output = helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["b", network.CLASSES])
    made = helper.make_graph(graph.nodes, "mini", inputs, [output], graph.constants)
    opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(MICROSOFT, 1)]
    return helper.make_model(made, opset_imports=opsets, ir_version=_IR, producer_name="sentijob")


def _embed(graph: Graph, weights: Weights) -> None:
    # All texts are of the first kind, so that its vector is part of each position's.
    positions = weights["position.weight"] + weights["kind.weight"][0]
    tables = [
        graph.constant("word", weights["word.weight"]),
        graph.constant("pos", positions),
    ]
    norms = [
        graph.constant("eg", weights["norm.weight"]),
        graph.constant("eb", weights["norm.bias"]),
    ]
    graph.add(
        "EmbedLayerNormalization",
        ["input_ids", "", *tables, "", *norms, "attention_mask"],
        ["x0", "mask_index"],
        epsilon=network.EPSILON,
    )


def _layer(graph: Graph, weights: Weights, number: int, states: str) -> str:
    def weight(name: str) -> NDArray[np.float32]:
        return weights[f"layers.{number}.{name}"]

    def name(short: str) -> str:
        return f"l{number}_{short}"

    asked = ("query", "key", "value")
    joint = np.concatenate([weight(f"{one}.weight").T for one in asked], axis=1)
    bias = np.concatenate([weight(f"{one}.bias") for one in asked])
    graph.add(
        "Attention",
        [
            states,
            graph.constant(name("qkv_w"), joint),
            graph.constant(name("qkv_b"), bias),
            "mask_index",
        ],
        [name("att")],
        num_heads=network.HEADS,
    )

    def dense(source: str, short: str, of: str) -> str:
        matrix = graph.constant(name(f"{short}_w"), weight(f"{of}.weight").T)
        graph.add("MatMul", [source, matrix], [name(short)])
        shift = graph.constant(name(f"{short}_b"), weight(f"{of}.bias"))
        graph.add("Add", [name(short), shift], [name(f"{short}_biased")])
        return name(f"{short}_biased")

    def norm(branch: str, skip: str, short: str, of: str) -> str:
        graph.add("Add", [branch, skip], [name(f"{short}_summed")])
        scale = graph.constant(name(f"{short}_g"), weight(f"{of}.weight"))
        shift = graph.constant(name(f"{short}_s"), weight(f"{of}.bias"))
        graph.add(
            "LayerNormalization",
            [name(f"{short}_summed"), scale, shift],
            [name(short)],
            axis=-1,
            epsilon=network.EPSILON,
        )
        return name(short)

    middle = norm(dense(name("att"), "o", "mixed"), states, "h", "mixed_norm")
    wide = dense(middle, "f1", "wide")
    graph.add("Gelu", [wide], [name("g")])
    return norm(dense(name("g"), "f2", "narrow"), middle, "y", "norm")


def _pool(graph: Graph, weights: Weights, states: str) -> None:
    graph.constant("ax1", np.array([1]))
    graph.constant("ax2", np.array([2]))
    graph.add("Cast", ["attention_mask"], ["mf"], to=TensorProto.FLOAT)
    graph.add("Unsqueeze", ["mf", "ax2"], ["mu"])
    graph.add("Mul", [states, "mu"], ["xm"])
    graph.add("ReduceSum", ["xm", "ax1"], ["xs"], keepdims=0)
    graph.add("ReduceSum", ["mf", "ax1"], ["ms"], keepdims=1)
    graph.add("Div", ["xs", "ms"], ["pooled"])
    # A Gemm, not a MatMul: three columns aren't worth quantising.
    head = [
        graph.constant("fc_w", weights["head.weight"]),
        graph.constant("fc_b", weights["head.bias"]),
    ]
    graph.add("Gemm", ["pooled", *head], ["logits"], transB=1)


def compare(model: network.Classifier, path: Path) -> float:
    """The most that a logit of the graph differs from torch's, with rows of all lengths beside each other."""
    chance = np.random.default_rng(0)
    lengths = np.array([3, 17, 40, 64])
    ids = chance.integers(1_000, network.WORDS, (len(lengths), lengths.max()))
    mask = np.arange(lengths.max()) < lengths[:, None]
    session = new_session(path, session_options())
    feed = {
        "input_ids": ids.astype(np.int32),
        "attention_mask": mask.astype(np.int32),
    }
    (logits,) = session.run(["logits"], feed)
    with torch.no_grad():
        expected = model.eval()(torch.from_numpy(ids), torch.from_numpy(mask)).numpy()
    return float(np.abs(logits - expected).max())
