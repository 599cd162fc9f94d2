"""The press: what a print file holds, read back as a plant's programs would."""

from __future__ import annotations

import io
import re
import zlib
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

from duck_and_cover.design.compose import Layer, Words
from duck_and_cover.design.pieces.sheet import Panel, Piece, Sheet
from duck_and_cover.design.press.document import print_pdf
from duck_and_cover.design.press.marks import caption, marks_of
from duck_and_cover.design.press.plates import plates_of
from duck_and_cover.design.press.profile import open_profile
from duck_and_cover.design.press.proof import proof
from duck_and_cover.design.press.separation import MOST_INK, Separator, ink_percent
from duck_and_cover.design.shapes.outline import Outline
from duck_and_cover.design.type.faces import face
from duck_and_cover.design.type.typography import set_line
from duck_and_cover.errors import BadInput

PT_MM = 72 / 25.4
WIDTH, HEIGHT, BLEED = 64.0, 40.0, 3.0
CARD = Sheet("card", WIDTH, HEIGHT, (Panel("front", 0, 0, WIDTH, HEIGHT),), folds=(20.0, 23.0))
DISC = Sheet("disc", 60.0, 60.0, (Panel("label", 0, 0, 60, 60),), round_mm=60.0, hole_mm=15.0)
WHITE, INK, RED = (1.0, 1.0, 1.0), (0.04, 0.04, 0.05), (0.85, 0.1, 0.15)


def ground(sheet: Sheet, *colours: tuple[int, int, int], dpi: float = 300.0) -> np.ndarray:
    """Broad upright stripes over the trim and its bleed."""
    width, height = (round((side + 2 * sheet.bleed_mm) / 25.4 * dpi) for side in (sheet.width_mm, sheet.height_mm))
    which = np.arange(width) * len(colours) // width
    return np.repeat(np.array(colours, np.uint8)[which][None], height, axis=0)


def line(name: str, text: str, x: float, y: float, pt: float, colour: tuple[float, float, float], spread: float = 0.0):
    shape = set_line(text, face("inter"), 400).outline.scaled(pt / PT_MM).moved(x, y)
    return Words(name, text, (Layer(shape, colour, spread),))


WORDS = (
    line("title", "Harvest", 26, 20, 40, RED, 0.05),
    line("tracks", "One two three", 26, 30, 8, INK),
    line("credits", "played by four", 4, 36, 6, WHITE),
)
PIECE = Piece(CARD, ground(CARD, (40, 20, 60), (250, 246, 235), (255, 255, 255)), WORDS)
ROUND = Piece(DISC, ground(DISC, (200, 30, 40)), (line("title", "Side A", 22, 14, 16, WHITE),))


def objects(data: bytes) -> dict[int, bytes]:
    """Every object of a file by its number, found where the cross-reference table says that it lies."""
    at = int(re.findall(rb"startxref\n(\d+)", data)[-1])
    rows = re.findall(rb"(\d{10}) \d{5} ([nf])", data[at:])
    begins = {number: int(row[0]) for number, row in enumerate(rows) if row[1] == b"n"}
    ends = sorted([*begins.values(), at])
    found = {number: data[begin : ends[ends.index(begin) + 1]] for number, begin in begins.items()}
    assert all(body.startswith(f"{number} 0 obj\n".encode()) for number, body in found.items())
    return found


def streamed(body: bytes) -> bytes:
    """What an object's stream holds, unpacked where it is packed by Flate."""
    head, _, rest = body.partition(b"\nstream\n")
    (length,) = re.findall(rb"/Length (\d+)", head)
    raw = rest[: int(length)]
    return zlib.decompress(raw) if b"/FlateDecode" in head else raw


def contents(data: bytes) -> list[str]:
    """The operators of each page."""
    found = objects(data)
    numbers = [re.search(rb"/Contents (\d+)", body) for body in found.values() if b"/Type /Page/" in body]
    return [streamed(found[int(number[1])]).decode("ascii") for number in numbers if number]


def pictures(data: bytes) -> list[bytes]:
    return [body for body in objects(data).values() if b"/Subtype /Image" in body[:300]]


def spoken(content: str, tag: str) -> str:
    """What is drawn under a name."""
    return "".join(re.findall(rf"^/{tag}\nBMC\n(.*?)\nEMC$", content, re.DOTALL | re.MULTILINE))


@contextmanager
def pages(data: bytes) -> Iterator[list[pdfium.PdfPage]]:
    document = pdfium.PdfDocument(data)
    try:
        yield [document[i] for i in range(len(document))]
    finally:
        document.close()


def seen(data: bytes, dpi: float = 100.0, number: int = 0) -> np.ndarray:
    """(H, W, 3): a page as pdfium shows it, which rounds its size upwards."""
    with pages(data) as found:
        return np.array(found[number].render(scale=dpi / 72.0005, rev_byteorder=True).to_numpy(), float)


@pytest.mark.parametrize("marks", [True, False])
def test_boxes_are_where_paper_is_cut(marks: bool) -> None:
    with pages(print_pdf([PIECE, ROUND], marks=marks)) as found:
        for page, sheet in zip(found, (CARD, DISC), strict=True):
            media, bleed, trim = (np.array(box(fallback_ok=False)) / PT_MM for box in
                                  (page.get_mediabox, page.get_bleedbox, page.get_trimbox))  # fmt: skip
            assert trim[2:] - trim[:2] == pytest.approx([sheet.width_mm, sheet.height_mm], abs=0.01)
            assert bleed == pytest.approx(trim + np.array([-BLEED, -BLEED, BLEED, BLEED]), abs=0.01)
            assert media[:2] == pytest.approx([0, 0])
            beyond = bleed[0] - media[0]
            assert media[2:] - bleed[2:] == pytest.approx([beyond, beyond], abs=0.01), "the sheet lies in the middle"
            assert beyond == pytest.approx(8.0 if marks else 0.0, abs=0.01)


def test_the_picture_is_cmyk_of_300_dpi() -> None:
    data = print_pdf([PIECE])
    (picture,) = pictures(data)
    assert b"/ColorSpace /DeviceCMYK" in picture and b"/DCTDecode" in picture
    with pages(data) as found:
        (item,) = [each for each in found[0].get_objects() if each.type == pdfium_c.FPDF_PAGEOBJ_IMAGE]
        left, foot, right, top = item.get_bounds()
        assert (left, foot, right, top) == pytest.approx(found[0].get_bleedbox(), abs=0.01)
    width, height = (int(re.search(rb"/%s (\d+)" % key, picture)[1]) for key in (b"Width", b"Height"))  # type: ignore[index]
    assert width / (right - left) * 72 == pytest.approx(300, abs=0.5)
    assert height / (top - foot) * 72 == pytest.approx(300, abs=0.5)


def test_the_plates_lie_in_the_file_as_they_were_made() -> None:
    data = print_pdf([PIECE])
    (picture,) = pictures(data)
    with Image.open(io.BytesIO(streamed(picture))) as opened:
        assert opened.mode == "CMYK" and opened.info["adobe"], (
            "Pillow turns the plates of such a file over, as PDF must"
        )
        found = np.asarray(opened)
    assert b"/Decode [1 0 1 0 1 0 1 0]" in picture
    made = plates_of(PIECE, Separator(open_profile())).picture
    assert np.abs(found.astype(int) - made).mean() < 1
    shown = seen(print_pdf([replace(PIECE, words=())], marks=False))
    assert shown[70, 250] == pytest.approx([255, 255, 255], abs=2) and shown[70, 30].max() < 110


def test_no_colour_of_a_screen_is_left() -> None:
    data = print_pdf([PIECE, ROUND])
    for name in (b"DeviceRGB", b"CalRGB", b"ICCBased", b"DeviceGray", b"/Lab", b"/Pattern", b"/SMask", b"/Group"):
        assert name not in data, name
    for content in contents(data):
        operators = set(re.findall(r"(?<![/\w])([A-Za-z*]+)$", content, re.MULTILINE))
        assert operators <= {"q", "Q", "re", "W", "W*", "n", "cm", "Do", "m", "l", "c", "h", "f", "B", "S", "k", "K",
                             "w", "j", "d", "gs", "cs", "CS", "scn", "SCN", "BMC", "BDC", "EMC"}  # fmt: skip
        assert {"Do", "k"} <= operators, "the reader of operators sees them"
        assert set(re.findall(r"/(\w+) (?:cs|CS)", content)) <= {"All", "Die"}


def test_there_is_no_font() -> None:
    data = print_pdf([PIECE])
    assert b"/Font" not in data
    with pages(data) as found:
        assert found[0].get_textpage().count_chars() == 0
        assert {item.type for item in found[0].get_objects()} == {
            pdfium_c.FPDF_PAGEOBJ_PATH,
            pdfium_c.FPDF_PAGEOBJ_IMAGE,
        }


def test_the_condition_travels_with_the_file() -> None:
    data = print_pdf([PIECE])
    found = objects(data)
    (intent,) = [body for body in found.values() if b"/Type /OutputIntent" in body]
    assert b"/S /GTS_PDFX" in intent and b"/OutputConditionIdentifier (FOGRA39)" in intent
    assert b"/RegistryName (http://www.color.org)" in intent
    number = re.search(rb"/DestOutputProfile (\d+) 0 R", intent)
    assert number and streamed(found[int(number[1])]) == open_profile().data
    assert b"/N 4" in found[int(number[1])]
    assert data.startswith(b"%PDF-1.6") and re.search(rb"/ID \[\([0-9a-f]{32}\) \([0-9a-f]{32}\)\]", data)


def test_a_condition_of_ones_own_is_called_so(tmp_path: Path) -> None:
    own = tmp_path / "plant.icc"
    own.write_bytes(open_profile().data)
    data = print_pdf([PIECE], own)
    assert b"/OutputConditionIdentifier (Custom)" in data and b"/RegistryName" not in data
    assert b"/Info (Coated FOGRA39L \\(Duck and Cover\\))" in data


def test_a_sheet_without_bleed_or_words() -> None:
    sheet = replace(CARD, bleed_mm=0.0, folds=())
    with pages(print_pdf([Piece(sheet, ground(sheet, (9, 9, 9)), ())])) as found:
        assert found[0].get_bleedbox() == found[0].get_trimbox()
        assert found[0].get_mediabox()[2] == pytest.approx((WIDTH + 16) * PT_MM, abs=0.01)


@pytest.mark.parametrize("title", ["Ünder (a \\ b)", "Ночь · 夜 · 🌙", '<b>&amp;</b> "]]>\x07'])
def test_the_file_tells_the_same_twice(title: str) -> None:
    about = {"Title": title, "Author": "A & B", "DigitalSourceType": "http://x/y", "Network": "n<1>",
             "Created": "2027-03-04T05:06:07+02:00"}  # fmt: skip
    data = print_pdf([PIECE], about=about)
    document = pdfium.PdfDocument(data)
    told = document.get_metadata_dict()
    document.close()
    clean = title.replace("\x07", "")
    assert (told["Title"], told["Author"], told["Creator"]) == (clean, "A & B", "Duck and Cover")
    assert told["CreationDate"] == told["ModDate"] == "D:20270304030607Z"
    assert b"/Trapped /False" in data and b"/Network (n<1>)" in data
    packet = data[data.index(b"<x:xmpmeta") : data.index(b"</x:xmpmeta>") + 12]
    root = ElementTree.fromstring(packet.decode("utf-8"))
    wanted = {
        "{http://www.npes.org/pdfx/ns/id/}GTS_PDFXVersion": "PDF/X-4",
        "{http://ns.adobe.com/xap/1.0/}CreateDate": "2027-03-04T03:06:07+00:00",
        "{http://ns.adobe.com/xap/1.0/}ModifyDate": "2027-03-04T03:06:07+00:00",
        "{http://ns.adobe.com/xap/1.0/}MetadataDate": "2027-03-04T03:06:07+00:00",
        "{http://ns.adobe.com/xap/1.0/mm/}VersionID": "1",
        "{http://ns.adobe.com/xap/1.0/mm/}RenditionClass": "default",
        "{http://ns.adobe.com/pdf/1.3/}Trapped": "False",
        "{http://ns.adobe.com/pdfx/1.3/}Network": "n<1>",
    }
    assert {name: root.findtext(f".//{name}") for name in wanted} == wanted
    assert (root.findtext(".//{http://ns.adobe.com/xap/1.0/mm/}DocumentID") or "").startswith("uuid:")
    title_of = ".//{http://purl.org/dc/elements/1.1/}title//{http://www.w3.org/1999/02/22-rdf-syntax-ns#}li"
    assert root.findtext(title_of) == clean


def test_small_words_stand_on_few_plates_and_white_ones_on_none() -> None:
    (content,) = contents(print_pdf([PIECE]))
    tracks, credits, title = (spoken(content, tag) for tag in ("Tracks", "Credits", "Title"))
    assert "\n0 0 0 1 k\n" in tracks and tracks.startswith("/Over gs"), "black alone, upon what lies beneath"
    assert "\n0 0 0 0 k\n" in credits and credits.startswith("/Out gs"), "white never overprints"
    inks = re.search(r"\n([\d.]+) ([\d.]+) ([\d.]+) ([\d.]+) k\n", title)
    assert inks and float(inks[2]) > 0.8 and float(inks[3]) > 0.5, "red is magenta and yellow"
    assert " K\n" in title and f"{2 * 0.05 * PT_MM:.3f} w" in title, "where ink spreads a stroke shows it"
    data = print_pdf([PIECE])
    assert b"/OP true/op true/OPM 1" in data and b"/OP false/op false/OPM 0" in data


def test_black_is_cut_out_where_overprinting_would_flood() -> None:
    heavy = Piece(CARD, ground(CARD, (60, 50, 14)), (line("tracks", "One two", 4, 30, 8, INK),))
    plates = plates_of(heavy, Separator(open_profile()))
    assert plates.picture[..., :3].sum(-1, dtype=int).max() / 2.55 > 190, "the ground is heavy enough to matter"
    assert [stamp.overprints for _, stamp in plates.stamps] == [False]
    light = plates_of(replace(heavy, ground=ground(CARD, (230, 220, 200))), Separator(open_profile()))
    assert [stamp.overprints for _, stamp in light.stamps] == [True]
    box = Words("box", "", (Layer(Outline.rectangle(2, 20, 40, 38), (0.235, 0.196, 0.055), 0.0),))
    upon = plates_of(
        replace(heavy, ground=ground(CARD, (230, 220, 200)), words=(box, *heavy.words)), Separator(open_profile())
    )
    assert sum(upon.stamps[0][1].inks[:3]) > 1.5 and not upon.stamps[1][1].overprints, "nor upon a heavy shape"


@pytest.mark.parametrize("shade", [6, 20, 45])
def test_no_pixel_carries_more_ink_than_paper_takes(shade: int) -> None:
    grain = np.random.default_rng(7).normal(shade, 14, (*ground(CARD, (0, 0, 0)).shape[:2], 3)).clip(0, 255)
    data = print_pdf([Piece(CARD, grain.astype(np.uint8), ())])
    with Image.open(io.BytesIO(streamed(pictures(data)[0]))) as opened:
        total = ink_percent(np.asarray(opened))
    assert total.max() <= MOST_INK
    assert total.mean() > 150, "dark all over"
    thin = print_pdf([Piece(CARD, grain.astype(np.uint8), ())], most_ink=240)
    with Image.open(io.BytesIO(streamed(pictures(thin)[0]))) as opened:
        assert ink_percent(np.asarray(opened)).max() <= 240


def test_words_stand_where_the_proof_shows_them() -> None:
    piece = replace(PIECE, ground=ground(CARD, (255, 255, 255)))
    black = replace(piece, words=tuple(replace(w, layers=tuple(replace(part, colour=(0, 0, 0)) for part in w.layers))
                                       for w in piece.words))  # fmt: skip
    dpi = 254.0
    shown = seen(print_pdf([black], marks=False), dpi)[30:-30, 30:-30].mean(-1)
    wanted = proof(black, dpi=dpi).astype(float).mean(-1)
    assert shown.shape == wanted.shape == (400, 640)
    low, high = shown.min(), wanted.min()
    away = np.abs((255 - shown) / (255 - low) - (255 - wanted) / (255 - high))
    assert 0.03 < (wanted < 128).mean() < 0.3
    assert away.mean() < 0.004, "0.01 where they stand half a pixel away"


def test_marks_lie_beyond_the_bleed_on_all_plates() -> None:
    (content,) = contents(print_pdf([PIECE]))
    drawn = spoken(content, "Marks")
    assert drawn.startswith("q\n/All cs\n1 scn\n/All CS\n1 SCN")
    ends = np.array(re.findall(r"^([\d.]+) ([\d.]+) [ml]$", drawn, re.MULTILINE), float) / PT_MM
    lower = 8.0
    inside = np.all(
        (ends > lower + 0.5) & (ends < [lower + WIDTH + 2 * BLEED - 0.5, lower + HEIGHT + 2 * BLEED - 0.5]), axis=1
    )
    assert len(ends) > 30 and not inside.any()
    lines = re.findall(r"([\d.]+) ([\d.]+) m\n([\d.]+) ([\d.]+) l(?=\n(?:[\d.]+ [\d.]+ m|S))", drawn)
    ticks = np.array(lines, float) / PT_MM - lower - BLEED
    for x in (0, WIDTH, *CARD.folds):
        assert sum(np.allclose(tick[[0, 2]], x, atol=0.1) and abs(tick[1] - tick[3]) > 4.9 for tick in ticks) == 2, x
    for y in (0, HEIGHT):
        assert sum(np.allclose(tick[[1, 3]], y, atol=0.1) and abs(tick[0] - tick[2]) > 4.9 for tick in ticks) == 2, y
    words = caption(CARD, "Harvest · by somebody with a long name · card · 64 × 40 mm · bleed 3 mm").bounds
    assert 23 < words[0] < words[2] < WIDTH and HEIGHT + BLEED < words[1] < words[3] < HEIGHT + BLEED + 8
    assert all(words[2] < x - 2 or words[0] > x + 2 for x, _ in marks_of(CARD).targets), "clear of folds and targets"
    data = print_pdf([PIECE])
    assert re.search(rb"\[/Separation /All /DeviceCMYK \d+ 0 R\]", data) and b"/C1 [1 1 1 1]" in data
    (bare,) = contents(print_pdf([PIECE], marks=False))
    assert "/Marks" not in bare


def test_a_disc_is_round_and_has_a_hole() -> None:
    data = print_pdf([ROUND], marks=False)
    shown = seen(data, 254.0)  # 10 px a millimetre; the middle lies at 33 mm
    assert shown.shape[:2] == (660, 660)
    assert shown[330, 330 - 70] == pytest.approx([255, 255, 255], abs=2), "the hole has a radius of 7.5 mm"
    assert shown[330, 330 - 80][1] < 150 and shown[330, 5][1] < 150, "ink around the hole and in the bleed"
    assert shown[30, 30] == pytest.approx([255, 255, 255], abs=2), "the corners stay bare"
    spindle = replace(ROUND, sheet=replace(DISC, hole_mm=7.24))
    assert seen(print_pdf([spindle], marks=False), 254.0)[330, 330][1] < 150, (
        "ink runs across a hole that is drilled later"
    )


def test_the_die_line_is_there_and_hidden() -> None:
    data = print_pdf([ROUND], marks=False)
    assert re.search(rb"\[/Separation /Dieline /DeviceCMYK \d+ 0 R\]", data)
    layer = re.search(rb"(\d+) 0 obj\n<</Type /OCG/Name \(Die line\)", data)
    assert layer and re.search(rb"/OFF \[%s 0 R\]" % layer[1], data)
    assert b"/GTS_ProcStepsGroup /Structural/GTS_ProcStepsType /Cutting" in data and b"/AS " not in data
    shown = data.replace(b"/OFF [", b"/ON  [")
    changed = np.abs(seen(data, 254.0) - seen(shown, 254.0)).max(-1) > 40
    y, x = np.nonzero(changed)
    far = np.hypot(x + 0.5 - 330, y + 0.5 - 330)
    assert len(far) > 500 and np.minimum(np.abs(far - 300), np.abs(far - 75)).max() < 3, "a trim of 60 mm, a hole of 15"
    for other in (print_pdf([ROUND], die_line=False), print_pdf([PIECE])):
        assert b"Dieline" not in other and b"/OCG" not in other, "no fifth colour where none is needed"


def test_the_same_pieces_are_the_same_file() -> None:
    first = print_pdf(iter([PIECE, ROUND]), about={"Title": "One"})
    assert first == print_pdf([PIECE, ROUND], about={"Title": "One"})
    assert first != print_pdf([PIECE, ROUND], about={"Title": "Two"})
    identifiers = {re.search(rb"DocumentID>([^<]+)<", print_pdf([each]))[1] for each in (PIECE, ROUND)}  # type: ignore[index]
    assert len(identifiers) == 2
    with pages(first) as found:
        assert len(found) == 2


def test_what_cannot_be_printed_is_refused() -> None:
    with pytest.raises(BadInput, match="no pieces"):
        print_pdf([])
    with pytest.raises(BadInput, match=r"425 x 307 px; trim and bleed have 827 x 543 px at 300 dpi"):
        print_pdf([replace(PIECE, ground=np.zeros((307, 425, 3), np.uint8))])
    with pytest.raises(BadInput, match="at most 150 %"):
        print_pdf([PIECE], most_ink=150)
    with pytest.raises(BadInput, match="float64"):
        print_pdf([replace(PIECE, ground=np.zeros((543, 827, 3)))])
    for about in ({"Creator": "x"}, {"a b": "x"}, {"Created": "yesterday"}):
        with pytest.raises(BadInput, match="wanted"):
            print_pdf([PIECE], about=about)
