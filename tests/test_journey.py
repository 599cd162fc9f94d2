"""From five words to a cover, and back: what a stranger reads on the finished sleeve is what was typed."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import cv2
import numpy as np
import pytest

from duck_and_cover import Album, Sleeve, create
from duck_and_cover.cover import Pixels
from duck_and_cover.design.type.faces import face
from duck_and_cover.errors import BadInput
from duck_and_cover.generation.engine import DEFAULT_ENGINE, engine_names

ROOT = Path(__file__).resolve().parent.parent
pytestmark = pytest.mark.skipif(DEFAULT_ENGINE not in engine_names(), reason="the default bundle is not in this tree")


def _tool(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


SHOWN = _tool("readme_covers").SHOWN


@pytest.fixture(scope="module")
def read() -> Callable[[Pixels], str]:
    """Read a picture with PP-OCR, whose models lie in its wheel: line by line, each from left to right."""
    rapidocr = pytest.importorskip("rapidocr")
    engine = rapidocr.RapidOCR(params={"Global.log_level": "error"})

    def reader(pixels: Pixels) -> str:
        found = engine(cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))
        if found.boxes is None:
            return ""
        words = [(b.mean(0), np.ptp(b[:, 1]), text) for b, text in zip(found.boxes, found.txts, strict=True)]
        rows: list[list[tuple[float, str]]] = []
        last = -1e9
        for (x, y), height, text in sorted(words, key=lambda word: word[0][1]):
            if y - last > 0.5 * height:
                rows.append([])
            rows[-1].append((x, text))
            last = y
        return " ".join(text for row in rows for _, text in sorted(row))

    return reader


def letters(text: str) -> str:
    """What counts: letters and digits, whatever the case and spacing that the layout chose."""
    return "".join(c for c in text.casefold() if c.isalnum())


def shown_text(sleeve: Sleeve, name: str) -> Pixels:
    """The part of a cover where the title or the artist stands, letters about 60 px high."""
    text = next(t for t in sleeve.report["texts"] if t["name"] == name)
    size, air = len(sleeve.pixels), 0.12 * text["size"]
    left, top, right, bottom = (np.array(text["box"]) + np.array([-air, -air, air, air])).clip(0, 1) * size
    part = sleeve.pixels[int(top) : int(bottom) + 1, int(left) : int(right) + 1]
    scale = 60 / (text["size"] * size)
    part = cv2.resize(part, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    return np.pad(part, ((40, 40), (40, 40), (0, 0)), mode="edge")


@pytest.mark.slow
@pytest.mark.parametrize("shown", SHOWN, ids=lambda shown: shown.name)
def test_readme_covers_read_as_typed(shown, read: Callable[[Pixels], str]) -> None:
    sleeve = create(shown.album, seed=shown.seed, size_px=1200)
    for name, typed in (("title", shown.album.title), ("artist", shown.album.artist)):
        assert letters(read(shown_text(sleeve, name))) == letters(typed), (
            sleeve.report["type"],
            sleeve.report["layout"],
        )


def test_readme_covers_differ() -> None:
    reports = [create(shown.album, seed=shown.seed, size_px=160).report for shown in SHOWN]
    for axis in ("finish", "layout"):
        assert len({r[axis] for r in reports}) >= 6, axis
    assert len({r["type"]["lead"] for r in reports}) == len({r["palette"]["name"] for r in reports}) == 8


@pytest.mark.parametrize(
    "album",
    [
        Album(),
        Album(artist="Solo"),
        Album(title="Untitled"),
        Album("X", "Y"),
        Album("THE LOUDEST BAND", "EVERYTHING IN CAPITALS"),
        Album("Długa Nazwa", "Zażółć gęślą jaźń " * 11),
        Album("W" * 200, "i" * 200),
        Album("🦆 Duck", "Cover 🎶❤️"),
        Album("Pip", "I \U0001fa77 you \U0001fae8"),  # newer than the Unicode of some Pythons that we run on
        Album("Земфира", "Ночь и улица", ("russian rock",), 1999),
        Album("Σωκράτης", "Η νύχτα", ("greek folk",), 1974),
        Album("فيروز", "ليالي الشمال", ("arabic pop",), 1984),
        Album("אריק", "שירים ללילה", ("israeli folk",), 1978),
        Album("आशा", "नीला आसमान", ("bollywood",), 1975),
        Album("久石", "夜の高速道路", ("city pop",), 1983),
        Album("김민", "밤의 노래", ("korean indie",), 2018),
        Album("Trịnh", "Những khúc hát mùa thu", ("vietnamese folk",), 1970),
        Album("Neon נאון", "مرحبا 東京 Привет", ("world",), 2005),
    ],
    ids=lambda album: f"{(album.artist or '')[:6]}|{(album.title or '')[:10]}",
)
def test_any_names_come_out_complete(album: Album) -> None:
    sleeve = create(album, seed=11, size_px=300)
    wanted = {n for n, text in (("title", album.title), ("artist", album.artist)) if text}
    texts = {t["name"]: t for t in sleeve.report["texts"]}
    if sleeve.report["layout"] != "no words":
        assert set(texts) == wanted
    for name, text in texts.items():
        typed = album.title if name == "title" else album.artist
        assert "".join(text["text"].split()).casefold() == "".join(str(typed).split()).casefold()
        left, top, right, bottom = text["box"]
        assert 0 <= left < right <= 1 and 0 <= top < bottom <= 1
        assert text["contrast_p5"] >= text["contrast_needed"]


def test_genre_and_year_change_everything() -> None:
    words = {"artist": "Maren Holloway", "title": "Long Meadow"}
    made = [create(Album(**words, genres=(g,), year=y), seed=5, size_px=200) for g, y in  # type: ignore[arg-type]
            (("jazz", 1959), ("thrash metal", 1988), ("techno", 1996), ("folk", 1972))]  # fmt: skip
    for i, first in enumerate(made):
        for second in made[i + 1 :]:
            assert first.report["type"]["lead"] != second.report["type"]["lead"]
            assert first.report["palette"]["name"] != second.report["palette"]["name"]
            assert np.abs(first.art.pixels.astype(int) - second.art.pixels).mean() > 4


def test_one_axis_can_be_drawn_anew() -> None:
    album = Album("Maren Holloway", "Long Meadow", ("jazz",), 1959)
    base = create(album, seed=5, size_px=160)
    other = create(album, seed=5, seeds={"type": 99}, size_px=160)
    assert other.report["seeds"] == {**base.report["seeds"], "type": 99}
    assert other.report["seed"] == base.report["seed"] == 5
    assert (other.report["finish"], other.report["palette"]) == (base.report["finish"], base.report["palette"])
    assert np.array_equal(other.art.pixels, base.art.pixels)
    repainted = create(album, seed=5, seeds={"art": 99}, size_px=160)
    assert not np.array_equal(repainted.art.pixels, base.art.pixels)
    assert repainted.report["finish"] == base.report["finish"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"album": "x"}, "wanted an Album"),
        ({"size_px": "600"}, "size is '600'; wanted a whole number"),
        ({"size_px": 128.0}, "size is 128.0"),
        ({"seed": 1.5}, "seed is 1.5"),
        ({"engine": 5}, "engine is 5"),
        ({"engine": ""}, "no engine"),
        ({"seeds": {"colour": 1}}, "no axis is called 'colour'"),
        ({"seeds": {"type": -1}}, "the seed of type is -1"),
    ],
)
def test_wrong_kinds_are_refused_in_one_line(given: dict, said: str) -> None:
    with pytest.raises(BadInput, match=re.escape(said)):
        create(given.pop("album", Album("A", "B")), **given)


def test_numbers_of_numpy_and_names_in_capitals_are_fine() -> None:
    sleeve = create(Album("A", "B"), seed=np.int64(3), size_px=np.int64(96), type="Anton")  # type: ignore[arg-type]
    assert sleeve.report["type"]["lead"] == "anton"
    assert json.dumps(sleeve.report)


def test_a_sibling_of_a_capital_face_keeps_the_case_typed() -> None:
    """Vietnamese in a metal face that lacks it is set in a blackletter, whose capitals cannot be read in a row."""
    sleeve = create(Album("Trịnh Công Sơn", "Đêm", ("thrash metal",), 1988), seed=21, size_px=96, type="metal-mania")
    artist = next(t for t in sleeve.report["texts"] if t["name"] == "artist")
    assert artist["face"] != "metal-mania" and face(artist["face"]).case != "upper", "or this says nothing"
    assert " ".join(artist["text"].split()) == "Trịnh Công Sơn"


def test_preview_is_the_export_made_small() -> None:
    album = Album("Odell Marsh Quintet", "Blue Hour on Ninth", ("jazz",), 1959)
    small, large = (create(album, seed=3, size_px=px).pixels for px in (600, 1800))
    reduced = cv2.resize(large, (600, 600), interpolation=cv2.INTER_AREA)
    # grain finer than a pixel of the preview is left out
    first, second = (cv2.GaussianBlur(p, (0, 0), 1.5).astype(int) for p in (reduced, small))
    assert np.abs(first - second).mean() < 3
