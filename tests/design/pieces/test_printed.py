"""Every print file of a release, opened and measured as a plant would."""

from __future__ import annotations

import io
import re
from functools import cache

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
import pytest
from PIL import Image

from duck_and_cover.album import Album
from duck_and_cover.design.kit.printed import printed
from duck_and_cover.design.pieces.formats import sheet_named
from duck_and_cover.design.pieces.release import pieces
from duck_and_cover.design.style import Seeds, choose_style

PT_MM = 72 / 25.4
ALBUM = Album("杉原ミキ", "Night Highway", ("city pop",), 1982, ("A1 One 3:00", "A2 Two 2:00", "B1 Three 4:00"))


@cache
def files() -> dict[str, bytes]:
    """Name -> bytes of each PDF and proof, at full resolution."""
    art = np.kron(
        np.random.default_rng(4).integers(20, 235, (6, 6, 3)).astype(np.uint8), np.ones((16, 16, 1), np.uint8)
    )
    seeds = Seeds.of(4)
    style = choose_style(ALBUM, art, seeds, finish="contours")
    each = pieces(ALBUM, art, style, seeds, catalogue="MR 1182")
    return {file.name: file.data for file in printed(each, {"Title": "Night Highway"})}


def test_there_is_a_proof_to_every_print_file() -> None:
    sheets = {name.removesuffix(".pdf").removeprefix("print/") for name in files() if name.endswith(".pdf")}
    assert len(sheets) == 9 and set(files()) == {f"print/{n}.pdf" for n in sheets} | {
        f"print/proofs/{n}.jpg" for n in sheets}  # fmt: skip


@pytest.mark.parametrize("name", ["cd-front", "cd-tray", "cd-label", "lp-jacket", "lp-label-a", "lp-label-b",
                                  "7-inch-front", "7-inch-back", "j-card"])  # fmt: skip
def test_boxes_resolution_inks_and_letters(name: str) -> None:
    data = files()[f"print/{name}.pdf"]
    sheet = sheet_named(re.sub(r"-[ab]$", "", name))
    document = pdfium.PdfDocument(data)
    try:
        assert len(document) == 1
        page = document[0]
        trim, bleed = (np.array(box(fallback_ok=False)) / PT_MM for box in (page.get_trimbox, page.get_bleedbox))
        assert trim[2:] - trim[:2] == pytest.approx([sheet.width_mm, sheet.height_mm], abs=0.1)
        assert bleed == pytest.approx(trim + np.array([-3, -3, 3, 3]), abs=0.1)
        (picture,) = [each for each in page.get_objects() if each.type == pdfium_c.FPDF_PAGEOBJ_IMAGE]
        left, foot, right, top = np.array(picture.get_bounds()) / 72
        width, height = picture.get_px_size()
        assert (width / (right - left), height / (top - foot)) == pytest.approx((300, 300), rel=0.004)
        assert page.get_textpage().count_chars() == 0
    finally:
        document.close()
    for word in (b"/Font", b"DeviceRGB", b"CalRGB", b"DeviceGray", b"/Lab", b"/SMask", b"/Group"):
        assert word not in data, word
    assert data.count(b"/GTS_PDFX") >= 1 and b"/OutputIntent" in data and b"/ColorSpace /DeviceCMYK" in data
    with Image.open(io.BytesIO(files()[f"print/proofs/{name}.jpg"])) as proof:
        assert proof.size == pytest.approx([sheet.width_mm / 25.4 * 150, sheet.height_mm / 25.4 * 150], abs=1)


def test_no_picture_passes_the_ink_that_paper_takes() -> None:
    """Measured on what lies in the file, after JPEG."""
    data = files()["print/cd-tray.pdf"]
    at = data.index(b"/DCTDecode")
    jpeg = data[data.index(b"\xff\xd8\xff", at) :]
    with Image.open(io.BytesIO(jpeg)) as picture:
        assert picture.mode == "CMYK"
        assert np.asarray(picture, np.float32).sum(2).max() / 2.55 <= 300.5
