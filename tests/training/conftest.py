"""One small finished run, shared by the tests that only look at it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from duck_and_cover.models.flow import ASPECTS, CHANGES, FlowConfig
from duck_and_cover.training.checkpoints import read_checkpoint
from duck_and_cover.training.recipe import FlowRecipe, Recipe
from duck_and_cover.training.recipes import recipe as shipped
from duck_and_cover.training.run import train


@pytest.fixture(scope="session")
def small_recipe() -> FlowRecipe:
    """flow-tiny made smaller still: 50 steps of 16 pictures of 16 px."""
    network = FlowConfig(resolution_px=16, widths=(32, 64), attention=(False, True), blocks=1, embedding=32,
                         dropout=0.1, aspects=ASPECTS + CHANGES)  # fmt: skip
    changed = shipped("flow-tiny").with_changes(
        network=network, kimg=0.8, learning_rate=2e-3, warmup_kimg=0.05, ema_kimg=0.1, preview_kimg=0.4,
        checkpoint_kimg=0.4, health_kimg=0.4, steps=2, seed=11, augment=0.1,
    )  # fmt: skip
    assert isinstance(changed, FlowRecipe)
    return changed


def tensors(value: object, path: str = "") -> dict[str, torch.Tensor]:
    """Every tensor in a nest of dictionaries and lists, by its path."""
    if isinstance(value, torch.Tensor):
        return {path: value}
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list | tuple) else ()
    return {k: t for key, inner in items for k, t in tensors(inner, f"{path}/{key}").items()}


@pytest.fixture(scope="session")
def same_to_the_last_bit() -> Callable[[Path, Path], None]:
    """Fails where the last checkpoints of two runs differ: weights, averages, counters, optimisers."""

    def compare(first: Path, second: Path) -> None:
        one, other = (read_checkpoint(folder / "last.ckpt") for folder in (first, second))
        for part in ("state_dict", "optimizer_states"):
            wanted, found = tensors(one[part]), tensors(other[part])
            assert wanted.keys() == found.keys() and len(wanted) > 20
            assert [k for k in wanted if not torch.equal(wanted[k], found[k])] == [], part

    return compare


@pytest.fixture(scope="session")
def finished_run(small_recipe: Recipe, tiny_dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run that went to its end. Read only."""
    folder = tmp_path_factory.mktemp("runs") / "finished"
    train(small_recipe, tiny_dataset, folder, accelerator="cpu", quiet=True)
    return folder
