"""A run becomes a bundle: averaged weights as ONNX, with a proof that onnxruntime computes what torch does."""

from __future__ import annotations

import io
import json
import logging
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from torch import Tensor, nn

from duck_and_cover.bundle import Bundle, Sampler
from duck_and_cover.errors import Failure
from duck_and_cover.models.conditioning import Stage
from duck_and_cover.models.flow import FlowDenoiser
from duck_and_cover.models.progan import bake
from duck_and_cover.training.adversarial import GanTraining
from duck_and_cover.training.denoising import FlowTraining
from duck_and_cover.training.judging import JudgeTraining
from duck_and_cover.training.module import Training
from duck_and_cover.training.recipe import GanRecipe
from duck_and_cover.training.record import load_run, restore_best
from duck_and_cover.training.storing import Bits, rounded, store
from duck_and_cover.training.upscaling import UpscaleTraining

__all__ = ["MAX_DIFFERENCE", "Graph", "Parity", "compare", "default_card", "export", "graph_of", "to_onnx"]

MAX_DIFFERENCE = 1e-3
"""Largest difference of a value in about [-1, 1] that an export may show."""


@dataclass(frozen=True)
class Parity:
    """Largest difference between torch and onnxruntime over `inputs` random inputs."""

    max_difference: float
    inputs: int


@dataclass(frozen=True)
class Graph:
    """What is exported: a module, and the names and shapes of what goes in and comes out.

    inputs:  name -> shape of one sample. "t" is a time in [0, 1]; all others are standard normal in the proof.
    """

    module: nn.Module
    inputs: Mapping[str, tuple[int, ...]]
    outputs: tuple[str, ...]

    def example(self, count: int, generator: torch.Generator) -> dict[str, Tensor]:
        """Random inputs, name -> (count, ...)."""
        draw = {name: torch.rand if name == "t" else torch.randn for name in self.inputs}
        return {name: draw[name](count, *shape, generator=generator) for name, shape in self.inputs.items()}


class _Denoiser(nn.Module):
    """The denoiser as it is used for drawing: no aspects."""

    def __init__(self, net: FlowDenoiser) -> None:
        super().__init__()
        self.net = net

    def forward(self, x: Tensor, t: Tensor, condition: Tensor) -> Tensor:
        return self.net(x, t, condition)


class _Enlarger(nn.Module):
    """The upscaler, by the names that its bundle gives to what goes in."""

    def __init__(self, net: nn.Module) -> None:
        super().__init__()
        self.net = net

    def forward(self, noise: Tensor, picture: Tensor) -> Tensor:
        return self.net(noise, picture)


class _Generator(nn.Module):
    """A GAN's generator at the stage that its run has reached."""

    def __init__(self, net: nn.Module, stage: Stage) -> None:
        super().__init__()
        self.net, self.stage = net, stage

    def forward(self, z: Tensor, condition: Tensor) -> Tensor:
        return self.net(z, condition, self.stage)


def graph_of(module: Training, bits: Bits = 16) -> Graph:
    """The averaged network of a run, in single precision, its weights rounded as they will be stored."""
    net = module.averaged.float().eval().to(memory_format=torch.contiguous_format)  # type: ignore[call-overload]
    bake(net)
    rounded(net, bits)
    r, d = module.recipe.network.resolution_px, module.recipe.network.condition_dims
    if isinstance(module, FlowTraining):
        return Graph(_Denoiser(net).eval(), {"x": (3, r, r), "t": (), "condition": (d,)}, ("velocity",))
    if isinstance(module, JudgeTraining):
        return Graph(net, {"picture": (3, r, r)}, ("families", "decades", "features"))
    if isinstance(module, UpscaleTraining):
        side = module.recipe.network.small_px
        return Graph(_Enlarger(net).eval(), {"noise": (1, side, side), "picture": (3, side, side)}, ("enlarged",))
    assert isinstance(module, GanTraining)
    recipe: GanRecipe = module.recipe
    generator = _Generator(net, recipe.stage_at(int(module.images_shown))).eval()
    latent: int = recipe.network.latent  # type: ignore[union-attr]
    return Graph(generator, {"z": (latent,), "condition": (d,)}, ("picture",))


def to_onnx(graph: Graph) -> tuple[bytes, Parity]:
    """Serialise with weights stored as `graph_of` rounded them (computed in single precision), and compare with torch.

    Raises `Failure` where any output differs by `MAX_DIFFERENCE` or more.
    """
    batch = torch.export.Dim("batch", min=1, max=4096)
    # batch normalisation would be folded into weights, which are then no longer as they were rounded
    normalises = any(isinstance(layer, nn.BatchNorm2d) for layer in graph.module.modules())
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)  # that there is no torchvision
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*The axis name: batch.*")  # all inputs share it, as meant
        warnings.filterwarnings("ignore", ".*LeafSpec.*")
        program = torch.onnx.export(
            graph.module,
            tuple(graph.example(2, torch.Generator().manual_seed(1)).values()),
            input_names=list(graph.inputs),
            output_names=list(graph.outputs),
            dynamic_shapes={name: {0: batch} for name in graph.inputs},
            opset_version=20,
            dynamo=True,
            optimize=not normalises,
            verbose=False,
        )
    assert program is not None
    buffer = io.BytesIO()
    program.save(buffer)  # type: ignore[arg-type]  (takes files too)
    model = onnx.load_from_string(buffer.getvalue())
    store(model)
    onnx.checker.check_model(model)
    content = model.SerializeToString()
    return content, compare(graph, content)


def compare(graph: Graph, content: bytes, inputs: int = 8) -> Parity:
    """Compute with torch and with onnxruntime from the same inputs, one to three at a time."""
    from onnxruntime import InferenceSession  # the proof needs the runtime that will draw

    session = InferenceSession(content, providers=["CPUExecutionProvider"])
    worst, generator = 0.0, torch.Generator().manual_seed(0)
    for i in range(inputs):
        given = graph.example(1 + i % 3, generator)
        with torch.no_grad():
            wanted = graph.module(*given.values())
        found = session.run(list(graph.outputs), {name: value.numpy() for name, value in given.items()})
        for one, other in zip(wanted if isinstance(wanted, tuple) else (wanted,), found, strict=True):
            worst = max(worst, float(np.abs(one.numpy() - np.asarray(other)).max()))
    if worst >= MAX_DIFFERENCE:
        raise Failure(f"torch and onnxruntime differ by {worst:.2e}; wanted below {MAX_DIFFERENCE:.0e}")
    return Parity(worst, inputs)


def export(
    run_dir: Path,
    bundle_dir: Path,
    card: str | None = None,
    *,
    best: bool = False,
    guidance: float | None = None,
    steps: int | None = None,
    bits: Bits = 16,
) -> Bundle:
    """Write the averaged weights of a run as a bundle; returns it opened and verified.

    best:      those of its best moment (`health.py`), not the last.
    guidance:  how strictly a denoiser follows the condition; the recipe's by default.
    steps:     of a denoiser, 8 by default.
    bits:      16 stores weights in half precision, 8 large ones with a scale for each output (`storing.py`).
    """
    module, encoder, record = load_run(run_dir)
    if best:
        restore_best(module, run_dir)
    wanted = {"guidance": getattr(module.recipe, "guidance", 1.0) if guidance is None else guidance, "steps": steps,
              "shift": getattr(module.recipe, "shift", None)}  # fmt: skip
    sampler = Sampler(**{name: value for name, value in wanted.items() if value is not None})
    model, parity = to_onnx(graph_of(module, bits))
    facts: dict[str, Any] = {
        "images_shown": int(module.images_shown),
        "parity_max_difference": parity.max_difference,
        "bits": bits,
        "parameters": sum(p.numel() for p in module.averaged.parameters()),
        **_costs(run_dir),
        **record,
        "recipe": module.recipe.to_json(),
    }
    return Bundle.write(
        bundle_dir,
        model,
        card or default_card(module.recipe.name, facts),
        name=bundle_dir.name,
        family=module.recipe.family,
        resolution_px=module.recipe.resolution_at(int(module.images_shown)),
        sampler=sampler,
        encoder=encoder,
        training=facts,
    )


def _costs(run_dir: Path) -> dict[str, float]:
    """What a run took at most of memory, MiB, as it wrote it down; nothing where it did not."""
    try:
        lines = (run_dir / "stats.jsonl").read_text("utf-8").splitlines()
        found = [row["memory_mib"] for row in map(json.loads, lines) if "memory_mib" in row]
    except (OSError, ValueError):
        return {}
    return {"memory_mib": max(found)} if found else {}


_KINDS = {
    "flow": "A conditional flow-matching denoiser",
    "dcgan": "A conditional DCGAN",
    "wgan-gp": "A conditional WGAN-GP",
    "progan": "A conditional progressively grown GAN",
    "r3gan": "A conditional R3GAN",
}


def _purpose(family: str) -> str:
    if family == "judge":
        return "A classifier of album-cover art without letters, by genre family and decade, to measure networks with."
    if family == "upscaler":
        return "A network that makes art of 64 px four times as large, with texture as album covers have it."
    return f"{_KINDS[family]} that draws album-cover art: composition, colour and light, no letters."


def default_card(name: str, facts: Mapping[str, Any]) -> str:
    """A model card with what the run knows about itself."""
    data, versions = facts["data"], facts["versions"]
    filled = data.get("letters") or data.get("letters_filled_in")
    return f"""# {name}

{_purpose(facts["recipe"].get("family", "flow"))}

- parameters: {facts["parameters"]:,}
- data: {data["covers"]:,} covers, hash `{data["content_hash"]}`; lettering {"" if filled else "not "}filled in
- images shown: {facts["images_shown"]:,}
- recipe: `{facts["recipe"]["name"]}`, the whole of it in `bundle.json`
- trained with torch {versions["torch"]}, lightning {versions["lightning"]} on {facts["machine"]}
- largest difference between torch and onnxruntime: {facts["parity_max_difference"]:.1e}

Rights: whoever trains on pictures of others answers for their use; write here under which rights they were.
"""
