"""SVG: the words where they are printed, in their ink, and everything else as it is printed."""

from __future__ import annotations

import base64
import io
import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from duck_and_cover.album import Album
from duck_and_cover.colour import parse_hex
from duck_and_cover.cover import Cover, Found
from duck_and_cover.design.compose import Design, compose
from duck_and_cover.design.finish import FINISHES
from duck_and_cover.design.formats import save
from duck_and_cover.design.style import Seeds, choose_style
from duck_and_cover.design.vector import UNITS, as_svg
from duck_and_cover.errors import BadInput
from duck_and_cover.sleeve import Sleeve

SVG = "{http://www.w3.org/2000/svg}"
HREF = "{http://www.w3.org/1999/xlink}href"
ALBUM = Album("Ada & the <Gears>", 'Quo"ted Ünder', ("indie rock",), 2004)


def art() -> np.ndarray:
    cells = np.random.default_rng(4).integers(0, 256, (5, 5, 3), np.uint8)
    return np.asarray(Image.fromarray(cells).resize((64, 64), Image.Resampling.BICUBIC))


def made(size_px: int = 500, album: Album = ALBUM, **locks: str) -> Design:
    seeds = Seeds.of(3)
    return compose(art(), album, choose_style(album, art(), seeds, **locks), seeds, size_px, keep_ground=True)


def parsed(design: Design) -> ElementTree.Element:
    return ElementTree.fromstring(as_svg(design, {"Title": 'Quo"ted <Ünder>', "Author": "Ada & the <Gears>"}))


def test_layers_carry_names_words_and_inks() -> None:
    design = made()
    root = parsed(design)
    assert root.findtext(f"{SVG}title") == 'Quo"ted <Ünder>'
    assert "Ada & the <Gears>" in str(root.findtext(f"{SVG}desc"))
    layers = {layer.get("id"): layer for layer in root.findall(f"{SVG}g")}
    assert set(layers) == {"artwork", "title", "artist"}
    for words in design.words:
        path = layers[words.name].find(f"{SVG}path")
        assert path is not None and layers[words.name].get("aria-label") == words.text
        assert parse_hex(str(path.get("fill"))) == pytest.approx(words.layers[0].colour, abs=0.003)
        numbers = [float(n) for n in re.findall(r"-?[\d.]+", str(path.get("d")))]
        left, _, right, bottom = (edge * UNITS for edge in words.layers[0].outline.bounds)
        assert min(numbers[::2]) >= left - 0.01 - 0.2 * (right - left) and max(numbers[1::2]) <= bottom * 1.2 + 1


@pytest.mark.parametrize("finish", [finish.name for finish in FINISHES])
def test_artwork_and_words_together_are_the_front(finish: str) -> None:
    design = made(finish=finish)
    assert design.ground is not None
    whole = design.ground.astype(np.float32)
    for words in design.words:
        share = words.layers[0].outline.coverage(design.size_px, embolden=words.layers[0].spread)[..., None]
        whole += share * (np.array(words.layers[0].colour, np.float32) * 255 - whole)
    beside = np.abs(whole - design.pixels)
    inside = np.max([w.layers[0].outline.coverage(design.size_px, embolden=w.layers[0].spread) for w in design.words], 0)
    assert beside[inside == 0].max() == 0, "nothing but words is printed last"
    assert beside[inside > 0.9].mean() < 40, "and they differ by pinholes and grain alone"


def test_the_artwork_is_the_ground() -> None:
    design = made()
    image = parsed(design).find(f"{SVG}g/{SVG}image")
    assert image is not None
    content = base64.b64decode(str(image.get(HREF)).partition("base64,")[2])
    with Image.open(io.BytesIO(content)) as picture:
        assert np.abs(np.asarray(picture, np.int16) - design.ground).mean() < 6
    linked = ElementTree.fromstring(as_svg(design, picture="art & all.png")).find(f"{SVG}g/{SVG}image")
    assert linked is not None and linked.get(HREF) == "art & all.png"


def test_a_front_without_words_has_none() -> None:
    assert [layer.get("id") for layer in parsed(made(album=Album(genres=("ambient",)))).findall(f"{SVG}g")] == [
        "artwork"
    ]


def test_a_sleeve_is_saved_as_it_was_printed(tmp_path: Path) -> None:
    seeds = Seeds.of(3)
    style = choose_style(ALBUM, art(), seeds)
    design = compose(art(), ALBUM, style, seeds, 300)
    sleeve = Sleeve(ALBUM, design.pixels, Cover(art(), Found(ALBUM, "made", "x")), {}, style, seeds, art())
    first = sleeve.save(tmp_path / "cover.svg").read_bytes()
    assert first == sleeve.save(tmp_path / "again.svg").read_bytes()
    root = ElementTree.fromstring(first)
    assert root.get("viewBox") == "0 0 1000 1000" and root.get("width") == "300"
    assert [path.name for path in tmp_path.iterdir() if path.suffix != ".svg"] == []


def test_pixels_alone_make_none(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="pixels alone make no SVG"):
        save(np.zeros((8, 8, 3), np.uint8), tmp_path / "x.svg")
    seeds = Seeds.of(3)
    bare = compose(art(), ALBUM, choose_style(ALBUM, art(), seeds), seeds, 100)
    with pytest.raises(BadInput, match="keep_ground=True"):
        as_svg(bare)
