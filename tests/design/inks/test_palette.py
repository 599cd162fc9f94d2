"""The drawer of inks, and inks from art."""

from __future__ import annotations

import numpy as np
import pytest

from duck_and_cover import colour
from duck_and_cover.design.inks.palette import (
    LEAST_SPREAD,
    Palette,
    dominant_hue,
    from_art,
    lightness,
    named,
    palettes_for,
    tinted,
)

FAMILIES = (
    *("pop", "rock", "punk", "indie", "metal", "hip hop", "r&b", "funk", "jazz", "blues", "country", "folk"),
    *("classical", "electronic", "techno", "synth", "ambient", "experimental", "reggae", "latin", "world"),
    *("gospel", "soundtrack", "spoken"),
)


def hills(hue: float = 0.7, strength: float = 0.11) -> np.ndarray:
    """A smooth little landscape of one hue with a pale disc."""
    y, x = np.mgrid[0:64, 0:64].astype(np.float32) / 63
    light = 0.75 - 0.5 * y + 0.06 * np.sin(9 * x)
    lab = np.stack([light, strength * np.cos(hue) + 0 * x, strength * np.sin(hue) + 0 * x], axis=-1)
    lab[(x - 0.6) ** 2 + (y - 0.3) ** 2 < 0.02] = (0.9, 0.0, 0.02)
    return colour.oklab_to_srgb(lab)


def test_the_drawer_is_full_and_every_palette_is_decisive() -> None:
    assert len(named()) >= 48
    for palette in named().values():
        assert lightness(palette.lightest) - lightness(palette.darkest) >= LEAST_SPREAD, palette.name
        assert float(colour.contrast_ratio(palette.key, palette.paper)) >= 4.5, palette.name
        assert set(palette.families) <= set(FAMILIES), palette.name


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_has_palettes_in_every_era(family: str) -> None:
    found = palettes_for(family)
    assert len([weight for _, weight in found if weight >= 0.3]) >= 4
    assert [w for _, w in found] == sorted((w for _, w in found), reverse=True)
    for year in (1955, 1972, 1988, 2003, 2024):
        assert len([weight for _, weight in palettes_for(family, year) if weight >= 0.1]) >= 3


def test_a_year_moves_the_choice_and_an_unknown_family_still_gets_one() -> None:
    assert palettes_for("jazz", 1959)[0][0].name != palettes_for("jazz", 2015)[0][0].name
    assert len(palettes_for("wobble")) == len(named())


def test_a_palette_refuses_mud_and_single_inks() -> None:
    with pytest.raises(ValueError, match="spans"):
        Palette("mud", (0.4, 0.4, 0.4), ((0.35, 0.3, 0.3), (0.5, 0.5, 0.45)), (0.5, 0.4, 0.4))
    with pytest.raises(ValueError, match="two to six"):
        Palette("lonely", (1, 1, 1), ((0, 0, 0),), (0, 0, 0))


@pytest.mark.parametrize("seed", range(4))
def test_inks_from_art_are_spread_whatever_the_art(seed: int) -> None:
    rng = np.random.default_rng(seed)
    flat = np.full((64, 64, 3), 0.42, np.float32)
    for art in (
        hills(),
        flat,
        rng.random((64, 64, 3), dtype=np.float32) * 0.2 + 0.4,
        np.zeros((64, 64, 3), np.float32),
    ):
        palette = from_art(art, 5, seed)
        assert lightness(palette.lightest) - lightness(palette.darkest) >= LEAST_SPREAD
        assert palette == from_art(art, 5, seed)


def test_inks_from_art_keep_its_hue() -> None:
    palette = from_art(hills(hue=-2.0), 4, 0)
    strong = max(palette.inks, key=lambda ink: float(np.hypot(*colour.srgb_to_oklab(ink)[1:])))
    lab = colour.srgb_to_oklab(strong)
    assert abs(np.angle(np.exp(1j * (np.arctan2(lab[2], lab[1]) + 2.0)))) < 0.3


def test_tinting_turns_towards_the_art_and_leaves_grey_alone() -> None:
    palette = named()["blue hour"]
    art = hills(hue=-1.2, strength=0.09)
    before = colour.srgb_to_oklab(palette.seconds[0])
    after = colour.srgb_to_oklab(tinted(palette, art).seconds[0])
    hue, _ = dominant_hue(art)

    def gap(lab: np.ndarray) -> float:
        return abs(float(np.angle(np.exp(1j * (np.arctan2(lab[2], lab[1]) - hue)))))

    assert gap(after) < gap(before)
    assert after[0] == pytest.approx(before[0], abs=0.02)
    assert tinted(palette, np.full((32, 32, 3), 0.5, np.float32)) == palette


def test_levels_are_the_palettes_own_or_mixed() -> None:
    palette = named()["meadow"]
    assert palette.levels(5) == palette.colours
    assert set(palette.levels(3)) <= set(palette.colours)
    assert len(palette.levels(7)) == 7
