from __future__ import annotations

import json
from itertools import pairwise

import pytest

from duck_and_cover.errors import BadInput, UnknownChoice
from duck_and_cover.models.flow import FlowConfig
from duck_and_cover.models.progan import ProganConfig
from duck_and_cover.training.recipe import FlowRecipe, GanRecipe, Recipe
from duck_and_cover.training.recipes import RECIPES, recipe


@pytest.mark.parametrize("name", sorted(RECIPES))
def test_a_shipped_recipe_carries_its_name_and_survives_json(name: str) -> None:
    shipped = recipe(name)
    assert shipped.name == name
    again = Recipe.from_json(json.loads(json.dumps(shipped.to_json())))
    assert again == shipped
    assert hash(again) == hash(shipped)


def test_unknown_recipes_offer_near_names() -> None:
    with pytest.raises(UnknownChoice, match=r"no recipe is called 'flow-65'; try .*flow-64"):
        recipe("flow-65")


@pytest.mark.parametrize(
    "wrong",
    [
        {"drop_all": 1.5}, {"drop_genres": -0.1}, {"drop_year": 2}, {"drop_names": -1}, {"balance": 1.1},
        {"letter_weight": -0.1}, {"cooldown": 1.2}, {"batch": 0}, {"kimg": 0.0}, {"learning_rate": -1e-3},
        {"ema_kimg": 0}, {"time_std": 0}, {"preview_kimg": 0}, {"checkpoint_kimg": -1}, {"kimg": float("inf")},
        {"learning_rate": float("nan")}, {"seed": -1}, {"zoom": 0.5}, {"zoom": -0.1},
    ],
)  # fmt: skip
def test_impossible_values_name_their_field(wrong: dict[str, float]) -> None:
    (field,) = wrong
    with pytest.raises(BadInput, match=rf"recipe x: {field} is .*; wanted"):
        FlowRecipe("x", **wrong)  # type: ignore[arg-type]


def test_with_changes() -> None:
    base = recipe("flow-64")
    assert base.with_changes(kimg=5).kimg == 5
    assert base.with_changes(kimg=5) != base
    with pytest.raises(BadInput, match=r"a recipe has no \['bacth'\]; flow-64 has .*batch.*widths"):
        base.with_changes(bacth=3)
    with pytest.raises(BadInput, match="batch is 0"):
        base.with_changes(batch=0)


def test_fields_of_the_network_are_changed_by_name_too() -> None:
    wider = recipe("dcgan-64").with_changes(width=32, kimg=5)
    assert (wider.network.width, wider.kimg) == (32, 5)
    with pytest.raises(BadInput, match=r"recipe progan-512: resolution is 48 px; wanted a power of two"):
        recipe("progan-512").with_changes(resolution_px=48)


@pytest.mark.parametrize("wrong", [{"width": -1}, {"latent": 0}, {"resolution_px": -64}, {"embedding": -3}])
def test_impossible_shapes_name_their_field(wrong: dict[str, int]) -> None:
    with pytest.raises(BadInput, match=r"recipe dcgan-64: .*wanted"):
        recipe("dcgan-64").with_changes(**wrong)
    with pytest.raises(BadInput, match="recipe flow-64"):
        recipe("flow-64").with_changes(patch_px=0)


def test_recipes_of_another_version_are_refused() -> None:
    old = recipe("flow-64").to_json()
    for broken in ({**old, "momentum": 1}, {k: v for k, v in old.items() if k != "network"}):
        with pytest.raises(BadInput, match="a recipe of another version"):
            Recipe.from_json(broken)


def test_unknown_families_are_refused() -> None:
    with pytest.raises(BadInput, match="a recipe of family 'vae'; this version knows flow, dcgan"):
        Recipe.from_json({**recipe("flow-64").to_json(), "family": "vae"})


@pytest.mark.parametrize("wrong", [{"loss": "hinge"}, {"critic_steps": 0}, {"beta1": 1.0}, {"gamma": -1.0},
                                   {"condition_noise": -0.1}, {"stable_kimg": 3.0}, {"final_rate": -1.0},
                                   {"final_beta2": 1.5}, {"final_gamma": -1.0}, {"batches": ((8, 0),)}])  # fmt: skip
def test_impossible_values_of_a_gan_name_their_field(wrong: dict) -> None:
    (field,) = wrong
    with pytest.raises(BadInput, match=rf"recipe x: .*{field}"):
        GanRecipe("x", **wrong)


def test_the_condition_is_ramped_in() -> None:
    r = GanRecipe("x", ramp_from=10, ramp_kimg=30)
    assert [r.stage_at(images).strength for images in (0, 10_000, 25_000, 40_000, 90_000)] == [0, 0, 0.5, 1, 1]
    assert GanRecipe("x", ramp_from=0, ramp_kimg=0).stage_at(0).strength == 1


def growing(**changes: object) -> GanRecipe:
    return GanRecipe("x", ProganConfig(32), stable_kimg=10, fade_kimg=5, batch=16, **changes)  # type: ignore[arg-type]


def test_growing_is_scheduled_in_images() -> None:
    """Stable, then the next resolution fades in, and so on; the last one is kept."""
    r = growing()
    levels = [round(r.level_at(kimg * 1000), 6) for kimg in (0, 9.9, 11, 12.5, 14, 15, 24, 27.5, 30, 44, 45, 500)]
    assert levels == [2, 2, 2.2, 2.5, 2.8, 3, 3, 3.5, 4, 4.8, 5, 5]
    assert [r.resolution_at(k * 1000) for k in (0, 11, 15, 26, 30, 41, 46)] == [4, 8, 8, 16, 16, 32, 32]
    assert r.resolutions == (4, 8, 16, 32)
    changes = [k for k in range(1, 60) if r.phase_at(k * 1000) != r.phase_at((k - 1) * 1000)]
    assert changes == [11, 15, 26, 30, 41, 45], "when a layer is added and when its fade ends"


def test_batches_follow_the_resolution() -> None:
    r = growing(batches=((4, 64), (32, 8)))
    assert [r.batch_at(k * 1000) for k in (0, 12, 20, 42)] == [64, 16, 16, 8]


def test_the_papers_schedules() -> None:
    progan = recipe("progan-512")
    assert isinstance(progan, GanRecipe)
    assert (progan.stable_kimg, progan.fade_kimg, progan.batch) == (800, 800, 16)
    assert [progan.batch_at(int(k * 1e6)) for k in (0, 7, 9, 14)] == [16, 16, 14, 6]
    assert (progan.generator_rate, progan.beta1, progan.beta2, progan.drift) == (1e-3, 0.0, 0.99, 1e-3)
    assert 0.5 ** (16 / (1000 * progan.ema_kimg)) == pytest.approx(0.999, abs=1e-5)
    wgan = recipe("wgan-gp-64")
    assert isinstance(wgan, GanRecipe)
    assert (wgan.gradient_penalty, wgan.critic_steps, wgan.batch, wgan.beta1, wgan.beta2) == (10, 5, 64, 0, 0.9)
    dcgan = recipe("dcgan-64")
    assert isinstance(dcgan, GanRecipe)
    assert (dcgan.generator_rate, dcgan.beta1, dcgan.batch, dcgan.loss) == (2e-4, 0.5, 128, "standard")


def test_r3gans_settings_move_along_a_cosine() -> None:
    r = recipe("r3gan-64").with_changes(kimg=100, anneal=0.5)
    assert isinstance(r, GanRecipe)
    gammas = [r.annealed(k * 1000, r.gamma, r.final_gamma) for k in (0, 25, 50, 100)]
    assert gammas == pytest.approx([2.0, 1.1, 0.2, 0.2])
    assert r.annealed(60_000, 0.3, None) == 0.3


def test_length_in_images() -> None:
    assert FlowRecipe("x", kimg=1).total_images == 1000
    assert FlowRecipe("x", kimg=0.0001).total_images == 1


def test_learning_rate_is_a_trapezoid() -> None:
    r = FlowRecipe("x", kimg=100, warmup_kimg=10, cooldown=0.4, learning_rate=1.0)
    assert 0 < r.learning_rate_at(0) <= 0.02
    assert r.learning_rate_at(5_000) == pytest.approx(0.51, abs=0.01)
    assert r.learning_rate_at(30_000) == r.learning_rate_at(59_000) == 1.0
    assert r.learning_rate_at(80_000) == pytest.approx(0.5)
    assert r.learning_rate_at(100_000) == r.learning_rate_at(150_000) == pytest.approx(0.02)
    rates = [r.learning_rate_at(i) for i in range(0, 100_001, 500)]
    assert max(abs(a - b) for a, b in pairwise(rates)) < 0.06, "no jumps"


def test_learning_rate_without_slopes() -> None:
    r = FlowRecipe("x", kimg=10, warmup_kimg=0, cooldown=0, learning_rate=0.3)
    assert {r.learning_rate_at(i) for i in (0, 5_000, 10_000)} == {0.3}


def test_networks_of_another_shape_are_another_recipe() -> None:
    assert FlowRecipe("x", FlowConfig(embedding=64)) != FlowRecipe("x", FlowConfig(embedding=128))


def test_a_network_is_told_of_changes_exactly_where_there_are_some() -> None:
    with pytest.raises(BadInput, match=r"aspects is 2; with augment at 0\.1 wanted 10"):
        recipe("flow-64").with_changes(augment=0.1)
    assert recipe("flow-64").with_changes(augment=0.1, aspects=10).network.aspects == 10
    with pytest.raises(BadInput, match="aspects is 10; with augment at 0 wanted 2"):
        recipe("flow-128").with_changes(augment=0)
