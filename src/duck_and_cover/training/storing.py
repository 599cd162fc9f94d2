"""Weights on disk in half precision, or in a byte with a scale for each output; computing stays in single precision.

`rounded` is done to a network before it is exported, so that `store` loses nothing: what the file holds is exactly what
was compared with torch.

    O  outputs of a layer, the rows of its weights
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import onnx
import onnx.numpy_helper
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

__all__ = ["Bits", "rounded", "store"]

Bits = Literal[16, 8]

FEWEST = 100_000
"""Smaller tensors are kept in half precision. Those next to the pixels err ten times as much in eight bits as all
others together and weigh nothing: in bytes throughout flow-128 got a colour cast and a grid (docs/log.md)."""

_LEAST_SCALE = 2.0**-14
"""Smaller scales have fewer than eleven digits in half precision."""


@torch.no_grad()
def rounded(net: nn.Module, bits: Bits) -> None:
    """Move every weight, in place, to the nearest number that `bits` can hold."""
    for values in [*net.parameters(), *net.buffers()]:
        if values.is_floating_point():
            values.copy_(_eight(values) if bits == 8 and _is_large(values.shape) else values.half().float())


def _is_large(shape: torch.Size | tuple[int, ...]) -> bool:
    return len(shape) >= 2 and int(np.prod(shape)) >= FEWEST


def _eight(values: Tensor) -> Tensor:
    """(O, ...) as -127 to 127 times a scale, one for each of O, itself of half precision and exact at 127 times."""
    rows = values.flatten(1)
    scale = (rows.abs().amax(1) / 127).clamp_min(_LEAST_SCALE).half().float()
    levels = (rows / scale[:, None]).round().clamp(-127, 127)
    return (levels * scale[:, None]).reshape(values.shape)


def store(model: onnx.ModelProto) -> None:
    """Keep large float tensors that lose nothing by it in eight bits or half precision, in place; they are made single
    again where they enter the graph, once, when it is loaded."""
    graph, before = model.graph, []
    for tensor in list(graph.initializer):
        if tensor.data_type != onnx.TensorProto.FLOAT or np.prod(tensor.dims) < 64:
            continue
        nodes, parts = _halved(tensor) or _in_eight(tensor) or ([], [])
        if parts:  # else the exporter folded something into it
            graph.initializer.remove(tensor)
            graph.initializer.extend(parts)
            before.extend(nodes)
    for node in reversed(before):
        graph.node.insert(0, node)
    del graph.value_info[:]
    for node in graph.node:
        node.doc_string = ""
        del node.metadata_props[:]


_Stored = tuple[list[onnx.NodeProto], list[onnx.TensorProto]] | None


def _halved(tensor: onnx.TensorProto) -> _Stored:
    exact, name = onnx.numpy_helper.to_array(tensor), tensor.name
    values = exact.astype(np.float16)
    if not np.array_equal(values.astype(np.float32), exact):
        return None
    return [_single(f"{name}.half", name)], [onnx.numpy_helper.from_array(values, f"{name}.half")]


def _in_eight(tensor: onnx.TensorProto) -> _Stored:
    """By rows, or by columns where the exporter turned a matrix."""
    exact, name = onnx.numpy_helper.to_array(tensor), tensor.name
    for axis in (0, exact.ndim - 1):
        levels, scale = _levels(np.moveaxis(exact, axis, 0))
        levels, scale = np.moveaxis(levels, 0, axis), np.moveaxis(scale, 0, axis)
        if np.array_equal(levels.astype(np.float32) * scale.astype(np.float32), exact):
            nodes = [_single(f"{name}.levels", f"{name}.whole"), _single(f"{name}.scale", f"{name}.step"),
                     onnx.helper.make_node("Mul", [f"{name}.whole", f"{name}.step"], [name])]  # fmt: skip
            return nodes, [onnx.numpy_helper.from_array(np.ascontiguousarray(levels), f"{name}.levels"),
                           onnx.numpy_helper.from_array(np.ascontiguousarray(scale), f"{name}.scale")]  # fmt: skip
    return None


def _levels(rows: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float16]]:
    """What `_eight` made of (O, ...): whole numbers of the same shape, and scales (O, 1, ...)."""
    largest = np.abs(rows).max(tuple(range(1, rows.ndim)), keepdims=True)
    scale = np.maximum(largest / 127, _LEAST_SCALE).astype(np.float16)
    return (rows / scale.astype(np.float32)).round().astype(np.int8), scale


def _single(source: str, target: str) -> onnx.NodeProto:
    return onnx.helper.make_node("Cast", [source], [target], to=onnx.TensorProto.FLOAT)
