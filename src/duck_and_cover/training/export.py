"""A run becomes a bundle: averaged weights as ONNX, with a proof that onnxruntime draws what torch draws."""

from __future__ import annotations

import io
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnx.numpy_helper
import torch
from torch import Tensor, nn

from duck_and_cover.bundle import Bundle, Sampler
from duck_and_cover.errors import Failure
from duck_and_cover.models.flow import FlowDenoiser
from duck_and_cover.training.run import load_run

__all__ = ["MAX_DIFFERENCE", "Parity", "default_card", "export", "to_onnx"]

MAX_DIFFERENCE = 1e-3
"""Largest difference of a value in about [-1, 1] that an export may show."""


@dataclass(frozen=True)
class Parity:
    """Largest difference between torch and onnxruntime over `inputs` random inputs."""

    max_difference: float
    inputs: int


class _Drawing(nn.Module):
    """The denoiser as it is used for drawing: no aspects."""

    def __init__(self, net: FlowDenoiser) -> None:
        super().__init__()
        self.net = net

    def forward(self, x: Tensor, t: Tensor, condition: Tensor) -> Tensor:
        return self.net(x, t, condition)


def to_onnx(net: FlowDenoiser) -> tuple[bytes, Parity]:
    """Serialise with weights stored in half precision (computed in single), and compare with torch.

    The network's own weights are rounded to half precision first, so both sides hold the same numbers.
    Raises `Failure` where any output differs by `MAX_DIFFERENCE` or more.
    """
    net = net.float().eval().to(memory_format=torch.contiguous_format)  # type: ignore[call-overload]
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.copy_(parameter.half().float())
    r, d = net.config.resolution_px, net.config.condition_dims
    example = (torch.randn(2, 3, r, r), torch.rand(2), torch.randn(2, d))
    batch = torch.export.Dim("batch", min=1, max=4096)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*The axis name: batch.*")  # all three inputs share it, as meant
        warnings.filterwarnings("ignore", ".*LeafSpec.*")
        program = torch.onnx.export(
            _Drawing(net).eval(),
            example,
            input_names=["x", "t", "condition"],
            output_names=["velocity"],
            dynamic_shapes={"x": {0: batch}, "t": {0: batch}, "condition": {0: batch}},
            opset_version=20,
            dynamo=True,
            verbose=False,
        )
    assert program is not None
    buffer = io.BytesIO()
    program.save(buffer)  # type: ignore[arg-type]  (takes files too)
    model = onnx.load_from_string(buffer.getvalue())
    _store_half(model)
    onnx.checker.check_model(model)
    content = model.SerializeToString()
    return content, _compare(net, content)


def _store_half(model: onnx.ModelProto) -> None:
    """Keep large float tensors as half precision, cast back where they enter the graph."""
    graph, casts = model.graph, []
    for tensor in list(graph.initializer):
        if tensor.data_type != onnx.TensorProto.FLOAT or np.prod(tensor.dims) < 64:
            continue
        values, name = onnx.numpy_helper.to_array(tensor).astype(np.float16), tensor.name
        graph.initializer.remove(tensor)
        graph.initializer.append(onnx.numpy_helper.from_array(values, f"{name}.half"))
        casts.append(onnx.helper.make_node("Cast", [f"{name}.half"], [name], to=onnx.TensorProto.FLOAT))
    for node in reversed(casts):
        graph.node.insert(0, node)
    del graph.value_info[:]
    for node in graph.node:
        node.doc_string = ""
        del node.metadata_props[:]


def _compare(net: FlowDenoiser, content: bytes, inputs: int = 8) -> Parity:
    from onnxruntime import InferenceSession  # the proof needs the runtime that will draw

    session = InferenceSession(content, providers=["CPUExecutionProvider"])
    worst, generator = 0.0, torch.Generator().manual_seed(0)
    r, d = net.config.resolution_px, net.config.condition_dims
    for i in range(inputs):
        x = torch.randn(1 + i % 3, 3, r, r, generator=generator)
        t, condition = torch.rand(len(x), generator=generator), torch.randn(len(x), d, generator=generator)
        with torch.no_grad():
            wanted = net(x, t, condition).numpy()
        found = session.run(None, {"x": x.numpy(), "t": t.numpy(), "condition": condition.numpy()})[0]
        worst = max(worst, float(np.abs(wanted - np.asarray(found)).max()))
    if worst >= MAX_DIFFERENCE:
        raise Failure(f"torch and onnxruntime differ by {worst:.2e}; wanted below {MAX_DIFFERENCE:.0e}")
    return Parity(worst, inputs)


def export(run_dir: Path, bundle_dir: Path, card: str | None = None, sampler: Sampler | None = None) -> Bundle:
    """Write the averaged weights of a run as a bundle; returns it opened and verified."""
    module, encoder, record = load_run(run_dir)
    model, parity = to_onnx(module.averaged)
    facts: dict[str, Any] = {
        "images_shown": int(module.images_shown),
        "parity_max_difference": parity.max_difference,
        "parameters": sum(p.numel() for p in module.averaged.parameters()),
        **record,
    }
    return Bundle.write(
        bundle_dir,
        model,
        card or default_card(module.recipe.name, facts),
        name=bundle_dir.name,
        family="flow",
        resolution_px=module.recipe.network.resolution_px,
        sampler=sampler or Sampler(guidance=module.recipe.guidance),
        encoder=encoder,
        training=facts,
    )


def default_card(name: str, facts: Mapping[str, Any]) -> str:
    """A model card with what the run knows about itself."""
    data, versions = facts["data"], facts["versions"]
    return f"""# {name}

A conditional flow-matching denoiser that draws album-cover art: composition, colour and light, no letters.

- parameters: {facts["parameters"]:,}
- data: {data["covers"]:,} covers, hash `{data["content_hash"]}`; lettering filled in: {data["letters_filled_in"]}
- images shown: {facts["images_shown"]:,}
- recipe: `{facts["recipe"]["name"]}`, the whole of it in `bundle.json`
- trained with torch {versions["torch"]}, lightning {versions["lightning"]} on {facts["machine"]}
- largest difference between torch and onnxruntime: {facts["parity_max_difference"]:.1e}

Rights: whoever trains on pictures of others answers for their use; write here under which rights they were.
"""
