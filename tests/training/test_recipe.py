from __future__ import annotations

import json
from itertools import pairwise

import pytest

from duck_and_cover.errors import BadInput, UnknownChoice
from duck_and_cover.models.flow import FlowConfig
from duck_and_cover.training.recipe import Recipe
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
        {"ema_kimg": 0}, {"time_std": 0}, {"preview_kimg": 0}, {"checkpoint_kimg": -1}, {"zoom": 0.5}, {"zoom": -0.1},
    ],
)  # fmt: skip
def test_impossible_values_name_their_field(wrong: dict[str, float]) -> None:
    (field,) = wrong
    with pytest.raises(BadInput, match=rf"recipe x: {field} is .*; wanted"):
        Recipe("x", **wrong)  # type: ignore[arg-type]


def test_with_changes() -> None:
    base = recipe("flow-64")
    assert base.with_changes(kimg=5).kimg == 5
    assert base.with_changes(kimg=5) != base
    with pytest.raises(BadInput, match=r"a recipe has no \['bacth'\]; it has .*batch"):
        base.with_changes(bacth=3)
    with pytest.raises(BadInput, match="batch is 0"):
        base.with_changes(batch=0)


def test_length_in_steps() -> None:
    assert Recipe("x", batch=64, kimg=1).total_steps == 16
    assert Recipe("x", batch=64, kimg=0.001).total_steps == 1


def test_learning_rate_is_a_trapezoid() -> None:
    r = Recipe("x", kimg=100, warmup_kimg=10, cooldown=0.4, learning_rate=1.0)
    assert 0 < r.learning_rate_at(0) <= 0.02
    assert r.learning_rate_at(5_000) == pytest.approx(0.51, abs=0.01)
    assert r.learning_rate_at(30_000) == r.learning_rate_at(59_000) == 1.0
    assert r.learning_rate_at(80_000) == pytest.approx(0.5)
    assert r.learning_rate_at(100_000) == r.learning_rate_at(150_000) == pytest.approx(0.02)
    rates = [r.learning_rate_at(i) for i in range(0, 100_001, 500)]
    assert max(abs(a - b) for a, b in pairwise(rates)) < 0.06, "no jumps"


def test_learning_rate_without_slopes() -> None:
    r = Recipe("x", kimg=10, warmup_kimg=0, cooldown=0, learning_rate=0.3)
    assert {r.learning_rate_at(i) for i in (0, 5_000, 10_000)} == {0.3}


def test_networks_of_another_shape_are_another_recipe() -> None:
    assert Recipe("x", FlowConfig(embedding=64)) != Recipe("x", FlowConfig(embedding=128))
