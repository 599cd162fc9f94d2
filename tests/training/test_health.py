from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from duck_and_cover.condition import ConditionEncoder
from duck_and_cover.training.batches import training_set
from duck_and_cover.training.checkpoints import read_checkpoint
from duck_and_cover.training.denoising import FlowTraining
from duck_and_cover.training.health import COLLAPSED, Health, variety
from duck_and_cover.training.recipe import FlowRecipe


def test_variety_of_one_picture_is_none() -> None:
    rng = np.random.default_rng(0)
    many = rng.integers(0, 256, (20, 16, 16, 3), np.uint8)
    assert variety(np.repeat(many[:1], 20, 0)) == pytest.approx(0.0, abs=1e-6)
    ends = np.stack([np.full((16, 16, 3), v, np.uint8) for v in (0, 255)])
    assert variety(ends) == pytest.approx(1.0, abs=1e-6), "black and white are as far apart as can be"
    assert 0.05 < variety(many) < 1


def test_real_covers_measure_as_healthy(
    small_recipe: FlowRecipe, tiny_dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Drawing the covers themselves gives a variety of 1 and a small distance; drawing one of them a collapse."""
    covers = training_set(tiny_dataset, small_recipe, ConditionEncoder(), tmp_path)
    health, module = Health(covers, tmp_path), FlowTraining(small_recipe)
    handed = iter(())

    def draw(condition: object, latent: object) -> object:
        return next(handed)

    monkeypatch.setattr(module, "draw", draw)

    def measured(pixels: np.ndarray) -> dict[str, float]:
        nonlocal handed
        from torch import from_numpy

        from duck_and_cover.cover import to_network

        handed = iter(from_numpy(to_network(pixels)).split(32))
        return dict(health.measure(module))

    itself, one = measured(health.real), measured(np.repeat(health.real[:1], len(health.real), 0))
    assert itself["variety"] == pytest.approx(1.0, abs=0.01)
    assert one["variety"] < COLLAPSED
    assert one["swd"] > 3 * itself["swd"]


def test_the_best_moment_is_kept(finished_run: Path) -> None:
    rows = [json.loads(line) for line in (finished_run / "stats.jsonl").read_text("utf-8").splitlines()]
    measured = {row["images"]: row["swd"] for row in rows if "swd" in row}
    kept = read_checkpoint(finished_run / "best.pt")
    assert kept["images_shown"] == min(measured, key=lambda images: measured[images])
    state = read_checkpoint(finished_run / "last.ckpt")["callbacks"]
    (found,) = (value for key, value in state.items() if "Health" in key)
    assert found["best"] == min(measured.values())
