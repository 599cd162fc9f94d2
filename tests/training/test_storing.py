from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnx.numpy_helper
import pytest
import torch
from torch import nn

from duck_and_cover.condition import Condition
from duck_and_cover.generation.engine import open_engine
from duck_and_cover.training import storing
from duck_and_cover.training.export import export
from duck_and_cover.training.storing import FEWEST, rounded, store


def layer() -> nn.Linear:
    torch.manual_seed(0)
    return nn.Linear(FEWEST // 64 + 1, 64)


def model_of(**tensors: np.ndarray) -> onnx.ModelProto:
    initializers = [onnx.numpy_helper.from_array(values, name) for name, values in tensors.items()]
    graph = onnx.helper.make_graph([], "weights", [], [], initializers)
    return onnx.helper.make_model(graph)


def kinds(model: onnx.ModelProto) -> dict[str, int]:
    return {tensor.name: tensor.data_type for tensor in model.graph.initializer}


def test_sixteen_bits_are_half_precision() -> None:
    net = layer()
    before = net.weight.detach().clone()
    rounded(net, 16)
    assert torch.equal(net.weight, before.half().float()) and not torch.equal(net.weight, before)


def test_eight_bits_err_by_half_a_step_at_most() -> None:
    net = layer()
    before = net.weight.detach().clone()
    rounded(net, 8)
    step = before.abs().amax(1, keepdim=True) / 127
    error = (net.weight.detach() - before).abs()
    assert torch.all(error <= 0.53 * step), "half a step, and the scale's own rounding"
    assert float(error.max()) > 0.3 * float(step.min())
    assert torch.equal(net.bias, net.bias.half().float()), "small tensors keep half precision"
    small = nn.Linear(64, 64)
    before = small.weight.detach().clone()
    rounded(small, 8)
    assert torch.equal(small.weight, before.half().float())
    again = net.weight.detach().clone()
    rounded(net, 8)
    assert torch.equal(net.weight, again), "rounding what is rounded changes nothing"


def test_rows_of_zeros_and_tiny_ones_survive() -> None:
    net = layer()
    with torch.no_grad():
        net.weight[0], net.weight[1] = 0, 1e-9
    rounded(net, 8)
    assert torch.isfinite(net.weight).all() and not net.weight[:2].any()


@pytest.mark.parametrize("turned", [False, True])
def test_what_was_rounded_is_stored_without_loss(turned: bool) -> None:
    net = layer()
    rounded(net, 8)
    exact = net.weight.detach().numpy()
    exact = np.ascontiguousarray(exact.T) if turned else exact
    model = model_of(weight=exact, bias=net.bias.detach().numpy())
    store(model)
    assert kinds(model) == {"weight.levels": onnx.TensorProto.INT8, "weight.scale": onnx.TensorProto.FLOAT16,
                            "bias.half": onnx.TensorProto.FLOAT16}  # fmt: skip
    stored = {t.name: onnx.numpy_helper.to_array(t).astype(np.float32) for t in model.graph.initializer}
    assert np.array_equal(stored["weight.levels"] * stored["weight.scale"], exact)
    assert [node.op_type for node in model.graph.node].count("Mul") == 1


def test_what_was_not_rounded_is_left_alone() -> None:
    values = np.random.default_rng(0).standard_normal((64, FEWEST // 64)).astype(np.float32)
    model = model_of(weight=values)
    store(model)
    assert kinds(model) == {"weight": onnx.TensorProto.FLOAT}


def test_a_bundle_of_bytes_is_smaller_and_draws_nearly_the_same(
    finished_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storing, "FEWEST", 4096)  # the network of the tests has no larger layers
    plain, small = export(finished_run, tmp_path / "plain"), export(finished_run, tmp_path / "small", bits=8)
    assert small.model.stat().st_size < 0.75 * plain.model.stat().st_size
    assert (plain.facts["training"]["bits"], small.facts["training"]["bits"]) == (16, 8)
    asked = Condition({"metal": 1.0}, 1988)
    one, other = (open_engine(bundle.folder).draw(asked, 3).pixels.astype(float) for bundle in (plain, small))
    assert 0 < np.abs(one - other).mean() < 4
