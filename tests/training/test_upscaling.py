"""The upscaler: it begins as a plain enlargement, keeps to the small picture, resumes exactly, becomes a bundle."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from PIL import Image

from duck_and_cover.bundle import Bundle
from duck_and_cover.errors import BadInput
from duck_and_cover.generation.engine import open_engine
from duck_and_cover.generation.upscaler import Enlarger
from duck_and_cover.models.upscaler import UpscalerConfig
from duck_and_cover.training.batches import BatchStream
from duck_and_cover.training.export import MAX_DIFFERENCE, export
from duck_and_cover.training.recipe import UpscaleRecipe
from duck_and_cover.training.recipes import recipe as shipped
from duck_and_cover.training.run import train
from duck_and_cover.training.upscaling import UpscaleTraining, made_small

SMALL = UpscalerConfig(resolution_px=32, piece_px=16, width=8, blocks=2, critic_widths=(8, 16))


@pytest.fixture(scope="module")
def recipe() -> UpscaleRecipe:
    changed = shipped("upscaler-256").with_changes(
        network=SMALL, batch=8, kimg=0.8, smallest_px=0, ema_kimg=0.05, checkpoint_kimg=0.16, preview_kimg=0.4, seed=4
    )
    assert isinstance(changed, UpscaleRecipe)
    return changed


@pytest.fixture(scope="module")
def run(recipe: UpscaleRecipe, tiny_dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple:
    """(module, folder) of a run that nothing disturbed."""
    folder = tmp_path_factory.mktemp("upscaler") / "run"
    return train(recipe, tiny_dataset, folder, accelerator="cpu", quiet=True), folder


def test_it_begins_as_a_plain_enlargement() -> None:
    net, small = SMALL.generator(), torch.rand(2, 3, 8, 8) * 2 - 1
    plain = F.interpolate(small, scale_factor=4.0, mode="bilinear", align_corners=False)
    assert torch.equal(net(torch.randn(2, 1, 8, 8), small), plain)


def test_any_size_goes_in(run: tuple[UpscaleTraining, Path]) -> None:
    net = run[0].averaged
    assert net(torch.zeros(1, 1, 12, 20), torch.zeros(1, 3, 12, 20)).shape == (1, 3, 48, 80)


def test_the_critic_looks_at_both(run: tuple[UpscaleTraining, Path]) -> None:
    critic = run[0].critic
    with torch.no_grad():
        large, small = torch.rand(2, 3, 16, 16), torch.rand(2, 3, 4, 4)
        score = critic(large, small)
        assert score.shape == (2,)
        assert not torch.equal(score, critic(large.flip(3), small))
        assert not torch.equal(score, critic(large, small.flip(3)))


def test_what_it_draws_is_the_small_picture_when_made_small(run: tuple[UpscaleTraining, Path]) -> None:
    module, _ = run
    small = made_small(torch.rand(4, 3, 32, 32, generator=torch.Generator().manual_seed(0)) * 2 - 1)
    with torch.no_grad():
        large = module.enlarge(small)
    plain = F.interpolate(small, scale_factor=4.0, mode="bilinear", align_corners=False)
    assert (large - plain).abs().max() > 0.02, "it learned to add something"
    grey = torch.zeros_like(small)
    assert (made_small(large) - small).abs().mean() < 0.5 * (grey - small).abs().mean()


def test_broken_off_and_resumed_is_the_same_run(
    run: tuple[UpscaleTraining, Path], recipe: UpscaleRecipe, tiny_dataset: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, same_to_the_last_bit: Callable,
) -> None:  # fmt: skip
    original = BatchStream.batch

    def batch(self: BatchStream, images: int) -> Any:
        if images >= 400:
            raise KeyboardInterrupt
        return original(self, images)

    with monkeypatch.context() as patch:
        patch.setattr(BatchStream, "batch", batch)
        with pytest.raises((KeyboardInterrupt, SystemExit)):
            train(recipe, tiny_dataset, tmp_path / "run", accelerator="cpu", quiet=True)
    train(recipe, tiny_dataset, tmp_path / "run", accelerator="cpu", quiet=True)
    same_to_the_last_bit(run[1], tmp_path / "run")


def test_previews_show_plain_ours_and_real(run: tuple[UpscaleTraining, Path]) -> None:
    grids = sorted((run[1] / "previews").glob("*.png"))
    assert [int(grid.stem) for grid in grids] == [0, 400, 800]
    with Image.open(grids[-1]) as grid:
        assert grid.width == 3 * 32
        pixels = np.asarray(grid.convert("RGB")).astype(int)
    plain, ours, real = np.split(pixels, 3, axis=1)
    assert np.abs(plain - real).mean() > 1
    assert np.abs(ours - plain).mean() > 0.5


@pytest.fixture(scope="module")
def bundle(run: tuple[UpscaleTraining, Path], tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return export(run[1], tmp_path_factory.mktemp("bundles") / "upscaler")


def test_the_bundle_enlarges(bundle: Bundle) -> None:
    assert bundle.family == "upscaler"
    assert bundle.facts["training"]["parity_max_difference"] < MAX_DIFFERENCE
    enlarger = Enlarger(bundle)
    art = np.random.default_rng(0).integers(0, 256, (8, 8, 3)).astype(np.uint8)
    large = enlarger.enlarge(art, 1)
    assert large.shape == (32, 32, 3)
    assert np.array_equal(large, enlarger.enlarge(art, 1))
    assert not np.array_equal(large, enlarger.enlarge(art, 2))
    with pytest.raises(BadInput, match="wants 8 x 8"):
        enlarger.enlarge(np.zeros((16, 16, 3), np.uint8), 1)


def test_an_upscaler_is_no_engine_and_an_engine_no_upscaler(
    bundle: Bundle, write_bundle: Callable[..., Bundle], tmp_path: Path
) -> None:
    with pytest.raises(BadInput, match="an upscaler, which draws nothing by itself"):
        open_engine(bundle.folder)
    with pytest.raises(BadInput, match="not an upscaler"):
        Enlarger(write_bundle(tmp_path / "colours"))


def test_what_cannot_be_trained_is_refused() -> None:
    with pytest.raises(BadInput, match=r"augment is 0\.5"):
        shipped("upscaler-256").with_changes(augment=0.5)
    with pytest.raises(BadInput, match="multiple of 4"):
        shipped("upscaler-256").with_changes(resolution_px=130)


def test_pieces_must_fold() -> None:
    with pytest.raises(ValueError, match="a multiple of 16"):
        UpscalerConfig(piece_px=120)
