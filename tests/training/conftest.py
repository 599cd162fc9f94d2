"""One small finished run, shared by the tests that only look at it."""

from __future__ import annotations

from pathlib import Path

import pytest

from duck_and_cover.models.flow import FlowConfig
from duck_and_cover.training.recipe import FlowRecipe, Recipe
from duck_and_cover.training.recipes import recipe as shipped
from duck_and_cover.training.run import train


@pytest.fixture(scope="session")
def small_recipe() -> FlowRecipe:
    """flow-tiny made smaller still: 50 steps of 16 pictures of 16 px."""
    network = FlowConfig(resolution_px=16, widths=(32, 64), attention=(False, True), blocks=1, embedding=32)
    changed = shipped("flow-tiny").with_changes(
        network=network, kimg=0.8, learning_rate=2e-3, warmup_kimg=0.05, ema_kimg=0.1, preview_kimg=0.4,
        checkpoint_kimg=0.4, health_kimg=0.4, steps=2, seed=11,
    )  # fmt: skip
    assert isinstance(changed, FlowRecipe)
    return changed


@pytest.fixture(scope="session")
def finished_run(small_recipe: Recipe, tiny_dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run that went to its end. Read only."""
    folder = tmp_path_factory.mktemp("runs") / "finished"
    train(small_recipe, tiny_dataset, folder, accelerator="cpu", quiet=True)
    return folder
