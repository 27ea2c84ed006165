"""Write an ONNX classifier with plain layers where onnxruntime's fused ones are slower on a processor.

``python training/unfuse.py model.onnx faster.onnx``. The weights stay as they are, to the bit:

- SkipLayerNormalization becomes Add, Add, LayerNormalization: it adds up each row number by number.
- BiasGelu becomes Add, Gelu.

``bench/tuning.py`` shows what it gains. Sessions must not fuse them again: see ``models/onnx.py``.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import onnx
from onnx import NodeProto, helper

MICROSOFT = "com.microsoft"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    options = parser.parse_args()
    model = onnx.load(options.source)
    unfuse(model)
    onnx.save(model, options.target)


def unfuse(model: onnx.ModelProto) -> None:
    """Take the fused layers apart, in place."""
    nodes = [part for node in model.graph.node for part in parts(node)]
    del model.graph.node[:]
    model.graph.node.extend(nodes)


def parts(node: NodeProto) -> Iterator[NodeProto]:
    """The nodes that do a node's work."""
    if node.op_type == "SkipLayerNormalization":
        yield from plain_layer_normalization(node)
    elif node.op_type == "BiasGelu":
        added = f"{node.output[0]}_biased"
        yield helper.make_node("Add", node.input, [added])
        yield helper.make_node("Gelu", [added], node.output, domain=MICROSOFT)
    else:
        yield node


def plain_layer_normalization(node: NodeProto) -> Iterator[NodeProto]:
    branch, skip, scale, shift, bias = node.input
    (name,) = node.output
    biased, summed = f"{name}_biased", f"{name}_summed"
    epsilon = next(each.f for each in node.attribute if each.name == "epsilon")
    yield helper.make_node("Add", [branch, bias], [biased])
    yield helper.make_node("Add", [biased, skip], [summed])
    yield helper.make_node(
        "LayerNormalization", [summed, scale, shift], [name], axis=-1, epsilon=epsilon
    )


if __name__ == "__main__":
    main()
