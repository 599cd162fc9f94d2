from __future__ import annotations

import json

import cv2
import numpy as np
import pytest

from duck_and_cover.album import Album
from duck_and_cover.design.compose import Design, compose
from duck_and_cover.design.finish import FINISHES
from duck_and_cover.design.inks import ink
from duck_and_cover.design.inks.palette import named
from duck_and_cover.design.layouts.archetypes import LAYOUTS
from duck_and_cover.design.style import Seeds, choose_style
from duck_and_cover.errors import BadInput

ALBUM = Album("The Understudies", "Low Tide", ("indie rock",), 2004)


def art(seed: int = 0, size: int = 64) -> np.ndarray:
    """Blurred blobs of colour, as a small network draws them."""
    rng = np.random.default_rng(seed)
    small = rng.random((7, 7, 3)).astype(np.float32)
    return np.rint(np.clip(cv2.resize(small, (size, size), interpolation=cv2.INTER_CUBIC), 0, 1) * 255).astype(np.uint8)


def made(album: Album = ALBUM, seed: int = 1, size: int = 256, **lock: str) -> Design:
    picture, seeds = art(seed), Seeds.of(seed)
    return compose(picture, album, choose_style(album, picture, seeds, **lock), seeds, size)


def contrasts(design: Design) -> list[tuple[float, float]]:
    return [(t["contrast_p5"], t["contrast_needed"]) for t in design.report["texts"]]


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_layout_reads(name: str) -> None:
    design = made(layout=name)
    assert design.pixels.shape == (256, 256, 3) and design.pixels.dtype == np.uint8
    assert design.report["layout"] == name
    for reached, needed in contrasts(design):
        assert reached >= needed


@pytest.mark.parametrize("finish", [f.name for f in FINISHES])
def test_every_finish_reads_under_type(finish: str) -> None:
    for layout in ("caption", "overprint"):
        design = made(finish=finish, layout=layout, seed=3)
        for reached, needed in contrasts(design):
            assert reached >= needed, (finish, layout)


def test_noise_in_hostile_greys_still_reads() -> None:
    picture = np.random.default_rng(4).integers(0, 256, (64, 64, 3)).astype(np.uint8)
    for palette in ("concrete", "error blue", "signal red"):
        seeds = Seeds.of(8)
        style = choose_style(ALBUM, picture, seeds, finish="film", palette=palette, layout="whisper")
        for reached, needed in contrasts(compose(picture, ALBUM, style, seeds, 300)):
            assert reached >= needed, palette


NAMES = [
    Album("X", "I"),
    Album(None, None, ("ambient",)),
    Album(None, "Field Recordings Vol. 3"),
    Album("Monolith", None),
    Album("МС Гром", "УЛИЦА", ("hip hop",), 1997),
    Album("ΣΥΣΤΗΜΑ", "Ένας Ατελής Δείκτης", ("techno",), 2001),
    Album("ليلى حداد", "أغاني الخريف", ("classical",), 1978),
    Album("להקת הירח", "שירים מהמדבר", ("rock",), 1973),
    Album("नीला आसमान", "मानसून की धुन", ("indie",), 2018),
    Album("夜の高速道路", "真夜中のドライブ", ("synthwave",), 1984),
    Album("서울의 밤", "불빛", ("r&b",), 2020),
    Album("Những ngày mưa", "Khúc hát mùa thu", ("pop",), 2016),
    Album("lil 🌙", "no sleep 💤", ("trap",), 2021),
    Album("W" * 60, "M" * 200, ("metal",), 1988),
    Album("The Committee", "word " * 40, ("jazz",), 1959),
    Album("a" * 400, "b c " * 100, ("pop",), 2020),
]


@pytest.mark.parametrize("album", NAMES, ids=range(len(NAMES)))
def test_any_name_can_be_set(album: Album) -> None:
    design = made(album, seed=5, size=128)
    texts = design.report["texts"]
    assert {t["name"] for t in texts} == {n for n in ("artist", "title") if getattr(album, n)}
    for text in texts:
        assert min(text["box"][0], text["box"][1], 1 - text["box"][2], 1 - text["box"][3]) >= 0.049
        assert text["size"] >= 0.0199
        assert text["contrast_p5"] >= text["contrast_needed"]


@pytest.mark.parametrize("finish", ["halftone", "woodcut", "film", "neon"])
def test_a_preview_is_the_export_made_small(finish: str) -> None:
    small, large = (made(seed=6, size=s, finish=finish, layout="stacked") for s in (480, 1440))
    one, two = (cv2.resize(d.pixels, (160, 160), interpolation=cv2.INTER_AREA).astype(float) for d in (small, large))
    assert float(np.abs(one - two).mean()) < 2.5
    assert [t["colour"] for t in small.report["texts"]] == [t["colour"] for t in large.report["texts"]]
    assert [t["box"] for t in small.report["texts"]] == [t["box"] for t in large.report["texts"]]


def test_same_seeds_same_pixels_and_other_art_other_pixels() -> None:
    assert np.array_equal(made().pixels, made().pixels)
    assert not np.array_equal(made().pixels, made(seed=2).pixels)


def test_the_words_are_really_printed() -> None:
    words = made(layout="label grid", finish="tiles")
    without = made(Album("The Understudies", "Low Tidf", ("indie rock",), 2004), layout="label grid", finish="tiles")
    assert not np.array_equal(words.pixels, without.pixels)
    box = next(t["box"] for t in words.report["texts"] if t["name"] == "title")
    part = words.pixels[int(box[1] * 256) : int(box[3] * 256), int(box[0] * 256) : int(box[2] * 256)]
    assert part.std() > 20


def test_the_report_is_json_and_says_what_was_used() -> None:
    report = made(Album("МС Гром", "УЛИЦА", ("hip hop",), 1997), type="anton").report
    assert json.loads(json.dumps(report)) == report
    faces = {t["face"] for t in report["texts"]}
    assert "anton" not in faces  # it has no Cyrillic; a sibling stood in and the report says which
    assert report["palette"]["name"] and report["finish"] in {f.name for f in FINISHES}


def test_art_of_other_sizes_is_taken_and_nonsense_refused() -> None:
    seeds = Seeds.of(1)
    style = choose_style(ALBUM, art(), seeds)
    for size in (32, 128, 512):
        assert compose(art(size=size), ALBUM, style, seeds, 128).size_px == 128
    with pytest.raises(BadInput, match="art"):
        compose(np.zeros((64, 64), np.uint8), ALBUM, style, seeds, 128)
    with pytest.raises(BadInput, match="size"):
        compose(art(), ALBUM, style, seeds, 9)


def test_the_contrast_rule_measures_the_worst_places() -> None:
    half = np.sort(np.r_[np.zeros(50), np.ones(50)]).astype(np.float32)
    assert ink.fifth((1.0, 1.0, 1.0), half) == pytest.approx(1.0)
    assert ink.fifth((1.0, 1.0, 1.0), np.zeros(10, np.float32)) == pytest.approx(21.0, rel=1e-3)
    mostly = np.sort(np.r_[np.zeros(97), np.ones(3)]).astype(np.float32)
    assert ink.fifth((1.0, 1.0, 1.0), mostly) > 15


def test_a_panel_nothing_reads_on_becomes_the_key_ink() -> None:
    for palette in named().values():
        panel = ink.panel("accent", palette)
        best = max(
            float(ink.colour.contrast_ratio(panel, c)) for c in (palette.paper, palette.lightest, palette.darkest)
        )
        assert best >= 4.0, palette.name


@pytest.mark.parametrize("seed", [6, 9, 14])
def test_holding_the_picture_back_leaves_panels_alone(seed: int) -> None:
    picture, seeds = art(seed), Seeds.of(seed)
    style = choose_style(ALBUM, picture, seeds, finish="neon", palette="night drive", layout="spine")
    design = compose(picture, ALBUM, style, seeds, 256)
    assert any(text["scrim"] > 0 for text in design.report["texts"])
    strip = design.pixels[:, 2:8].astype(float)
    assert np.abs(strip[:26].mean((0, 1)) - strip[115:141].mean((0, 1))).max() < 6
