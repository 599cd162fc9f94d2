"""Every family of GAN through the whole system: it trains, resumes to the last bit, and becomes a bundle."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from duck_and_cover.condition import Condition
from duck_and_cover.errors import Failure
from duck_and_cover.generation.engine import open_engine
from duck_and_cover.models.dcgan import DcganConfig
from duck_and_cover.models.progan import ProganConfig
from duck_and_cover.models.r3gan import R3ganConfig
from duck_and_cover.models.wgan_gp import WganGpConfig
from duck_and_cover.training.adversarial import GanTraining
from duck_and_cover.training.batches import BatchStream
from duck_and_cover.training.checkpoints import read_checkpoint
from duck_and_cover.training.export import MAX_DIFFERENCE, export
from duck_and_cover.training.progress import frames_of
from duck_and_cover.training.recipe import GanRecipe
from duck_and_cover.training.recipes import recipe as shipped
from duck_and_cover.training.record import load_run
from duck_and_cover.training.run import train

NETWORKS: dict[str, Any] = {
    "dcgan-64": DcganConfig(16, width=8, latent=10, embedding=8),
    "wgan-gp-64": WganGpConfig(16, width=8, latent=10, embedding=8),
    "progan-512": ProganConfig(16, capacity=64, widest=16, latent=10, embedding=8),
    "r3gan-64": R3ganConfig(16, widths=(16, 16, 8), blocks=1, group=8, latent=10, embedding=8),
}
IMAGES = 192


def small(name: str) -> GanRecipe:
    """A shipped recipe with a tiny network: 24 steps of 8 pictures. ProGAN fades from 40 to 80 and from 120 to 160."""
    changed = shipped(name).with_changes(
        network=NETWORKS[name], batch=8, kimg=IMAGES / 1000, ramp_from=0.03, ramp_kimg=0.1, checkpoint_kimg=0.024,
        preview_kimg=100, health_kimg=100, ema_kimg=0.05, seed=3,
        **({"batches": ((4, 16),), "stable_kimg": 0.04, "fade_kimg": 0.04} if name == "progan-512" else {}),
    )  # fmt: skip
    assert isinstance(changed, GanRecipe)
    return changed


def run(recipe: GanRecipe, data: Path, folder: Path, **more: Any) -> GanTraining:
    module = train(recipe, data, folder, accelerator="cpu", quiet=True, **more)
    assert isinstance(module, GanTraining)
    return module


@pytest.fixture(scope="module", params=NETWORKS)
def whole(request: pytest.FixtureRequest, tiny_dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple:
    """(recipe, folder) of a run that nothing disturbed."""
    folder = tmp_path_factory.mktemp(request.param) / "whole"
    run(small(request.param), tiny_dataset, folder)
    return small(request.param), folder


@pytest.mark.parametrize("at", [72, 152])
def test_broken_off_and_resumed_is_the_same_run_to_the_last_bit(
    whole: tuple[GanRecipe, Path],
    at: int,
    tiny_dataset: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    same_to_the_last_bit: Callable,
) -> None:
    """At 72 ProGAN is fading 8 px in, at 152 16 px, as it was at the checkpoint before; the condition is ramped in."""
    recipe, folder = whole
    original = BatchStream.batch

    def batch(self: BatchStream, images: int) -> Any:
        if images >= at:
            raise OSError("power cut")
        return original(self, images)

    monkeypatch.setattr(BatchStream, "batch", batch)
    with pytest.raises(OSError, match="power cut"):
        run(recipe, tiny_dataset, tmp_path / "broken")
    monkeypatch.undo()
    left = int(load_run(tmp_path / "broken")[0].images_shown)
    assert 0 < left < IMAGES
    run(recipe, tiny_dataset, tmp_path / "broken", resume=True)
    same_to_the_last_bit(folder, tmp_path / "broken")


def test_both_networks_learn_and_the_average_is_not_the_last(whole: tuple[GanRecipe, Path]) -> None:
    recipe, folder = whole
    module = load_run(folder)[0]
    fresh = GanTraining(recipe)
    for name in ("generator", "critic", "averaged"):
        pairs = zip(getattr(module, name).parameters(), getattr(fresh, name).parameters(), strict=True)
        assert sum(not torch.equal(a, b) for a, b in pairs) > 5, name
    nets = (module.generator, module.averaged)
    assert not torch.equal(*(torch.cat([p.detach().flatten() for p in net.parameters()]) for net in nets))


def test_stats_tell_what_the_recipe_uses(whole: tuple[GanRecipe, Path]) -> None:
    recipe, folder = whole
    rows = [json.loads(line) for line in (folder / "stats.jsonl").read_text("utf-8").splitlines()]
    wanted = {"images", "memory_mib", "images_per_s", "critic", "generator", "real", "fake"}
    wanted |= {"penalty"} if recipe.gradient_penalty else set()
    wanted |= {"r1", "r2", "augment"} if recipe.gamma else set()
    wanted |= {"level"} if recipe.grows else set()
    assert all(set(row) == wanted for row in rows[1:])
    assert rows[-1]["images"] == IMAGES


def test_it_becomes_a_bundle_that_draws(whole: tuple[GanRecipe, Path], tmp_path: Path) -> None:
    recipe, folder = whole
    bundle = export(folder, tmp_path / "bundle")
    assert bundle.family == recipe.family
    assert bundle.facts["training"]["parity_max_difference"] < MAX_DIFFERENCE
    assert bundle.model.stat().st_size < 2.6 * bundle.facts["training"]["parameters"] + 120_000, "half precision"
    engine = open_engine(bundle.folder)
    metal = engine.draw(Condition({"metal": 1.0}, 1988), 1).pixels
    assert metal.shape == (16, 16, 3)
    assert np.array_equal(metal, engine.draw(Condition({"metal": 1.0}, 1988), 1).pixels)
    assert not np.array_equal(metal, engine.draw(Condition({"metal": 1.0}, 1988), 2).pixels)
    assert not np.array_equal(metal, engine.draw(Condition({"jazz": 1.0}, 1959), 1).pixels)


def test_optimisers_start_anew_when_a_phase_begins(
    tiny_dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe, seen = small("progan-512"), []
    original = GanTraining._prepare_optimisers

    def watched(self: GanTraining, shown: int) -> None:
        original(self, shown)
        seen.append((shown, recipe.phase_at(shown), len(self._optimisers()[0].optimizer.state)))

    monkeypatch.setattr(GanTraining, "_prepare_optimisers", watched)
    run(recipe, tiny_dataset, tmp_path / "run")
    for (_, before, _), (shown, phase, kept) in pairwise(seen):
        assert (kept == 0) == (phase != before), shown
    assert len({phase for _, phase, _ in seen}) == 5, "4, 4-8, 8, 8-16, 16 px"


def test_the_average_moves_with_every_critic_step(
    tiny_dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """WGAN-GP moves its generator every fifth step, and its average every step."""
    recipe = small("wgan-gp-64").with_changes(kimg=0.008 * 7)
    assert isinstance(recipe, GanRecipe)
    moved: list[bool] = []
    original = GanTraining._average

    def average(self: GanTraining) -> None:
        before = [p.clone() for p in self.averaged.parameters()]
        original(self)
        moved.append(any(not torch.equal(a, b) for a, b in zip(before, self.averaged.parameters(), strict=True)))

    monkeypatch.setattr(GanTraining, "_average", average)
    module = run(recipe, tiny_dataset, tmp_path / "run")
    assert moved == [True] * 7
    steps = read_checkpoint(tmp_path / "run" / "last.ckpt")["optimizer_states"]
    assert int(next(iter(steps[0]["state"].values()))["step"]) == 2, "the first and the sixth"
    assert int(next(iter(steps[1]["state"].values()))["step"]) == 7
    assert int(module.images_shown) == 56, "images shown are those the critic sees"


def test_drift_is_on_reals_only(monkeypatch: pytest.MonkeyPatch, tiny_dataset: Path, tmp_path: Path) -> None:
    charged: list[torch.Tensor] = []
    monkeypatch.setattr("duck_and_cover.training.adversarial.drift",
                        lambda score: (charged.append(score.detach()), score.square())[1])  # fmt: skip
    recipe = small("progan-512").with_changes(kimg=0.016)
    run(recipe, tiny_dataset, tmp_path / "run")  # type: ignore[arg-type]
    rows = [json.loads(line) for line in (tmp_path / "run" / "stats.jsonl").read_text("utf-8").splitlines()]
    assert len(charged) == 1
    assert float(charged[0].mean()) == pytest.approx(rows[0]["real"], abs=1e-5)


@pytest.mark.parametrize("side", ["critic", "generator"])
def test_a_loss_that_is_not_finite_stops_the_run(
    side: str, tiny_dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        f"duck_and_cover.training.adversarial.{side}_loss", lambda loss, real, fake: real * float("nan")
    )
    with pytest.raises(Failure, match=rf"the {side}'s loss is nan after 0 images"):
        run(small("dcgan-64"), tiny_dataset, tmp_path / "run")


@pytest.mark.parametrize("side", ["critic", "generator"])
def test_a_gradient_that_is_not_finite_never_reaches_the_weights(
    side: str, tiny_dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The square root has an infinite slope at zero, where its value is fine."""
    monkeypatch.setattr(
        f"duck_and_cover.training.adversarial.{side}_loss", lambda loss, real, fake: (fake - fake).sqrt()
    )
    with pytest.raises(Failure, match=rf"the {side}'s gradient is (nan|inf) after 0 images"):
        run(small("dcgan-64"), tiny_dataset, tmp_path / "run")


@pytest.mark.slow
def test_the_whole_way_to_512_px(tiny_dataset: Path, tmp_path: Path) -> None:
    """Every phase of progan-512, with a tiny width and few images."""
    recipe = shipped("progan-512").with_changes(
        capacity=1024, widest=8, latent=8, embedding=4, batch=4, batches=((256, 2), (512, 2)), stable_kimg=0.008,
        fade_kimg=0.008, kimg=0.122, ramp_from=0.02, ramp_kimg=0.05, preview_kimg=0.03, checkpoint_kimg=0.05,
        health_kimg=0.1,
    )  # fmt: skip
    assert isinstance(recipe, GanRecipe)
    module = run(recipe, tiny_dataset, tmp_path / "run")
    rows = [json.loads(line) for line in (tmp_path / "run" / "stats.jsonl").read_text("utf-8").splitlines()]
    assert rows[-1]["level"] == 9.0
    assert all(np.isfinite(list(row.values())).all() for row in rows)
    film = frames_of(tmp_path / "run", width_px=320)
    assert len(film) >= 4 and len({frame.pixels.tobytes() for frame in film}) == len(film)
    assert module.draw(torch.zeros(1, 213), torch.randn(1, 8)).shape == (1, 3, 512, 512)


def test_a_collapse_stops_the_run_and_keeps_its_best_moment(tiny_dataset: Path, tmp_path: Path) -> None:
    """A generator that does not learn draws nearly one picture; a quarter of the run it is waited for."""
    recipe = small("dcgan-64").with_changes(health_kimg=0.016, kimg=2, generator_rate=1e-9)
    with pytest.raises(Failure, match=r"collapsed: 3 times running.*are in .*best\.pt"):
        run(recipe, tiny_dataset, tmp_path / "run")  # type: ignore[arg-type]
    kept = read_checkpoint(tmp_path / "run" / "best.pt")
    assert kept["images_shown"] > 0 and set(kept) == {"images_shown", "averaged"}
    bundle = export(tmp_path / "run", tmp_path / "bundle", best=True)
    assert bundle.facts["training"]["images_shown"] == kept["images_shown"]


@pytest.mark.skipif(sys.platform != "linux", reason="reads the memory of a process from Linux")
@pytest.mark.parametrize("name", NETWORKS)
def test_memory_stays_flat(name: str, tiny_dataset: Path, tmp_path: Path) -> None:
    """200 steps, the first quarter to warm up in; a batch of pictures kept a step would be 3.5 MiB in the others."""
    recipe = small(name).with_changes(kimg=1.6, batches=(), stable_kimg=0.0, fade_kimg=0.0, checkpoint_kimg=10)
    run(recipe, tiny_dataset, tmp_path / "run")
    rows = [json.loads(line) for line in (tmp_path / "run" / "stats.jsonl").read_text("utf-8").splitlines()]
    held = [row["memory_mib"] for row in rows]
    assert len(held) == 4
    assert max(held[1:]) - held[0] < 1, held
