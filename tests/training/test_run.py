from __future__ import annotations

import json
import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from duck_and_cover.condition import ConditionEncoder
from duck_and_cover.dataset.made.synthetic import synthetic_covers, write_parquet
from duck_and_cover.errors import BadInput, Failure
from duck_and_cover.training.batches import Batch, BatchStream
from duck_and_cover.training.checkpoints import read_checkpoint
from duck_and_cover.training.denoising import FlowTraining, draw
from duck_and_cover.training.previews import COLUMNS, ROWS
from duck_and_cover.training.recipe import FlowRecipe, Recipe
from duck_and_cover.training.recipes import recipe as shipped
from duck_and_cover.training.record import load_run
from duck_and_cover.training.run import train


def rows(run_dir: Path) -> list[dict[str, float]]:
    return [json.loads(line) for line in (run_dir / "stats.jsonl").read_text("utf-8").splitlines()]


def checkpoint(run_dir: Path) -> dict:
    return read_checkpoint(run_dir / "last.ckpt")


def test_the_loss_falls(finished_run: Path) -> None:
    losses = [row["loss"] for row in rows(finished_run)]
    assert losses[-1] < 0.9 * losses[0]
    assert losses[0] == pytest.approx(1.2, abs=0.35), "an untrained network answers zero: E|noise - picture|^2"


def test_stats_are_one_line_a_quarter(finished_run: Path, small_recipe: FlowRecipe) -> None:
    found = rows(finished_run)
    assert [row["images"] for row in found] == [208, 400, 608, 800]
    for row in found:
        measured = {"swd", "variety"} if row["images"] in (400, 800) else set()
        assert set(row) == {"images", "memory_mib", "loss", "gradient_norm", "learning_rate", "images_per_s"} | measured
        assert row["images_per_s"] > 0 and row["gradient_norm"] > 0
        assert row["learning_rate"] == pytest.approx(small_recipe.learning_rate_at(int(row["images"]) - 16), abs=1e-6)


def test_a_run_records_what_it_was(finished_run: Path, small_recipe: FlowRecipe, tiny_dataset: Path) -> None:
    record = json.loads((finished_run / "run.json").read_text("utf-8"))
    assert Recipe.from_json(record["recipe"]) == small_recipe
    assert record["data"]["covers"] > 100 and record["data"]["letters"] == ""
    assert record["versions"]["torch"] == torch.__version__
    assert not list(finished_run.rglob("*.partial"))


def test_previews_are_a_grid_each(finished_run: Path) -> None:
    files = sorted((finished_run / "previews").iterdir())
    assert [int(file.stem) for file in files] == [0, 400, 800]
    pictures = [np.asarray(Image.open(file)) for file in files]
    assert pictures[0].shape == (16 * len(ROWS), 16 * COLUMNS, 3)
    assert not np.array_equal(pictures[1], pictures[2])
    assert pictures[2].std() > 5


def test_a_run_is_loaded_as_it_was_left(finished_run: Path, small_recipe: FlowRecipe) -> None:
    module, encoder, record = load_run(finished_run)
    assert module.recipe == small_recipe
    assert encoder == ConditionEncoder()
    assert int(module.images_shown) == 800
    assert record["recipe"]["name"] == "flow-tiny"
    saved = checkpoint(finished_run)["state_dict"]
    assert all(torch.equal(saved[name], value) for name, value in module.state_dict().items())
    moved = [not torch.equal(a, b) for a, b in zip(module.net.parameters(), module.averaged.parameters(), strict=True)]
    assert all(moved), "the average is not the last"


def test_the_condition_matters_to_what_is_drawn(finished_run: Path) -> None:
    module, encoder, _ = load_run(finished_run)
    noise = torch.randn(1, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    pictures = [
        draw(module.averaged, torch.full((1, encoder.dims), value), noise, guidance=2.0, steps=2)
        for value in (0.0, 0.3)
    ]
    assert pictures[0].shape == (1, 3, 16, 16)
    assert not torch.allclose(*pictures)


@pytest.fixture
def short(small_recipe: FlowRecipe) -> Recipe:
    """12 steps, a checkpoint every 3."""
    return small_recipe.with_changes(kimg=0.192, checkpoint_kimg=0.048, preview_kimg=100, health_kimg=100)


@pytest.fixture
def breaks_at(monkeypatch: pytest.MonkeyPatch) -> Callable[[int, BaseException], pytest.MonkeyPatch]:
    """Make asking for the batch of a step raise."""

    def install(step: int, error: BaseException) -> pytest.MonkeyPatch:
        original = BatchStream.batch

        def batch(self: BatchStream, asked: int) -> Batch:
            if asked == 16 * step:
                raise error
            return original(self, asked)

        monkeypatch.setattr(BatchStream, "batch", batch)
        return monkeypatch

    return install


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError("power cut")], ids=["ctrl-c", "crash"])
def test_broken_off_and_resumed_is_the_same_run_to_the_last_bit(
    short: FlowRecipe,
    tiny_dataset: Path,
    tmp_path: Path,
    breaks_at: Callable,
    error: BaseException,
    same_to_the_last_bit: Callable,
) -> None:
    train(short, tiny_dataset, tmp_path / "whole", accelerator="cpu", quiet=True)
    patch = breaks_at(8, error)
    with pytest.raises((type(error), SystemExit)):
        train(short, tiny_dataset, tmp_path / "broken", accelerator="cpu", quiet=True)
    patch.undo()
    left = int(load_run(tmp_path / "broken")[0].images_shown)
    assert left in ({96} if isinstance(error, OSError) else {112, 128}), "a crash goes back to the last checkpoint"

    train(short, tiny_dataset, tmp_path / "broken", resume=True, accelerator="cpu", quiet=True)
    assert int(checkpoint(tmp_path / "broken")["state_dict"]["images_shown"]) == 192
    same_to_the_last_bit(tmp_path / "whole", tmp_path / "broken")


def test_equal_recipes_are_one_run_and_seeds_differ(short: FlowRecipe, tiny_dataset: Path, tmp_path: Path) -> None:
    few = short.with_changes(kimg=0.032)
    weights = []
    for name, recipe in (("a", few), ("b", few), ("c", few.with_changes(seed=12))):
        module = train(recipe, tiny_dataset, tmp_path / name, accelerator="cpu", quiet=True)
        weights.append(torch.cat([p.detach().flatten() for p in module.net.parameters()]))
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])


def test_the_same_command_again_goes_on(short: Recipe, tiny_dataset: Path, tmp_path: Path, breaks_at: Callable) -> None:
    """Whether it was killed before its first checkpoint or after."""
    for step, left in ((1, None), (8, 96)):
        patch = breaks_at(step, OSError("power cut"))
        with pytest.raises(OSError, match="power cut"):
            train(short, tiny_dataset, tmp_path / "run", accelerator="cpu", quiet=True)
        patch.undo()
        assert (tmp_path / "run" / "last.ckpt").exists() == (left is not None)
    assert int(load_run(tmp_path / "run")[0].images_shown) == 96
    assert int(train(short, tiny_dataset, tmp_path / "run", accelerator="cpu", quiet=True).images_shown) == 192


def test_a_finished_run_is_left_alone(finished_run: Path, small_recipe: FlowRecipe, tiny_dataset: Path) -> None:
    before = (finished_run / "last.ckpt").read_bytes()
    train(small_recipe, tiny_dataset, finished_run, accelerator="cpu", quiet=True)
    assert (finished_run / "last.ckpt").read_bytes() == before


def test_nothing_to_resume(small_recipe: FlowRecipe, tiny_dataset: Path, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"nothing to resume, there is no last\.ckpt"):
        train(small_recipe, tiny_dataset, tmp_path, resume=True)


def test_another_recipe_is_not_resumed(
    finished_run: Path, small_recipe: FlowRecipe, tiny_dataset: Path, tmp_path: Path
) -> None:
    run = shutil.copytree(finished_run, tmp_path / "run")
    for resume in (True, False):
        with pytest.raises(BadInput, match=r"another recipe \(differs in batch, seed\)"):
            train(small_recipe.with_changes(batch=8, seed=1), tiny_dataset, run, resume=resume)
    with pytest.raises(BadInput, match=r"another recipe \(differs in .*family"):
        train(shipped("dcgan-64"), tiny_dataset, run)


def test_other_data_is_not_resumed(
    finished_run: Path, small_recipe: FlowRecipe, tiny_dataset: Path, tmp_path: Path
) -> None:
    run, longer = shutil.copytree(finished_run, tmp_path / "run"), small_recipe.with_changes(kimg=0.832)
    before = (run / "run.json").read_text("utf-8")
    with pytest.raises(BadInput, match=r"letters was '', is '[0-9a-f]{8}'\); give the same --data and --letters"):
        train(longer, tiny_dataset, run, resume=True, letters={"x": [(0.0, 0.0, 1.0, 1.0)]}, accelerator="cpu")
    assert (run / "run.json").read_text("utf-8") == before


def test_a_finished_run_can_be_made_longer(
    finished_run: Path, small_recipe: FlowRecipe, tiny_dataset: Path, tmp_path: Path
) -> None:
    run = shutil.copytree(finished_run, tmp_path / "run")
    module = train(small_recipe.with_changes(kimg=0.832), tiny_dataset, run, resume=True, accelerator="cpu", quiet=True)
    assert int(module.images_shown) == 832


def test_bad_data_leaves_no_run_behind(small_recipe: FlowRecipe, tiny_dataset: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadInput, match="no Parquet shards"):
        train(small_recipe, tmp_path / "empty", tmp_path / "run", accelerator="cpu")
    few = small_recipe.with_changes(kimg=0.016)
    train(few, tiny_dataset, tmp_path / "run", accelerator="cpu", quiet=True)


def test_not_a_run(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"not a run \(run\.json is missing\)"):
        load_run(tmp_path)


def test_a_loss_that_is_not_finite_stops_the_run(small_recipe: FlowRecipe) -> None:
    module = FlowTraining(small_recipe)
    broken = Batch(
        torch.full((16, 3, 16, 16), float("nan")), torch.zeros(16, 213), torch.zeros(16, 2), torch.ones(16, 1, 16, 16)
    )
    with pytest.raises(Failure, match="the loss is nan after 0 images; the checkpoint before is whole"):
        module.training_step(broken, 0)


def test_average_follows_with_its_half_life(small_recipe: FlowRecipe) -> None:
    """With 20 kimg shown the half life is min(ema_kimg, 2): after one half life half of a jump has arrived."""
    module = FlowTraining(small_recipe.with_changes(ema_kimg=2.0, batch=100))  # type: ignore[arg-type]
    with torch.no_grad():
        for p in module.averaged.parameters():
            p.zero_()
        for p in module.net.parameters():
            p.fill_(1.0)
    module.images_shown += 1_000_000
    module.last_batch = 100
    for _ in range(20):
        module._average()
    values = torch.cat([p.flatten() for p in module.averaged.parameters()])
    assert torch.allclose(values, torch.tensor(0.5), atol=1e-3)


@pytest.mark.parametrize(("given", "said"), [
    ({"devices": 0}, "0 devices on 1 nodes; wanted 1 or more"), ({"nodes": -1}, "1 devices on -1 nodes"),
    ({"devices": 3}, "a batch of 16 pictures does not divide over 3 processes"),
])  # fmt: skip
def test_impossible_numbers_of_processes(
    given: dict, said: str, small_recipe: FlowRecipe, tiny_dataset: Path, tmp_path: Path
) -> None:
    with pytest.raises(BadInput, match=said):
        train(small_recipe, tiny_dataset, tmp_path / "run", **given)
    assert not (tmp_path / "run").exists()


def test_too_few_covers(small_recipe: FlowRecipe, tmp_path: Path) -> None:
    write_parquet(synthetic_covers(40, seed=5, size_px=24), tmp_path / "few")
    with pytest.raises(BadInput, match=r"few: \d+ covers to train on; wanted 64 or more"):
        train(small_recipe, tmp_path / "few", tmp_path / "run", accelerator="cpu")


@pytest.mark.parametrize("asked", [signal.SIGINT, signal.SIGTERM])
def test_a_polite_stop_saves(
    small_recipe: FlowRecipe, tiny_dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: signal.Signals
) -> None:
    """Lightning has a handler of its own for SIGTERM, which leaves by `SystemExit`."""
    long = small_recipe.with_changes(kimg=50, checkpoint_kimg=100, preview_kimg=100, health_kimg=100)
    original = BatchStream.batch

    def batch(self: BatchStream, images: int) -> Batch:
        if images == 16 * 6:
            os.kill(os.getpid(), asked)
        return original(self, images)

    monkeypatch.setattr(BatchStream, "batch", batch)
    with pytest.raises(KeyboardInterrupt):
        train(long, tiny_dataset, tmp_path / "run", accelerator="cpu", quiet=True)
    assert 96 <= int(load_run(tmp_path / "run")[0].images_shown) <= 128
