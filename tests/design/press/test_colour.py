"""Colour in print: profile, separation, inks of words, proof."""

from __future__ import annotations

import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from duck_and_cover.design.compose import Layer, Words
from duck_and_cover.design.files.formats import srgb_profile
from duck_and_cover.design.pieces.sheet import Panel, Piece, Sheet
from duck_and_cover.design.press.difference import delta_e
from duck_and_cover.design.press.inks import BLACK, PAPER, inks_of_word, size_pt
from duck_and_cover.design.press.profile import open_profile
from duck_and_cover.design.press.proof import movement, proof
from duck_and_cover.design.press.separation import Separator, ink_percent
from duck_and_cover.design.shapes.outline import Outline
from duck_and_cover.design.type.faces import face
from duck_and_cover.design.type.typography import set_line
from duck_and_cover.errors import BadInput

COATED = Separator(open_profile())
CARD = Sheet("card", 50.0, 30.0, (Panel("front", 0, 0, 50, 30),), folds=(20.0,))


def flat(colour: tuple[int, int, int], dpi: float = 100.0, sheet: Sheet = CARD, words: tuple[Words, ...] = ()) -> Piece:
    height, width = (round((side + 6) / 25.4 * dpi) for side in (sheet.height_mm, sheet.width_mm))
    return Piece(sheet, np.full((height, width, 3), colour, np.uint8), words, dpi)


def test_the_profile_prints_as_the_standard_says() -> None:
    # the solids of FOGRA39L, which are the aims of ISO 12647-2:2004/Amd 1:2007 on paper type 1; absolute CIELAB
    aims = {(0, 0, 0, 0): (95, 0, -2), (0, 0, 0, 100): (16, 0, 0), (100, 0, 0, 0): (55, -37, -50),
            (0, 100, 0, 0): (48, 74, -3), (0, 0, 100, 0): (89, -5, 93), (0, 100, 100, 0): (47, 68, 48),
            (100, 0, 100, 0): (50, -65, 27), (100, 100, 0, 0): (24, 22, -46)}  # fmt: skip
    lab = ImageCms.createProfile("LAB")
    absolute = ImageCms.buildTransform(
        open_profile().opened(), lab, "CMYK", "LAB", ImageCms.Intent.ABSOLUTE_COLORIMETRIC
    )
    for plates, aim in aims.items():
        inks = Image.new("CMYK", (1, 1), tuple(round(share * 2.55) for share in plates))
        shown = absolute.apply(inks)
        assert shown is not None
        raw = np.asarray(shown)[0, 0]
        found = np.array([raw[0] / 2.55, *raw[1:].view(np.int8)])
        assert np.linalg.norm(found - aim) < 3, (plates, found)


def test_the_profile_is_small_and_says_what_it_is() -> None:
    profile = open_profile()
    assert len(profile.data) < 300_000 and profile.condition == "FOGRA39" and profile.version == (2, 2)
    assert open_profile("coated") is profile and open_profile(profile) is profile
    licence = Path(__file__).parents[3] / "src/duck_and_cover/design/profiles/LICENSE"
    assert "FOGRA39L" in licence.read_text("utf-8") and "freely" in licence.read_text("utf-8")


def test_a_profile_of_ones_own(tmp_path: Path) -> None:
    own = tmp_path / "own.icc"
    own.write_bytes(open_profile().data)
    found = open_profile(own)
    assert (found.condition, found.description) == (None, "Coated FOGRA39L (Duck and Cover)")
    whole = bytearray(open_profile().data)
    wrong_version, no_tables = whole.copy(), whole.copy()
    wrong_version[8] = 5
    no_tables[128:132] = struct.pack(">I", 3)  # the first tables are names and the white point
    for data, said in (
        (srgb_profile(), "class 'mntr' for RGB"),
        (b"no profile at all", "no ICC profile"),
        (bytes(whole[:5000]), "incomplete, 5000 of"),
        (bytes(wrong_version), "ICC version 5"),
        (bytes(no_tables), "tables A2B1, B2A1"),
    ):
        own.write_bytes(data)
        with pytest.raises(BadInput, match=said):
            open_profile(str(own))
    with pytest.raises(BadInput, match=r"nowhere\.icc.*name an ICC file"):
        open_profile(tmp_path / "nowhere.icc")


def test_white_is_paper_and_grey_stays_grey() -> None:
    grey = np.repeat(np.arange(0, 256, 15, dtype=np.uint8)[None, :, None], 3, axis=2)
    inks = COATED.cmyk(grey)[0]
    assert inks[-1].tolist() == [0, 0, 0, 0]
    assert (np.diff(inks[:, 3].astype(int)) <= 0).all(), "black grows towards the dark"
    assert inks[-5:, 3].max() < 26, "and leaves light tones alone"
    moved = delta_e(COATED.lab_of_rgb(grey[0]), COATED.lab_of_inks(inks))
    assert moved.max() < 3 and moved.mean() < 1


def test_ink_in_all_is_held() -> None:
    rgb = np.random.default_rng(1).integers(0, 90, (40, 50, 3), np.uint8)
    assert 240 < ink_percent(COATED.cmyk(rgb)).max() <= COATED.picture_ink
    thin = Separator(open_profile(), 200.0)
    inks, held = COATED.cmyk(rgb), thin.cmyk(rgb)
    assert ink_percent(held).max() <= thin.picture_ink
    assert np.array_equal(held[..., 3], inks[..., 3]), "black stays"
    kept = ink_percent(inks) <= thin.picture_ink
    assert kept.any() and np.array_equal(held[kept], inks[kept]), "what has little ink is not touched"


@pytest.mark.parametrize(
    ("colour", "pt", "wanted"),
    [
        ((1.0, 1.0, 1.0), 40, PAPER),
        ((0.93, 0.91, 0.88), 8, PAPER),
        ((0.05, 0.04, 0.06), 60, BLACK),
        ((0.1, 0.1, 0.1), 7, BLACK),
        ((0.06, 0.09, 0.2), 7, BLACK),
    ],
)
def test_black_and_white_words(colour: tuple[float, float, float], pt: float, wanted: tuple[float, ...]) -> None:
    assert inks_of_word(colour, pt, COATED) == wanted


def test_small_words_have_few_inks_of_the_same_colour() -> None:
    for colour in ((0.75, 0.1, 0.3), (0.1, 0.3, 0.7), (0.9, 0.6, 0.1), (0.1, 0.45, 0.25)):
        small, large = inks_of_word(colour, 8, COATED), inks_of_word(colour, 30, COATED)
        assert sum(ink > 0 for ink in small[:3]) <= 2
        rgb = np.rint(np.array([colour]) * 255)
        wanted = COATED.lab_of_rgb(rgb)
        for inks in (small, large):
            away = delta_e(wanted, COATED.lab_of_inks(np.rint(np.array([inks]) * 255)))
            assert away[0] < 6, (colour, inks)
        thin = Separator(open_profile(), 200.0)
        assert sum(inks_of_word(colour, 8, thin)) * 100 <= thin.picture_ink
    grey = inks_of_word((0.5, 0.5, 0.5), 8, COATED)
    assert grey[:3] == (0, 0, 0) and 0.4 < grey[3] < 0.8
    assert sum(ink > 0 for ink in inks_of_word((0.5, 0.5, 0.5), 30, COATED)) == 4, "large grey is separated"
    cream = inks_of_word((0.93, 0.91, 0.88), 40, COATED)
    assert cream != PAPER and cream[3] < 0.03, "large cream keeps its tint"


def test_the_size_of_type_is_told_by_its_outlines() -> None:
    for pt in (6.0, 13.0, 15.0, 48.0):
        shape = set_line("Hx The quick Fox", face("inter"), 400).outline.scaled(pt * 25.4 / 72)
        turned = shape.transformed([[0, -1, 0], [1, 0, 0]])
        for each in (shape, turned):
            assert size_pt(Words("x", "x", (Layer(each, (0, 0, 0), 0.0),))) == pytest.approx(pt, rel=0.3)
    assert size_pt(Words("x", "", (Layer(Outline.empty(), (0, 0, 0), 0.0),))) == 0


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [  # Sharma, Wu and Dalal 2005, table 1
        ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
        ((50.0, -1.3802, -84.2814), (50.0, 0.0, -82.7485), 1.0000),
        ((50.0, 0.0, 0.0), (50.0, -1.0, 2.0), 2.3669),
        ((50.0, 2.49, -0.001), (50.0, -2.49, 0.0009), 7.1792),
        ((50.0, 2.49, -0.001), (50.0, -2.49, 0.0011), 7.2195),
        ((50.0, -0.001, 2.49), (50.0, 0.0011, -2.49), 4.7461),
        ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
        ((50.0, 2.5, 0.0), (56.0, -27.0, -3.0), 31.9030),
        ((22.7233, 20.0904, -46.694), (23.0331, 14.973, -42.5619), 2.0373),
        ((2.0776, 0.0795, -1.135), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_differences_are_those_of_the_paper(one: tuple[float, ...], other: tuple[float, ...], wanted: float) -> None:
    assert delta_e([one], [other])[0] == pytest.approx(wanted, abs=6e-5)
    assert delta_e([other], [one])[0] == pytest.approx(wanted, abs=6e-5)


def test_a_proof_shows_what_print_cannot() -> None:
    grey, neon = proof(flat((128, 128, 128))), proof(flat((57, 255, 20)))
    assert grey.shape == (118, 197, 3)
    assert np.abs(grey.astype(int) - 128).max() <= 4
    assert np.abs(neon.astype(int) - (57, 255, 20)).max() > 40, "no ink glows"
    white, paper = proof(flat((255, 255, 255))), proof(flat((255, 255, 255)), paper=True)
    assert white.min() == 255 and 225 < paper.mean() < 250
    black = proof(flat((0, 0, 0)), paper=True)
    assert proof(flat((0, 0, 0))).max() < 16 < black.min(), "ink and paper are no black hole"
    assert proof(flat((128, 128, 128)), dpi=50).shape == (59, 98, 3)
    with pytest.raises(BadInput, match="proof of 0 dpi"):
        proof(flat((0, 0, 0)), dpi=0)


def test_a_proof_folds_and_is_cut_round() -> None:
    plain, folded = proof(flat((90, 120, 200))), proof(flat((90, 120, 200)), folds=True)
    changed = np.nonzero((plain != folded).any(-1))
    assert set(changed[1]) == {round(20 / 25.4 * 100)}
    assert 40 < len(changed[0]) < 80, "a dashed line"
    disc = Sheet("disc", 40.0, 40.0, (Panel("label", 0, 0, 40, 40),), round_mm=40.0, hole_mm=10.0)
    shown = proof(flat((200, 30, 40), sheet=disc))
    middle = len(shown) // 2
    assert shown[1, 1].min() == 255 and shown[middle, middle].min() == 255 and shown[middle, 30].max() < 225


def test_a_proof_overprints_black() -> None:
    bar = Words("bar", "", (Layer(Outline.rectangle(10, 10, 40, 20), (0, 0, 0), 0.0),))
    upon = [
        proof(flat(colour, words=(bar,)), paper=True)[59, 98].mean() for colour in ((120, 220, 240), (255, 255, 255))
    ]
    assert upon[0] < upon[1] - 3, "black upon cyan is deeper than black alone"
    hole = replace(bar, layers=(replace(bar.layers[0], colour=(1.0, 1.0, 1.0)),))
    assert proof(flat((0, 90, 160), words=(hole,)))[59, 98].min() == 255


def test_neon_is_told_and_print_colours_are_not() -> None:
    words = (Words("title", "", (Layer(Outline.rectangle(10, 10, 40, 20), (0.0, 1.0, 0.0), 0.0),)),)
    neon, earth = movement(flat((255, 0, 255))), movement(flat((150, 90, 60), words=words))
    assert neon.collapses and neon.mean > 10 and neon.p95 >= neon.mean - 0.01
    assert not earth.collapses and earth.p95 < 2
    assert earth.words["title"] > 10
    assert earth.most_ink == pytest.approx(
        float(ink_percent(COATED.cmyk(flat((150, 90, 60)).ground[:1])).max()), abs=0.1
    )
