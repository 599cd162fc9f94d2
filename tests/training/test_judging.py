"""The judge: it learns what covers look like, is the same run after a break, and becomes a bundle that answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from duck_and_cover.album import Album
from duck_and_cover.bundle import Bundle
from duck_and_cover.condition import Condition, ConditionEncoder
from duck_and_cover.cover import from_network
from duck_and_cover.dataset.made.synthetic import synthetic_cover, write_parquet
from duck_and_cover.errors import BadInput
from duck_and_cover.evaluation.control import balanced_accuracy, confusion, rank_correlation
from duck_and_cover.generation.engine import open_engine
from duck_and_cover.generation.judge import Judge
from duck_and_cover.models.judge import JudgeConfig, JudgeNetwork
from duck_and_cover.training.batches import BatchStream, training_set
from duck_and_cover.training.export import MAX_DIFFERENCE, export
from duck_and_cover.training.judging import JudgeTraining
from duck_and_cover.training.marks import Marks
from duck_and_cover.training.recipe import JudgeRecipe
from duck_and_cover.training.recipes import recipe as shipped
from duck_and_cover.training.run import train

FAMILIES = ("metal", "jazz", "techno", "folk")


@pytest.fixture(scope="module")
def recipe() -> JudgeRecipe:
    changed = shipped("judge-64").with_changes(
        resolution_px=16, widths=(16, 32), features=16, dropout=0.0, families=FAMILIES, batch=16, kimg=4.8, zoom=0.0,
        learning_rate=4e-3, warmup_kimg=0.2, ema_kimg=0.3, augment=0.1, mix=0.2, health_kimg=1.2, checkpoint_kimg=2.4,
    )  # fmt: skip
    assert isinstance(changed, JudgeRecipe)
    return changed


@pytest.fixture(scope="module")
def covers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """240 synthetic covers of four genres."""
    folder = tmp_path_factory.mktemp("judged") / "covers"
    albums = (Album(f"Artist {i}", f"Album {i}", (FAMILIES[i % 4],), 1955 + 7 * i % 70) for i in range(240))
    write_parquet((synthetic_cover(album, i, 24) for i, album in enumerate(albums)), folder)
    return folder


@pytest.fixture(scope="module")
def run(recipe: JudgeRecipe, covers: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[JudgeTraining, Path]:
    folder = tmp_path_factory.mktemp("judge") / "run"
    module = train(recipe, covers, folder, accelerator="cpu", quiet=True)
    assert isinstance(module, JudgeTraining)
    return module, folder


def test_labels_are_what_the_condition_says(recipe: JudgeRecipe) -> None:
    asked = [Condition({"death metal": 1.0}, 1991), Condition({"unheard of": 1.0}), Condition({"jazz": 1.0}, 1960),
             Condition(), Condition({"folk": 1.0}, 2100)]  # fmt: skip
    labels = JudgeTraining(recipe).labels(torch.from_numpy(ConditionEncoder().encode_all(asked)))
    assert labels.has_family.tolist() == [1, 0, 1, 0, 1]
    assert labels.family.argmax(1)[[0, 2, 4]].tolist() == [0, 1, 3]
    assert labels.has_decade.tolist() == [1, 0, 1, 0, 0], "2100 lies beyond the last decade"
    assert labels.decade[0].argmax().item() == 4, "the nineties"
    assert labels.decade[0, 3].item() > labels.decade[0, 5].item(), "1991 is nearer to the eighties than to the 2000s"
    assert torch.allclose(labels.decade[[0, 2]].sum(1), torch.ones(2))


def test_it_learns_genres_and_years(run: tuple[JudgeTraining, Path], recipe: JudgeRecipe, covers: Path) -> None:
    """Of covers it was shown: whether it learns at all. Chance is 0.25 and 0."""
    module, folder = run
    shown = training_set(covers, recipe, ConditionEncoder(), folder / "cache")
    marks = Marks(shown, 16).measure(module)
    assert marks["genre"] > 0.7
    assert marks["years"] > 0.5
    torch.manual_seed(0)
    fresh = JudgeTraining(recipe)
    assert Marks(shown, 16).measure(fresh)["genre"] < 0.5


def test_shares_follow_what_is_shown(recipe: JudgeRecipe) -> None:
    module = JudgeTraining(recipe)
    asked = [Condition({"jazz": 1.0}, 1965)] * 3 + [Condition({"metal": 1.0}, 1965), Condition()]
    labels = module.labels(torch.from_numpy(ConditionEncoder().encode_all(asked)))
    for _ in range(600):
        module._count(labels)
    places = [recipe.network.families.index(name) for name in ("metal", "jazz")]
    assert module.family_share[places].tolist() == pytest.approx([0.25, 0.75], abs=0.01)
    assert module.decade_share.argmax().item() == 1, "the sixties"
    assert module.decade_share.sum().item() == pytest.approx(1, abs=1e-4)


def test_broken_off_and_resumed_is_the_same_run(
    run: tuple[JudgeTraining, Path], recipe: JudgeRecipe, covers: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, same_to_the_last_bit: Callable,
) -> None:  # fmt: skip
    original = BatchStream.batch

    def batch(self: BatchStream, images: int) -> Any:
        if images >= 3200:
            raise KeyboardInterrupt
        return original(self, images)

    with monkeypatch.context() as patch:
        patch.setattr(BatchStream, "batch", batch)
        with pytest.raises((KeyboardInterrupt, SystemExit)):
            train(recipe, covers, tmp_path / "run", accelerator="cpu", quiet=True)
    train(recipe, covers, tmp_path / "run", accelerator="cpu", quiet=True)
    same_to_the_last_bit(run[1], tmp_path / "run")


@pytest.fixture(scope="module")
def bundle(run: tuple[JudgeTraining, Path], tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return export(run[1], tmp_path_factory.mktemp("bundles") / "judge")


def test_the_bundle_answers_as_the_network_does(
    bundle: Bundle, run: tuple[JudgeTraining, Path], recipe: JudgeRecipe, covers: Path
) -> None:
    assert bundle.family == "judge"
    assert bundle.facts["training"]["parity_max_difference"] < MAX_DIFFERENCE
    module, folder = run
    shown = training_set(covers, recipe, ConditionEncoder(), folder / "cache")
    judge = Judge(bundle)
    opinion = judge.opinion(shown.tables[16], batch=50)
    assert judge.names == FAMILIES
    assert opinion.features.shape == (len(shown), 16)
    assert np.allclose(opinion.families.sum(1), 1, atol=1e-5)
    labels = module.labels(torch.from_numpy(shown.conditions))
    asked = labels.family.argmax(1).numpy()
    assert balanced_accuracy(confusion(asked, opinion.families.argmax(1), 4))[0] > 0.7
    years = module.encoder.read(shown.conditions).year
    assert rank_correlation(years, opinion.year) > 0.5
    assert 1950 < opinion.year.min() < opinion.year.max() < 2030


def test_any_size_is_judged(bundle: Bundle) -> None:
    small = from_network(np.random.default_rng(0).uniform(-1, 1, (3, 3, 16, 16)).astype(np.float32))
    large = small.repeat(4, 1).repeat(4, 2)
    assert np.allclose(Judge(bundle).opinion(large).families, Judge(bundle).opinion(small).families, atol=1e-4)


def test_a_judge_draws_nothing_and_an_engine_judges_nothing(
    bundle: Bundle, write_bundle: Callable[..., Bundle], tmp_path: Path
) -> None:
    with pytest.raises(BadInput, match="looks at pictures and draws none"):
        open_engine(bundle.folder)
    with pytest.raises(BadInput, match="not a judge"):
        Judge(write_bundle(tmp_path / "colours"))


def test_the_network_takes_what_halves_evenly() -> None:
    for wrong, said in (({"dropout": 2.0}, "dropout is 2"), ({"batch": 1}, "batch is 1; wanted 2 or more")):
        with pytest.raises(BadInput, match=said):
            shipped("judge-64").with_changes(**wrong)
    with pytest.raises(ValueError, match="no whole number"):
        JudgeConfig(resolution_px=20, widths=(8, 8, 8))
    net = JudgeNetwork(JudgeConfig()).eval()
    families, decades, features = net(torch.zeros(2, 3, 64, 64))
    assert (families.shape, decades.shape, features.shape) == ((2, 9), (2, 8), (2, 64))
    assert 2_000_000 < sum(p.numel() for p in net.parameters()) < 4_000_000, "under 10 MB in half precision"
