"""The score must prefer the true distribution to every other."""

from __future__ import annotations

import numpy as np
import pytest

from duck_and_cover.errors import BadInput
from duck_and_cover.evaluation.energy import energy_scores, layout_of


def flats(levels: np.ndarray) -> np.ndarray:
    """One plain grey picture a level."""
    return np.repeat(levels.astype(np.uint8), 8 * 8 * 3).reshape(*levels.shape, 8, 8, 3)


def world(rng: np.random.Generator, asked: np.ndarray, spread: float = 20.0) -> np.ndarray:
    """Covers of two genres: dark ones and light ones."""
    return np.clip(np.where(asked, 180, 70) + rng.normal(0, spread, asked.shape), 0, 255).round()


@pytest.fixture
def asked() -> np.ndarray:
    return np.random.default_rng(0).random(400) < 0.5


def mean_score(drawn: np.ndarray, asked: np.ndarray) -> float:
    real = flats(world(np.random.default_rng(1), asked))
    return float(energy_scores(real, flats(drawn)).mean())


def test_the_truth_beats_every_other_way_to_draw(asked: np.ndarray) -> None:
    rng, eight = np.random.default_rng(2), np.repeat(asked[:, None], 8, 1)
    true = mean_score(world(rng, eight), asked)
    others = {
        "ignoring the condition": world(rng, rng.permuted(eight.ravel()).reshape(eight.shape)),
        "the condition turned round": world(rng, ~eight),
        "always the middle": np.repeat(np.where(asked, 180, 70)[:, None], 8, 1),
        "too varied": world(rng, eight, 60.0),
        "too dark": np.clip(world(rng, eight) - 40, 0, 255),
    }
    for name, drawn in others.items():
        assert mean_score(drawn, asked) > 1.05 * true, name


def test_it_does_not_depend_on_how_many_are_drawn(asked: np.ndarray) -> None:
    rng = np.random.default_rng(3)
    few, many = (mean_score(world(rng, np.repeat(asked[:, None], k, 1)), asked) for k in (2, 32))
    assert few == pytest.approx(many, rel=0.08)


def test_units_are_those_of_cielab() -> None:
    """Two greys that differ by so much in L*, drawn without variety."""
    real, drawn = flats(np.array([200])), flats(np.array([[100, 100]]))
    wanted = layout_of(real)[0, 0] - layout_of(drawn[:, 0])[0, 0]
    assert energy_scores(real, drawn)[0] == pytest.approx(wanted, rel=1e-3)


def test_bad_shapes_are_refused() -> None:
    with pytest.raises(BadInput, match=r"2\+"):
        energy_scores(flats(np.array([1])), flats(np.array([[1]])))
    with pytest.raises(BadInput, match="multiple of 4"):
        layout_of(np.zeros((1, 6, 6, 3), np.uint8))
