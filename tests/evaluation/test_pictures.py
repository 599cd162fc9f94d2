"""Diversity, palettes and copies: each with a set that must raise the alarm."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from duck_and_cover.cover import Pixels
from duck_and_cover.errors import BadInput, TooFewPictures
from duck_and_cover.evaluation.copies import copies
from duck_and_cover.evaluation.diversity import likeness
from duck_and_cover.evaluation.palette import palette_distance, palette_of

Pictures = Callable[..., Pixels]


def test_one_picture_again_and_again_ruins_diversity(pictures: Pictures) -> None:
    many, error = likeness(pictures(100, 0, 64), pairs=200)
    one, _ = likeness(np.repeat(pictures(1, 0, 64), 30, 0), pairs=50)
    assert one == pytest.approx(1, abs=1e-3)
    assert many < 0.5
    assert error < 0.05


def test_diversity_wants_enough_and_large_enough(pictures: Pictures) -> None:
    with pytest.raises(TooFewPictures, match="20 or more"):
        likeness(pictures(19, 0, 64))
    with pytest.raises(BadInput, match="32 or more"):
        likeness(pictures(30, 0, 16))


def test_a_palette_is_what_a_flag_is_made_of() -> None:
    flag = np.zeros((48, 48, 3), np.uint8)
    flag[:24], flag[24:38], flag[38:] = (255, 0, 0), (255, 255, 255), (0, 0, 255)
    palette = palette_of(flag)
    assert palette.shape == (5, 4)
    assert palette[:, 0].sum() == pytest.approx(1)
    weights = {}
    for weight, lightness, *_ in palette:
        weights[round(float(lightness))] = weights.get(round(float(lightness)), 0) + float(weight)
    assert weights == {53: pytest.approx(0.5, abs=0.05), 100: pytest.approx(0.3, abs=0.05),
                       32: pytest.approx(0.2, abs=0.05)}  # fmt: skip


def test_palettes_of_equal_sets_are_near_and_other_colours_far(pictures: Pictures) -> None:
    real = pictures(120, 0)
    floor, error = palette_distance(real[:60], real[60:])
    assert abs(floor) < 4 * error
    shifted = real[60:].copy()
    shifted[..., 0] //= 2
    grey = np.repeat(real[60:].mean(-1, keepdims=True), 3, -1).astype(np.uint8)
    one = np.repeat(real[60:61], 60, 0)
    for other in (shifted, grey, one):
        assert palette_distance(real[:60], other)[0] > 10 * max(floor, error)
    with pytest.raises(TooFewPictures):
        palette_distance(real[:19], real)


def test_the_error_of_a_palette_distance_is_what_it_moves_by(pictures: Pictures) -> None:
    found = []
    for s in range(12):
        tinted = pictures(100, s + 50)
        tinted[..., 0] //= 2
        found.append(palette_distance(pictures(100, s), tinted, pairs=1000))
    moves = float(np.std([value for value, _ in found], ddof=1))
    assert 0.5 * moves < float(np.mean([error for _, error in found])) < 2 * moves


@pytest.fixture
def worlds(pictures: Pictures) -> tuple[Pixels, Pixels, Pixels]:
    return pictures(300, 1), pictures(300, 2), pictures(100, 3)


def test_new_pictures_raise_no_alarm(worlds: tuple[Pixels, ...]) -> None:
    training, kept_back, drawn = worlds
    found = copies(drawn, training, kept_back)
    assert not found.alarm
    assert found.ratio == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize("disguise", ["none", "mirrored", "darker", "paler", "blurred", "noisy"])
def test_planted_copies_raise_it(worlds: tuple[Pixels, ...], disguise: str) -> None:
    """A tenth of what is drawn are training covers, made a little different."""
    training, kept_back, drawn = worlds
    rows = np.arange(50, 60)
    planted = training[rows].astype(np.float32)
    planted = {
        "none": lambda: planted,
        "mirrored": lambda: planted[:, :, ::-1],
        "darker": lambda: planted * 0.6,
        "paler": lambda: 128 + 0.5 * (planted - 128),
        "blurred": lambda: np.stack([cv2.GaussianBlur(p, (0, 0), 1.5) for p in planted]),
        "noisy": lambda: planted + np.random.default_rng(0).normal(0, 20, planted.shape),
    }[disguise]()
    drawn[20:30] = planted.clip(0, 255).astype(np.uint8)
    found = copies(drawn, training, kept_back)
    assert found.alarm
    assert set(range(20, 30)) <= set(found.suspicious.tolist())
    assert found.neighbour[20:30].tolist() == rows.tolist()


def test_a_network_that_only_copies_shows_in_the_ratio(worlds: tuple[Pixels, ...]) -> None:
    training, kept_back, _ = worlds
    assert copies(training[:100], training, kept_back).ratio < 0.1
    with pytest.raises(TooFewPictures, match="300 or more"):
        copies(training, training, kept_back[:299])
