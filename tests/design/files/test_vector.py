"""SVG: the words where they are printed, in their ink, and everything else as it is printed."""

from __future__ import annotations

import base64
import io
import re
import shutil
import subprocess
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from duck_and_cover.album import Album
from duck_and_cover.colour import parse_hex
from duck_and_cover.cover import Cover, Found
from duck_and_cover.design.compose import Design, compose
from duck_and_cover.design.files.formats import save
from duck_and_cover.design.files.vector import UNITS, as_svg
from duck_and_cover.design.finish import FINISHES
from duck_and_cover.design.style import Seeds, choose_style
from duck_and_cover.errors import BadInput, CannotWrite
from duck_and_cover.sleeve import Sleeve

SVG = "{http://www.w3.org/2000/svg}"
HREF = "{http://www.w3.org/1999/xlink}href"
DC, RDF = "{http://purl.org/dc/elements/1.1/}", "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
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
    inside = np.max(
        [w.layers[0].outline.coverage(design.size_px, embolden=w.layers[0].spread) for w in design.words], 0
    )
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


def test_readers_are_told_the_words_in_rdf() -> None:
    told = {"Title": "夜 & <so>", "Author": "Ada\0", "Description": "Cover of it.", "Source": "Generated art.",
            "DigitalSourceType": "http://cv.iptc.org/newscodes/digitalsourcetype/compositeSynthetic"}  # fmt: skip
    root = ElementTree.fromstring(as_svg(made(100), told))
    assert root.findtext(f"{SVG}desc") == "Cover of it. Generated art."
    described = root.find(f"{SVG}metadata/{RDF}RDF/{RDF}Description")
    assert described is not None and described.findtext(f"{DC}format") == "image/svg+xml"
    assert [described.findtext(f"{DC}{name}//{RDF}li") for name in ("title", "creator")] == ["夜 & <so>", "Ada"]
    assert described.findtext("{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}DigitalSourceType", "").endswith(
        "Synthetic"
    )


def test_a_front_without_words_has_none() -> None:
    assert [layer.get("id") for layer in parsed(made(album=Album(genres=("ambient",)))).findall(f"{SVG}g")] == [
        "artwork"
    ]


def test_a_sleeve_is_saved_as_it_was_printed(tmp_path: Path) -> None:
    sleeve = sleeve_of(300)
    first = sleeve.save(tmp_path / "cover.svg").read_bytes()
    assert first == sleeve.save(tmp_path / "again.svg").read_bytes()
    root = ElementTree.fromstring(first)
    assert root.get("viewBox") == "0 0 1000 1000" and root.get("width") == "300"
    assert [path.name for path in tmp_path.iterdir() if path.suffix != ".svg"] == []


def sleeve_of(size_px: int = 200) -> Sleeve:
    seeds = Seeds.of(3)
    style = choose_style(ALBUM, art(), seeds)
    design = compose(art(), ALBUM, style, seeds, size_px)
    return Sleeve(ALBUM, design.pixels, Cover(art(), Found(ALBUM, "made", "x")), {}, style, seeds, art())


@pytest.mark.parametrize("name", ["cover.svg", "a b #1 100% & ü.svg", "side:a.svg"])
def test_a_linked_artwork_lies_beside_its_file(tmp_path: Path, name: str) -> None:
    target = sleeve_of().save(tmp_path / name, link=True)
    picture = tmp_path / f"{target.stem}-artwork.png"
    assert sorted(tmp_path.iterdir()) == sorted([target, picture])
    image = ElementTree.fromstring(target.read_bytes()).find(f"{SVG}g/{SVG}image")
    assert image is not None
    address = urlsplit(urljoin((tmp_path / "x.svg").as_uri(), str(image.get(HREF))))
    assert Path(unquote(address.path)) == picture and not address.fragment and not address.query
    with Image.open(picture) as opened:
        assert opened.size == (200, 200) and opened.info["icc_profile"]
        assert np.array_equal(np.asarray(opened), made(200).ground)


def test_where_the_artwork_cannot_be_written_nothing_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sleeve = sleeve_of(64)
    replace = Path.replace

    def refused(part: Path, target: Path) -> Path:
        if target.suffix == ".png":
            raise OSError(28, "No space left on device")
        return replace(part, target)

    monkeypatch.setattr("pathlib.Path.replace", refused)
    with pytest.raises(CannotWrite, match=r"cover-artwork\.png: No space left"):
        sleeve.save(tmp_path / "cover.svg", link=True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(shutil.which("rsvg-convert") is None, reason="rsvg-convert is not installed")
def test_another_program_shows_the_front(tmp_path: Path) -> None:
    design = made(300, finish="halftone")
    assert design.ground is not None
    save(design.ground, tmp_path / "art.png")
    target = tmp_path / "x.svg"
    target.write_text(as_svg(design, picture="art.png"), "utf-8")
    subprocess.run(["rsvg-convert", "-w", "300", target, "-o", tmp_path / "x.png"], check=True)
    whole = design.ground.astype(float)
    for layer in (layer for words in design.words for layer in words.layers):
        share = layer.outline.coverage(300, embolden=layer.spread)[..., None]
        whole += share * (np.array(layer.colour) * 255 - whole)
    with Image.open(tmp_path / "x.png") as shown:
        assert np.abs(np.asarray(shown.convert("RGB"), float) - whole).mean() < 0.5


def test_pixels_alone_make_none(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="pixels alone make no SVG"):
        save(np.zeros((8, 8, 3), np.uint8), tmp_path / "x.svg")
    seeds = Seeds.of(3)
    bare = compose(art(), ALBUM, choose_style(ALBUM, art(), seeds), seeds, 100)
    with pytest.raises(BadInput, match="keep_ground=True"):
        as_svg(bare)
