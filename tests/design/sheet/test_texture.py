"""Texture belongs to the cover, not to the pixels."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from duck_and_cover.design.sheet import texture

Texture = Callable[[int, int, int, float], np.ndarray]
TEXTURES: tuple[Texture, ...] = (texture.paper, texture.mottle, texture.grain)


@pytest.mark.parametrize("make", TEXTURES)
def test_a_preview_is_the_export_made_small(make: Texture) -> None:
    large = make(3, 1500, 1500, 1500.0).astype(np.float32)
    small = make(3, 375, 375, 375.0).astype(np.float32)
    shrunk = cv2.resize(large, (375, 375), interpolation=cv2.INTER_AREA)
    assert np.abs(shrunk - small).mean() < 0.1 * small.std() + 1e-6


@pytest.mark.parametrize("make", TEXTURES)
def test_the_seed_decides_and_a_box_is_a_part_of_the_cover(make: Texture) -> None:
    whole = make(5, 750, 750, 750.0)
    assert whole.shape == (750, 750)
    assert whole.dtype == (np.uint8 if make is texture.mottle else np.float32)
    whole = whole.astype(np.float32)
    np.testing.assert_array_equal(whole, make(5, 750, 750, 750.0).astype(np.float32))
    assert np.abs(whole - make(6, 750, 750, 750.0)).mean() > 0.2 * whole.std()
    part = make(5, 300, 150, 750.0)
    assert part.shape == (150, 300)
    np.testing.assert_allclose(part[:140, :290], whole[:140, :290], atol=1.01 if make is texture.mottle else 1e-3)


def test_a_box_longer_than_a_cover_is_filled() -> None:
    wide = texture.paper(1, 900, 200, 400.0)
    assert wide.shape == (200, 900)
    np.testing.assert_array_equal(wide[:, :100], wide[:, 400:500])


def test_noise_is_centred_and_repeats_without_a_seam() -> None:
    field = texture.fbm(4, 5, 4)
    assert abs(float(field.mean())) < 1e-3
    assert float(field.std()) == pytest.approx(1, abs=1e-3)
    seam = np.abs(field[:, 0] - field[:, -1]).mean()
    assert seam < 2.0 * np.abs(np.diff(field, axis=1)).mean()


def test_dry_ink_has_more_holes_than_wet_ink() -> None:
    dry, wet = (float(texture.mottle(2, 400, 400, 400.0, amount).mean()) / 255 for amount in (1.0, 0.2))
    assert dry < wet - 0.02
    assert wet > 0.97


def test_plates_slip_within_reach_and_the_key_stays() -> None:
    shifts = texture.misregistration(9, 4, 0.004)
    assert shifts[0] == (0.0, 0.0)
    far = [np.hypot(*s) for s in shifts[1:]]
    assert 0.002 < min(far) <= max(far) <= 0.004
