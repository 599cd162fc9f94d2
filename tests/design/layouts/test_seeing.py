"""What a viewer sees first: calm and crowd, what stands out, faces; and how layouts are held against it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from duck_and_cover.album import Album
from duck_and_cover.design.layouts.archetypes import LAYOUTS
from duck_and_cover.design.layouts.arranging import arranged
from duck_and_cover.design.layouts.layout import Plan, Voices
from duck_and_cover.design.layouts.scoring import loss
from duck_and_cover.design.layouts.seeing import CELLS, View, see
from duck_and_cover.design.style import Seeds, choose_style
from duck_and_cover.design.type.faces import FACES

VOICES = Voices((FACES["anton"], 400), (FACES["inter"], 400), "upper")
SHORT = Album("Nine", "Low Tide")


def spotted(x: float, y: float, radius: float = 0.12, side: int = 64) -> np.ndarray:
    """A grey sheet with one bright red disc."""
    picture = np.full((side, side, 3), 90, np.uint8)
    cv2.circle(picture, (round(x * side), round(y * side)), round(radius * side), (230, 40, 30), -1)
    return picture


def drawn_face(side: int = 400) -> np.ndarray:
    """A face as plain as a cascade will take: an oval with eyes, brows, nose and mouth, softly lit."""
    p = np.full((side, side), 60, np.uint8)
    cv2.ellipse(p, (200, 210), (95, 125), 0, 0, 360, 190, -1)
    cv2.ellipse(p, (200, 110), (100, 60), 0, 180, 360, 40, -1)
    for x in (162, 238):
        cv2.ellipse(p, (x, 185), (20, 9), 0, 0, 360, 90, -1)
        cv2.circle(p, (x, 185), 8, 25, -1)
        cv2.ellipse(p, (x, 165), (26, 6), 0, 180, 360, 70, -1)
    cv2.line(p, (200, 195), (192, 240), 150, 6)
    cv2.ellipse(p, (200, 248), (18, 7), 0, 0, 180, 120, 4)
    cv2.ellipse(p, (200, 285), (36, 12), 0, 0, 180, 90, -1)
    return cv2.cvtColor(cv2.GaussianBlur(p, (0, 0), 3), cv2.COLOR_GRAY2RGB)


def test_noise_is_restless_and_sky_is_not() -> None:
    art = np.full((64, 64, 3), 128, np.uint8)
    art[32:] = np.random.default_rng(0).integers(0, 256, (32, 64, 3))
    view = see(art)
    assert view.detail.shape == (CELLS, CELLS)
    assert view.unrest((0.05, 0.55, 0.95, 0.95)) > 5 * view.unrest((0.05, 0.05, 0.95, 0.4))


@pytest.mark.parametrize(("x", "y"), [(0.3, 0.3), (0.7, 0.4), (0.5, 0.75)])
def test_what_stands_out_is_looked_at(x: float, y: float) -> None:
    view = see(spotted(x, y))
    assert view.salience.sum() == pytest.approx(1, abs=1e-3)
    assert view.attention((x - 0.15, y - 0.15, x + 0.15, y + 0.15)) > 0.7


def test_a_blank_sheet_is_looked_at_evenly() -> None:
    view = see(np.full((64, 64, 3), 200, np.uint8))
    assert np.isfinite(view.salience).all() and view.salience.max() < 4 / CELLS**2 and not view.faces


def test_a_face_draws_the_eye_and_small_art_is_not_searched() -> None:
    view = see(drawn_face())
    assert len(view.faces) == 1
    left, top, right, bottom = view.faces[0]
    assert left < 0.5 < right and top < 0.5 < bottom
    assert view.attention(view.faces[0]) > 0.33
    assert not see(drawn_face()[::2, ::2]).faces


def plan(layout: str, view: View, album: Album = SHORT) -> Plan:
    return arranged(LAYOUTS[layout], album, VOICES, view, 3, patience=1)


def test_words_over_what_is_looked_at_lose() -> None:
    foot, head = see(spotted(0.3, 0.85)), see(spotted(0.7, 0.3))
    over, beside = loss(plan("caption", foot), foot), loss(plan("caption", head), head)
    assert over.hidden > beside.hidden + 0.2
    assert over.total > beside.total


def test_words_on_a_crowd_lose_and_those_on_paper_do_not() -> None:
    art = np.random.default_rng(0).integers(0, 256, (64, 64, 3)).astype(np.uint8)
    view = see(art)
    assert loss(plan("overprint", view), view).restless > 0.3
    assert loss(plan("label grid", view), view).restless == 0


def test_a_hidden_face_weighs_most() -> None:
    face = np.zeros((CELLS, CELLS), np.float32)
    face[20:40, 20:40] = 1 / 400
    view = View(np.zeros_like(face), face, ((1 / 3, 1 / 3, 2 / 3, 2 / 3),))
    across, above = loss(plan("band", view), view), loss(plan("logo", view), view)
    assert across.faces > 0.3 > 0.1 > above.faces
    assert across.total > above.total


def test_a_crop_that_cuts_what_matters_off_loses() -> None:
    middle, edge = see(spotted(0.5, 0.5)), see(spotted(0.5, 0.06, 0.05))
    assert loss(plan("letterbox", edge), edge).cropped > loss(plan("letterbox", middle), middle).cropped + 0.3


def test_small_names_lose() -> None:
    view = see(spotted(0.5, 0.5))
    long = Album("Nine", "Everything That Happened After the Long Winter")
    assert loss(plan("spine", view, long), view).small > loss(plan("spine", view), view).small


def test_the_choice_of_layout_follows_the_picture() -> None:
    album = Album("Ivy Calder", "Glass Summer", ("pop",), 2016)
    chosen = {}
    for name, art in (("foot", spotted(0.5, 0.85, 0.2)), ("head", spotted(0.5, 0.15, 0.2))):
        chosen[name] = [choose_style(album, art, Seeds.of(s), finish="film").layout.name for s in range(24)]
    assert chosen["foot"] != chosen["head"]
    assert chosen["foot"].count("caption") < chosen["head"].count("caption"), "names in the corners of the foot"
