from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from duck_and_cover.bundle import Bundle
from duck_and_cover.condition import Condition
from duck_and_cover.errors import DamagedBundle, Failure
from duck_and_cover.generation.engine import open_engine
from duck_and_cover.training import export as exporting
from duck_and_cover.training.export import MAX_DIFFERENCE, compare, export, graph_of
from duck_and_cover.training.record import load_run


@pytest.fixture(scope="module")
def bundle(finished_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return export(finished_run, tmp_path_factory.mktemp("bundles") / "tiny", guidance=2.0, steps=3)


def test_torch_and_onnxruntime_agree(bundle: Bundle, finished_run: Path) -> None:
    assert bundle.facts["training"]["parity_max_difference"] < MAX_DIFFERENCE == 1e-3
    module, _, _ = load_run(finished_run)
    parity = compare(graph_of(module), bundle.model.read_bytes(), inputs=6)
    assert parity.max_difference < 1e-4
    assert parity.inputs == 6


def test_a_difference_is_noticed(bundle: Bundle, finished_run: Path) -> None:
    module = load_run(finished_run)[0]
    with torch.no_grad():
        module.averaged.leave.bias += 0.01
    with pytest.raises(Failure, match="torch and onnxruntime differ by 1"):
        compare(graph_of(module), bundle.model.read_bytes())


def test_it_is_the_average_that_ships(bundle: Bundle, finished_run: Path) -> None:
    module, _, _ = load_run(finished_run)
    module.averaged.load_state_dict(module.net.state_dict())
    with pytest.raises(Failure, match="differ"):
        compare(graph_of(module), bundle.model.read_bytes())


def test_bundle_states_the_run(bundle: Bundle, finished_run: Path) -> None:
    record = json.loads((finished_run / "run.json").read_text("utf-8"))
    training = bundle.facts["training"]
    assert training["recipe"] == record["recipe"] and training["recipe"]["family"] == "flow"
    assert training["data"] == record["data"]
    assert training["images_shown"] == 800
    assert (bundle.name, bundle.resolution_px, bundle.sampler.steps) == ("tiny", 16, 3)
    card = (bundle.folder / "card.md").read_text("utf-8")
    assert f"{training['parameters']:,}" in card and record["data"]["content_hash"] in card


def test_only_three_files_and_no_pickle(bundle: Bundle) -> None:
    assert sorted(p.name for p in bundle.folder.iterdir()) == ["bundle.json", "card.md", "model.onnx"]
    assert not any(p.read_bytes()[:2] in (b"PK", b"\x80\x02", b"\x80\x04") for p in bundle.folder.iterdir())
    model = onnx.load(bundle.model)
    assert {d.domain for d in model.opset_import} <= {"", "ai.onnx"}, "no operators of one's own"
    assert all(not t.external_data for t in model.graph.initializer)


def test_weights_are_stored_in_half_precision(bundle: Bundle) -> None:
    parameters = bundle.facts["training"]["parameters"]
    assert bundle.model.stat().st_size < 2.6 * parameters + 120_000
    assert str(Path.cwd()).encode() not in bundle.model.read_bytes(), "no paths of this machine"


def test_the_engine_draws_it(bundle: Bundle) -> None:
    engine = open_engine(bundle.folder)
    metal, jazz = Condition({"metal": 1.0}, 1988), Condition({"jazz": 1.0}, 1959)
    first = engine.draw(metal, 1)
    assert first.pixels.shape == (16, 16, 3)
    assert first.pixels.std() > 5
    assert np.array_equal(first.pixels, engine.draw(metal, 1).pixels)
    assert not np.array_equal(first.pixels, engine.draw(metal, 2).pixels)
    assert not np.array_equal(first.pixels, engine.draw(jazz, 1).pixels)


def test_any_batch_size_gives_the_same(bundle: Bundle) -> None:
    session = open_engine(bundle.folder).session  # type: ignore[attr-defined]
    x = np.random.default_rng(0).standard_normal((5, 3, 16, 16), np.float32)
    feeds = {"x": x, "t": np.full(5, 0.4, np.float32), "condition": np.ones((5, 213), np.float32)}
    together = session.run(None, feeds)[0]
    alone = [session.run(None, {k: v[i : i + 1] for k, v in feeds.items()})[0] for i in range(5)]
    assert np.abs(together - np.concatenate(alone)).max() < 1e-4


def test_a_flipped_byte_is_damage(bundle: Bundle, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    copy.mkdir()
    for path in bundle.folder.iterdir():
        content = bytearray(path.read_bytes())
        if path.suffix == ".onnx":
            content[len(content) // 3] ^= 0x40
        (copy / path.name).write_bytes(content)
    with pytest.raises(DamagedBundle, match=r"model\.onnx: sha256"):
        open_engine(copy)


def test_a_failed_proof_writes_no_bundle(finished_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(drawing: object) -> None:
        raise Failure("torch and onnxruntime differ")

    monkeypatch.setattr(exporting, "to_onnx", failing)
    with pytest.raises(Failure, match="differ"):
        export(finished_run, tmp_path / "bundle")
    assert list(tmp_path.iterdir()) == []
