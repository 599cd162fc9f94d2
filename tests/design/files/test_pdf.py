"""PDF: what another program reads in the file is the front that was printed."""

from __future__ import annotations

import ctypes
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
import pytest
from PIL import Image

from duck_and_cover.album import Album
from duck_and_cover.cover import Cover, Found
from duck_and_cover.design.compose import Design, Layer, Words, compose
from duck_and_cover.design.files.formats import encoded, save
from duck_and_cover.design.files.pdf import as_pdf
from duck_and_cover.design.shapes.outline import CUBIC, LINE, MOVE, QUAD, Outline
from duck_and_cover.design.style import Seeds, choose_style
from duck_and_cover.errors import BadInput
from duck_and_cover.sleeve import Sleeve

ALBUM = Album("Ada & the <Gears>", "Quo(ted \\ Ünder", ("indie rock",), 2004)
SIZE_PX = 600
PT_AN_INCH, PX_AN_INCH = 72, 300
DC, XMP = "{http://purl.org/dc/elements/1.1/}", "{http://ns.adobe.com/xap/1.0/}"
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"


def art() -> np.ndarray:
    cells = np.random.default_rng(4).integers(0, 256, (5, 5, 3), np.uint8)
    return np.asarray(Image.fromarray(cells).resize((64, 64), Image.Resampling.BICUBIC))


def made(album: Album = ALBUM, **locks: str) -> Design:
    seeds = Seeds.of(3)
    return compose(art(), album, choose_style(album, art(), seeds, **locks), seeds, SIZE_PX, keep_ground=True)


@contextmanager
def page_of(data: bytes) -> Iterator[pdfium.PdfPage]:
    document = pdfium.PdfDocument(data)
    try:
        assert len(document) == 1
        yield document[0]
    finally:
        document.close()


def raster(data: bytes) -> np.ndarray:
    """(size, size, 3) float: the page at the resolution of the picture."""
    with page_of(data) as page:
        return np.array(page.render(scale=PX_AN_INCH / PT_AN_INCH, rev_byteorder=True).to_numpy(), float)


def layer_of(item: pdfium.PdfObject) -> str:
    """The name of the optional content group that an object of a page lies in."""
    text, length = (ctypes.c_ushort * 256)(), ctypes.c_ulong()
    assert pdfium_c.FPDFPageObj_CountMarks(item.raw) == 1
    mark = pdfium_c.FPDFPageObj_GetMark(item.raw, 0)
    assert pdfium_c.FPDFPageObjMark_GetParamStringValue(mark, b"Name", text, 512, length)
    return bytes(text)[: length.value].decode("utf-16-le").rstrip("\0")


def printed(ground: np.ndarray, words: tuple[Words, ...]) -> np.ndarray:
    """The words upon a ground by the project's own rasteriser, as flat inks."""
    whole = ground.astype(float)
    for layer in (layer for text in words for layer in text.layers):
        share = layer.outline.coverage(len(ground), embolden=max(layer.spread, 0))[..., None]
        whole += share * (np.array(layer.colour) * 255 - whole)
    return whole


@pytest.mark.parametrize("finish", ["halftone", "film", "xerox"])
def test_words_stand_where_they_are_printed(finish: str) -> None:
    design = replace(made(finish=finish), ground=np.full((SIZE_PX, SIZE_PX, 3), 128, np.uint8))
    away = np.abs(raster(as_pdf(design)) - printed(design.ground, design.words))
    assert away.shape == (SIZE_PX, SIZE_PX, 3)
    assert away.mean() < 0.2, "0.28 where letters stand half a pixel away, 0.26 where ink does not spread"
    assert (away.max(-1) > 30).mean() < 5e-4, "but for corners that the stroke rounds"


def test_the_artwork_is_the_ground_in_srgb() -> None:
    design = made()
    assert design.ground is not None
    data = as_pdf(design)
    jpeg = encoded(design.ground, "JPEG")
    assert data.count(jpeg) == 1, "the picture travels as it was compressed once"
    assert re.search(rb"/ColorSpace (\d+) 0 R/BitsPerComponent 8/Filter /DCTDecode", data)
    assert re.search(rb"\[/ICCBased \d+ 0 R\]", data) and b"/N 3" in data
    assert len(design.words) == 2
    with Image.open(io.BytesIO(jpeg)) as picture:
        pixels = np.asarray(picture)
    assert np.abs(raster(as_pdf(replace(design, words=()))) - pixels).max() <= 1
    assert np.abs(raster(data) - printed(pixels, design.words)).mean() < 0.2


def test_the_page_has_the_size_of_the_picture() -> None:
    design = made()
    for side_mm, wanted in ((None, SIZE_PX / 300 * 25.4), (120.65, 120.65)):
        with page_of(as_pdf(design, side_mm=side_mm)) as page:
            for box in (page.get_mediabox(), page.get_trimbox(fallback_ok=False)):
                assert np.array(box) / 72 * 25.4 == pytest.approx([0, 0, wanted, wanted], abs=0.1)
    for side_mm in (1.0, 6000.0):
        with pytest.raises(BadInput, match=r"1\.1 to 5080"):
            as_pdf(design, side_mm=side_mm)


def test_each_text_is_a_layer_of_real_curves() -> None:
    design = made()
    with page_of(as_pdf(design)) as page:
        items = list(page.get_objects())
        assert [layer_of(item) for item in items] == ["artwork", *(words.name for words in design.words)]
        for item, words in zip(items[1:], design.words, strict=True):
            assert item.type == pdfium_c.FPDF_PAGEOBJ_PATH
            numbers = range(pdfium_c.FPDFPath_CountSegments(item.raw))
            kinds = [pdfium_c.FPDFPathSegment_GetType(pdfium_c.FPDFPath_GetPathSegment(item.raw, i)) for i in numbers]
            verbs = words.layers[0].outline.verbs
            curves = int(np.isin(verbs, (QUAD, CUBIC)).sum())
            assert curves > 0 and kinds.count(pdfium_c.FPDF_SEGMENT_BEZIERTO) == 3 * curves
            assert kinds.count(pdfium_c.FPDF_SEGMENT_MOVETO) == int((verbs == MOVE).sum())


def test_there_is_no_font() -> None:
    data = as_pdf(made())
    with page_of(data) as page:
        assert page.get_textpage().count_chars() == 0
        assert {item.type for item in page.get_objects()} == {
            pdfium_c.FPDF_PAGEOBJ_PATH,
            pdfium_c.FPDF_PAGEOBJ_IMAGE,
        }
    assert b"/Font" not in data


def test_inks_lie_in_their_order_and_layers_have_names_of_their_own() -> None:
    square, hole = Outline.rectangle(0.25, 0.125, 0.75, 0.375), Outline.rectangle(0.4, 0.2, 0.6, 0.3)
    curve = Outline(np.array([MOVE, QUAD, LINE, 4], np.uint8), np.array([[0.2, 0.9], [0.5, 0.5], [0.8, 0.9], [0.5, 1]]))
    grown = Words("title", "two", (Layer(curve, (0, 0, 1), 0.02), Layer(curve, (0, 1, 0), 0.0)))
    same_way = Words("title", "one", (Layer(square + hole, (1, 0, 0), 0.0), Layer(Outline.empty(), (1, 1, 1), 0.1)))
    ground = np.full((SIZE_PX, SIZE_PX, 3), 255, np.uint8)
    design = replace(made(), ground=ground, words=(same_way, grown))
    data = as_pdf(design)
    with page_of(data) as page:
        assert [layer_of(item) for item in page.get_objects()] == ["artwork", "title", "title-1", "title-1"]
    found = raster(data)
    assert found[150, 300] == pytest.approx([255, 0, 0], abs=2), "contours of one sense join: the non-zero rule"
    assert found[72, 300] == pytest.approx([255, 255, 255], abs=2), "y runs downwards"
    assert np.abs(found - printed(ground, design.words)).mean() < 0.2
    assert ((found[..., 2] > 200) & (found[..., 0] < 50)).sum() > 2000, "the lower ink shows at the rim"


@pytest.mark.parametrize("title", ["Ünder (a \\ b)", "Ночь · 夜 · ليل · 🌙", '<b>&amp;</b> "]]>', "Plain"])
def test_readers_are_told_the_words(title: str) -> None:
    artist = f"by {title}"
    data = as_pdf(made(), {"Title": title, "Author": artist, "Software": "Duck and Cover"})
    document = pdfium.PdfDocument(data)
    told = document.get_metadata_dict(skip_empty=True)
    document.close()
    assert told == {"Title": title, "Author": artist, "Creator": "Duck and Cover"}
    packet = data[data.index(b"<x:xmpmeta") : data.index(b"</x:xmpmeta>") + len(b"</x:xmpmeta>")]
    root = ElementTree.fromstring(packet.decode("utf-8"))
    told = [root.findtext(f".//{DC}{name}//{RDF}li") for name in ("title", "creator")]
    assert told == [title, artist] and root.findtext(f".//{RDF}Description/{XMP}CreatorTool") == "Duck and Cover"


def test_viewers_show_provenance_as_the_subject() -> None:
    words = {"Title": "T", "Description": "Cover of it.", "Source": "Generated art: 夜\0.", "Keywords": "dub; jazz"}
    document = pdfium.PdfDocument(as_pdf(made(), words))
    told = document.get_metadata_dict(skip_empty=True)
    document.close()
    assert told == {"Title": "T", "Subject": "Cover of it. Generated art: 夜.", "Keywords": "dub; jazz",
                    "Creator": "Duck and Cover"}  # fmt: skip


def test_a_sleeve_is_saved_the_same_each_time(tmp_path: Path) -> None:
    seeds = Seeds.of(3)
    style = choose_style(ALBUM, art(), seeds)
    design = compose(art(), ALBUM, style, seeds, 300)
    sleeve = Sleeve(ALBUM, design.pixels, Cover(art(), Found(ALBUM, "made", "x")), {}, style, seeds, art())
    first = sleeve.save(tmp_path / "cover.pdf").read_bytes()
    assert first == sleeve.save(tmp_path / "again.PDF").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["again.PDF", "cover.pdf"]
    with page_of(first) as page:
        assert page.get_size() == (72, 72)


def test_a_front_without_words_is_a_picture() -> None:
    with page_of(as_pdf(made(Album(genres=("ambient",))))) as page:
        assert [layer_of(item) for item in page.get_objects()] == ["artwork"]


def test_pixels_alone_make_none(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="pixels alone make no PDF"):
        save(np.zeros((8, 8, 3), np.uint8), tmp_path / "x.pdf")
    with pytest.raises(BadInput, match="keep_ground=True"):
        as_pdf(replace(made(), ground=None))
