"""The print file: a PDF page for each piece, with its bleed, in CMYK, its words as paths, for a pressing plant.

A page holds, the lowest first: the picture as CMYK JPEG at its own resolution; the words as filled paths, no fonts;
the marks, in the colour of all plates, beyond the bleed; and, on round sheets, the die line: trim and hole in a spot
colour of their own, overprinting, in a layer that is hidden until somebody turns it on.

The file is made as PDF/X-4 asks (docs/printing.md goes through it key by key); no preflight program has judged it.

Reference: ISO 32000-1:2008, 8.6.6.4 (separations), 8.6.7 (overprint), 8.9.5 (images), 8.11 (layers), 14.11 (boxes,
output intents); ISO 15930-7:2010 (PDF/X-4); ISO 19593-1:2018 (processing steps).
"""

from __future__ import annotations

import hashlib
import io
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pydyf
from PIL import Image

from duck_and_cover.design.pieces.sheet import Piece, Sheet
from duck_and_cover.design.press import statement
from duck_and_cover.design.press.drawing import Place, draw_die, draw_marks, draw_piece
from duck_and_cover.design.press.marks import SLUG_MM, caption, marks_of
from duck_and_cover.design.press.plates import Plates, plates_of
from duck_and_cover.design.press.profile import Profile, open_profile
from duck_and_cover.design.press.separation import MOST_INK, Cmyk, separator_for
from duck_and_cover.design.shapes.outline import Outline
from duck_and_cover.errors import BadInput, MissingGlyphs

__all__ = ["print_pdf"]

_QUALITY = 95
"""Of the picture's JPEG, its four plates at full resolution."""


def print_pdf(
    pieces: Iterable[Piece],
    profile: str | Path | Profile | None = None,
    about: Mapping[str, str] | None = None,
    *,
    marks: bool = True,
    die_line: bool = True,
    most_ink: float = MOST_INK,
) -> bytes:
    """The bytes of a print file, a page for each piece; the same input gives the same bytes.

    pieces:   in order; each is let go of before the next is asked for, so that an iterator saves memory.
    profile:  the printing condition: None for coated paper (FOGRA39), or the path of a CMYK profile.
    about:    words as `design.files.about` names them, "Created" (ISO 8601, else a fixed date) and keys of one's own;
        told in the document information and in XMP.
    marks:    crop, fold and register marks and a caption around the bleed; without them the page ends at the bleed,
        as some plants want it.
    die_line: round sheets carry their trim and hole in a hidden layer; without it the file has no fifth colour.
    most_ink: ink in all that no place passes, per cent; plants that ask for less than 300 are few.
    Raises `BadInput` for no pieces, a ground of another size than its sheet, a profile for another use, and less ink
    than 200 %.
    """
    told, condition = statement.checked(about), open_profile(profile)
    separator = separator_for(condition, most_ink)
    caption_of = " · ".join(filter(None, (told.get("Author"), told["Title"]))) if marks else None
    pdf = pydyf.PDF()
    content = hashlib.sha256(repr((sorted(told.items()), condition.description, marks, most_ink)).encode())
    plain, with_die = _resources(pdf), None
    count = 0
    for piece in pieces:
        round_ = die_line and piece.sheet.round_mm is not None
        if round_ and with_die is None:
            with_die = _with_die(pdf, plain)
        shared = with_die if round_ and with_die else plain
        _add_page(pdf, plates_of(piece, separator), shared, caption_of, content)
        count += 1
    if not count:
        raise BadInput("no pieces to print; wanted one or more")
    _state(pdf, told, condition, content.hexdigest())
    out = io.BytesIO()
    pdf.write(out, version=b"1.6", identifier=True)  # a hash of what is written
    return out.getvalue()


def _add_page(pdf: pydyf.PDF, plates: Plates, shared: Mapping[str, Any], title: str | None, content: Any) -> None:
    """A page of its own for a piece. title: for the caption; None leaves all marks out. content: a running hash."""
    sheet = plates.sheet
    place = Place(sheet, sheet.bleed_mm + (SLUG_MM if title is not None else 0.0))
    jpeg = _jpeg(plates.picture)
    stream = pydyf.Stream()
    draw_piece(stream, place, plates)
    if title is not None:
        draw_marks(stream, place, marks_of(sheet), _caption(sheet, title))
    if "Properties" in shared:
        draw_die(stream, place)
    drawn = _operators(stream)
    for part in (jpeg, drawn):
        content.update(part)
    height, width = plates.picture.shape[:2]
    picture = _added(pdf, pydyf.Stream([jpeg], {
        "Type": "/XObject", "Subtype": "/Image", "Width": width, "Height": height, "ColorSpace": "/DeviceCMYK",
        "BitsPerComponent": 8, "Filter": "/DCTDecode",
        "Decode": pydyf.Array([1, 0] * 4),  # Pillow writes CMYK upside down, as Photoshop does
    }))  # fmt: skip
    resources = pydyf.Dictionary({**shared, "XObject": pydyf.Dictionary({"Picture": picture})})
    body = pydyf.Stream([zlib.compress(drawn, 6)], {"Filter": "/FlateDecode"})
    pdf.add_page(pydyf.Dictionary({
        "Type": "/Page", "Parent": pdf.pages.reference,
        "MediaBox": place.box(place.beyond_mm), "BleedBox": place.box(sheet.bleed_mm), "TrimBox": place.box(0),
        "Resources": resources, "Contents": _added(pdf, body),
    }))  # fmt: skip


def _operators(stream: pydyf.Stream) -> bytes:
    """What was drawn, without the wrapping of a stream."""
    return b"\n".join(item if isinstance(item, bytes) else str(item).encode("ascii") for item in stream.stream)


def _jpeg(inks: Cmyk) -> bytes:
    height, width = inks.shape[:2]
    out = io.BytesIO()
    picture = Image.frombuffer("CMYK", (width, height), np.ascontiguousarray(inks), "raw", "CMYK", 0, 1)
    picture.save(out, "JPEG", quality=_QUALITY, subsampling=0)
    return out.getvalue()


def _caption(sheet: Sheet, title: str) -> Outline:
    """What the sheet is and how large; without the title where no face has its letters."""
    size = f"{sheet.name} · {sheet.width_mm:g} × {sheet.height_mm:g} mm · bleed {sheet.bleed_mm:g} mm"
    try:
        return caption(sheet, f"{title} · {size}")
    except MissingGlyphs:
        return caption(sheet, size)


def _added(pdf: pydyf.PDF, item: pydyf.Object) -> bytes:
    """Put an object into the file; returns what refers to it."""
    pdf.add_object(item)
    return item.reference


def _resources(pdf: pydyf.PDF) -> dict[str, Any]:
    """Resources of every page: the colour of all plates, overprint on and off."""

    def state(over: str, mode: int) -> bytes:
        return _added(pdf, pydyf.Dictionary({"Type": "/ExtGState", "OP": over, "op": over, "OPM": mode}))

    return {
        "ColorSpace": pydyf.Dictionary({"All": _spot(pdf, "All", (1, 1, 1, 1))}),
        "ExtGState": pydyf.Dictionary({"Out": state("false", 0), "Over": state("true", 1)}),
    }


def _with_die(pdf: pydyf.PDF, plain: Mapping[str, Any]) -> dict[str, Any]:
    """The same and a colour for the die line, with its layer: hidden, and a processing step by ISO 19593-1."""
    step = pydyf.Dictionary({"GTS_ProcStepsGroup": "/Structural", "GTS_ProcStepsType": "/Cutting"})
    layer = _added(pdf, pydyf.Dictionary({"Type": "/OCG", "Name": pydyf.String("Die line"), "GTS_Metadata": step}))
    hidden = pydyf.Dictionary({"Name": pydyf.String("Print"), "Order": pydyf.Array([layer]),
                               "OFF": pydyf.Array([layer])})  # fmt: skip
    pdf.catalog["OCProperties"] = pydyf.Dictionary({"OCGs": pydyf.Array([layer]), "D": hidden})
    colours = pydyf.Dictionary({**plain["ColorSpace"], "Die": _spot(pdf, "Dieline", (0, 1, 0, 0))})
    return {**plain, "ColorSpace": colours, "Properties": pydyf.Dictionary({"DieLine": layer})}


def _spot(pdf: pydyf.PDF, name: str, looks: tuple[float, float, float, float]) -> bytes:
    """A separation, and the four inks that stand for it where it has no plate."""
    tint = pydyf.Dictionary({"FunctionType": 2, "Domain": pydyf.Array([0, 1]), "N": 1,
                             "C0": pydyf.Array([0, 0, 0, 0]), "C1": pydyf.Array(looks)})  # fmt: skip
    return _added(pdf, pydyf.Array([b"/Separation", f"/{name}", b"/DeviceCMYK", _added(pdf, tint)]))


def _state(pdf: pydyf.PDF, told: Mapping[str, str], profile: Profile, content: str) -> None:
    """Output intent, document information and XMP."""
    packed = pydyf.Stream([zlib.compress(profile.data, 9)], {"N": 4, "Alternate": "/DeviceCMYK",
                                                             "Filter": "/FlateDecode"})  # fmt: skip
    texts = {key: pydyf.String(text) for key, text in statement.intent(profile).items()}
    intent = pydyf.Dictionary({"Type": "/OutputIntent", "S": "/GTS_PDFX", **texts,
                               "DestOutputProfile": _added(pdf, packed)})  # fmt: skip
    pdf.catalog["OutputIntents"] = pydyf.Array([_added(pdf, intent)])
    packet = pydyf.Stream([statement.xmp(told, content).encode()], {"Type": "/Metadata", "Subtype": "/XML"})
    pdf.catalog["Metadata"] = _added(pdf, packet)
    pdf.info.update({key: pydyf.String(text) for key, text in statement.information(told).items()})
    pdf.info["Trapped"] = "/False"
