"""Every finish: right shape, same picture at any size, its own inks, no blur left."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from duck_and_cover import colour
from duck_and_cover.design.finish import FINISHES, Finish, finish_named, finishes_for
from duck_and_cover.design.finish.contours import hatch
from duck_and_cover.design.finish.halftone import dots
from duck_and_cover.design.finish.plate import Bed
from duck_and_cover.design.finish.prepare import prepare
from duck_and_cover.design.inks.palette import named

FAMILIES = (
    *("pop", "rock", "punk", "indie", "metal", "hip hop", "r&b", "funk", "jazz", "blues", "country", "folk"),
    *("classical", "electronic", "techno", "synth", "ambient", "experimental", "reggae", "latin", "world"),
    *("gospel", "soundtrack", "spoken"),
)
EVERY = pytest.mark.parametrize("finish", FINISHES, ids=lambda finish: finish.name)
PALETTE = named()["riso coral"]


@pytest.fixture(scope="module")
def art() -> np.ndarray:
    """Blurred blobs such as a small network draws."""
    rng = np.random.default_rng(8)
    small = rng.random((9, 9, 3), dtype=np.float32)
    return np.clip(cv2.resize(small, (64, 64), interpolation=cv2.INTER_CUBIC), 0, 1)


@EVERY
def test_a_preview_is_the_export_made_small(finish: Finish, art: np.ndarray) -> None:
    small = finish.draw(art, PALETTE, 384, 384, 384.0, 3)
    large = finish.draw(art, PALETTE, 768, 768, 768.0, 3)
    shrunk = cv2.resize(large, (384, 384), interpolation=cv2.INTER_AREA)
    assert float(np.abs(shrunk - small).mean()) < 0.02
    other = finish.draw(art, PALETTE, 384, 384, 384.0, 4)
    assert float(np.abs(other - small).mean()) > 0.02, "another seed must be another picture"


@EVERY
def test_same_seed_same_picture_in_a_box_of_any_shape(finish: Finish, art: np.ndarray) -> None:
    before = art.copy()
    one = finish.draw(art, PALETTE, 300, 180, 360.0, 11)
    assert one.shape == (180, 300, 3)
    assert one.dtype == np.float32
    assert float(one.min()) >= 0
    assert float(one.max()) <= 1
    assert float(one.std()) > 0.05
    np.testing.assert_array_equal(one, finish.draw(art, PALETTE, 300, 180, 360.0, 11))
    np.testing.assert_array_equal(art, before)
    assert finish.draw(art, named()["acid"], 120, 330, 360.0, 2).shape == (330, 120, 3)


@EVERY
def test_flat_art_is_printed_without_complaint(finish: Finish) -> None:
    with np.errstate(all="raise"):
        for value in (0.0, 1.0):
            out = finish.draw(np.full((64, 64, 3), value, np.float32), PALETTE, 128, 128, 128.0, 1)
            assert np.isfinite(out).all()


@pytest.mark.parametrize(
    "name", ["halftone", "contours", "isolines", "engraving", "woodcut", "xerox", "mirror", "tiles"]
)
def test_limited_finishes_print_only_the_palettes_inks(name: str, art: np.ndarray) -> None:
    palette = named()["safety orange"]
    out = finish_named(name).draw(art, palette, 600, 600, 600.0, 5)
    inks = np.array([palette.paper, palette.accent, *palette.inks])
    overprints = (inks[:, None] * inks[None]).reshape(-1, 3)
    mixed = np.array(palette.levels(5) + palette.levels(4))
    known = colour.srgb_to_oklab(np.vstack([inks, overprints, mixed]))
    pixels = colour.srgb_to_oklab(cv2.GaussianBlur(out, (0, 0), 0.1)[::5, ::5].reshape(-1, 3))
    gap = np.sqrt(((pixels[:, None] - known[None]) ** 2).sum(2)).min(1)
    assert float((gap < 0.09).mean()) > 0.8


@EVERY
def test_there_is_real_detail_at_full_size(finish: Finish, art: np.ndarray) -> None:
    out = finish.draw(art, PALETTE, 512, 512, 512.0, 3).mean(2)
    fine = np.abs(out - cv2.GaussianBlur(out, (0, 0), 1.2)).mean()
    enlarged = cv2.resize(art, (512, 512), interpolation=cv2.INTER_CUBIC).mean(2)
    blur = np.abs(enlarged - cv2.GaussianBlur(enlarged, (0, 0), 1.2)).mean()
    assert fine > 5 * blur


def test_every_family_has_finishes() -> None:
    for family in FAMILIES:
        found = finishes_for(family)
        assert len([weight for _, weight in found if weight >= 0.3]) >= 3, family
        assert found[0][1] >= 0.8, family
        assert finishes_for(family, 1960)
        assert finishes_for(family, 2020)
    assert len(finishes_for("wobble")) == len(FINISHES)


def test_names_are_unique_and_a_wrong_one_is_answered_with_the_list() -> None:
    assert len({finish.name for finish in FINISHES}) == len(FINISHES) >= 9
    with pytest.raises(KeyError, match="halftone"):
        finish_named("glitter")


@pytest.mark.parametrize("share", [0.1, 0.5, 0.8])
def test_a_screen_prints_the_share_of_ink_it_was_asked_for(share: float) -> None:
    bed = Bed(600, 600, 600.0, 1)
    plate = dots(bed, np.full((768, 768), share, np.float32), 40, 45)
    assert float(plate.mean()) / 255 == pytest.approx(share, abs=0.03)
    lines = hatch(bed, np.full((768, 768), share, np.float32), 30, 20)
    assert float(lines.mean()) / 255 == pytest.approx(share, abs=0.09)


def test_preparation_turns_blur_into_edges_without_moving_the_picture(art: np.ndarray) -> None:
    drawing = prepare(art, 1.0, 1.0, 3)
    assert drawing.tone.shape == drawing.warmth.shape == drawing.spot.shape
    light = cv2.resize(colour.srgb_to_oklab(art)[..., 0], drawing.tone.shape[::-1], interpolation=cv2.INTER_CUBIC)
    assert float(np.corrcoef(light.ravel(), drawing.tone.ravel())[0, 1]) > 0.75

    def steepest(field: np.ndarray) -> float:
        field = field / field.std()
        return float(np.percentile(np.hypot(*np.gradient(field)), 99))

    assert steepest(drawing.tone) > 2 * steepest(light)


def test_a_box_too_small_is_refused_with_its_size() -> None:
    with pytest.raises(ValueError, match="4x600 px"):
        Bed(4, 600, 600.0, 1)
