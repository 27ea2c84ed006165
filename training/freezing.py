"""A dynamically quantised graph with the scales of its activations made constants."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import onnx
from onnx import NodeProto, helper, numpy_helper

MICROSOFT = "com.microsoft"
Limits = Mapping[str, tuple[float, float]]
"""Between which numbers the levels of each activation lie."""


def freeze(model: onnx.ModelProto, limits: Limits) -> None:
    """Replace what finds a scale in each run by *limits*, in place.

    onnxruntime fuses a product, its scales and its bias by itself only where the
    scales are found in the run; here they are put together.
    """
    products = {
        each.product: each
        for each in (_Product(node, model.graph) for node in model.graph.node)
        if each.product
    }
    spent = {name for each in products.values() for name in each.spent}
    nodes: list[NodeProto] = []
    for node in model.graph.node:
        if node.op_type == "DynamicQuantizeLinear":
            nodes.append(_quantizer(node, limits, model.graph))
        elif node.output[0] in products:
            nodes.append(products[node.output[0]].fused())
        elif node.output[0] not in spent:
            nodes.append(node)
    del model.graph.node[:]
    model.graph.node.extend(nodes)


def scale_and_zero(low: float, high: float) -> tuple[np.float32, np.uint8]:
    """What makes 255 steps reach from *low* to *high*, and the level that stands for zero."""
    scale = max(high - low, 1e-6) / 255
    return np.float32(scale), np.uint8(np.clip(round(-low / scale), 0, 255))


def _quantizer(node: NodeProto, limits: Limits, graph: onnx.GraphProto) -> NodeProto:
    levels, scale_name, zero_name = node.output
    scale, zero = scale_and_zero(*limits[node.input[0]])
    graph.initializer.append(numpy_helper.from_array(np.array(scale), scale_name))
    graph.initializer.append(numpy_helper.from_array(np.array(zero), zero_name))
    return helper.make_node("QuantizeLinear", [node.input[0], scale_name, zero_name], [levels])


class _Product:
    """A matrix product of integers with the nodes that make it a float again and add the bias."""

    def __init__(self, node: NodeProto, graph: onnx.GraphProto) -> None:
        self.product = node.output[0] if node.op_type == "MatMulInteger" else ""
        if not self.product:
            return
        self._node = node
        cast = _consumer(self.product, graph)
        scaled = _consumer(cast.output[0], graph)
        add = _consumer(scaled.output[0], graph)
        scales = next(each for each in graph.node if each.output[0] == scaled.input[1])
        self._scales, self._result = list(scales.input), add.output[0]
        constants = {each.name for each in graph.initializer}
        self._bias = next(name for name in add.input if name in constants)
        self.spent = {each.output[0] for each in (cast, scaled, add, scales)}

    def fused(self) -> NodeProto:
        left, right, left_zero, right_zero = self._node.input
        return helper.make_node(
            "MatMulIntegerToFloat",
            [left, right, *self._scales, left_zero, right_zero, self._bias],
            [self._result],
            domain=MICROSOFT,
        )


def _consumer(name: str, graph: onnx.GraphProto) -> NodeProto:
    """The only node that reads *name*."""
    (node,) = _consumers(name, graph)
    return node


def _consumers(name: str, graph: onnx.GraphProto) -> Iterator[NodeProto]:
    return (node for node in graph.node if name in node.input)
