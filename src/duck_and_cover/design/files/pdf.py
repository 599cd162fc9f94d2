"""A front as PDF: the artwork as a picture, the words above it as filled paths, a layer each, on one square page.

The paths are the outlines of the SVG (`vector`), curves and all; the file names no font. Everything is in sRGB by its
ICC profile. The page is trimmed at its edge: it has no bleed.

Reference: ISO 32000-1:2008 (PDF 1.7), 8.5 paths, 8.9 images, 8.11 optional content; ISO 16684-1:2019 (XMP).
"""

from __future__ import annotations

import io
from collections.abc import Mapping

import pydyf

from duck_and_cover.design.compose import Design, Layer, Words
from duck_and_cover.design.files.about import caption, clean, xmp
from duck_and_cover.design.files.formats import DPI, encoded, srgb_profile
from duck_and_cover.design.files.vector import layer_names
from duck_and_cover.design.shapes.outline import CLOSE, CUBIC, LINE, MOVE, POINTS, QUAD, Outline
from duck_and_cover.errors import BadInput

__all__ = ["as_pdf", "draw_path"]

_POINT_MM = 25.4 / 72
_LEAST_PT, _MOST_PT = 3, 14400
"""Sides of a page that readers accept: ISO 32000-1, annex C."""
_DIGITS = 3
"""Decimals of a coordinate in points: 0.35 micrometres."""
_JOIN_ROUND = 1


def as_pdf(design: Design, metadata: Mapping[str, str] | None = None, *, side_mm: float | None = None) -> bytes:
    """The bytes of a PDF file of one page; the same design gives the same bytes.

    design:    with its ground kept (`compose(..., keep_ground=True)`).
    metadata:  words named as in `about`, told in the document information and in XMP.
    side_mm:   side of the page, which is also its trim; None gives the picture 300 px an inch, as in its PNG.
    Raises `BadInput` where the ground was not kept, and for a page smaller than 1.1 mm or larger than 5080 mm.
    """
    if design.ground is None:
        raise BadInput("the ground of this design was not kept; compose it with keep_ground=True")
    side = round(design.size_px * 72 / DPI if side_mm is None else side_mm / _POINT_MM, _DIGITS)
    if not _LEAST_PT <= side <= _MOST_PT:
        raise BadInput(f"the page's side is {side * _POINT_MM:.2f} mm; wanted 1.1 to 5080")
    told = {"Software": "Duck and Cover", **(metadata or {})}
    pdf = pydyf.PDF()
    space = _added(pdf, pydyf.Array([b"/ICCBased", _profile(pdf)]))
    names = ["artwork", *layer_names(design.words)]
    layers = [_added(pdf, pydyf.Dictionary({"Type": "/OCG", "Name": pydyf.String(name)})) for name in names]
    resources = pydyf.Dictionary({
        "ColorSpace": pydyf.Dictionary({"Srgb": space}),
        "XObject": pydyf.Dictionary({"Artwork": _artwork(pdf, design, space)}),
        "Properties": pydyf.Dictionary({f"Layer{i}": layer for i, layer in enumerate(layers)}),
    })  # fmt: skip
    square = pydyf.Array([0, 0, side, side])
    pdf.add_page(pydyf.Dictionary({
        "Type": "/Page", "Parent": pdf.pages.reference, "MediaBox": square, "TrimBox": square,
        "Resources": resources, "Contents": _added(pdf, _content(design, side)),
    }))  # fmt: skip
    shown = pydyf.Dictionary({"Name": pydyf.String("Layers"), "Order": pydyf.Array(layers[::-1])})  # topmost first
    pdf.catalog["OCProperties"] = pydyf.Dictionary({"OCGs": pydyf.Array(layers), "D": shown})
    pdf.catalog["Metadata"] = _added(
        pdf, pydyf.Stream([xmp(told, "application/pdf").encode()], {"Type": "/Metadata", "Subtype": "/XML"})
    )
    pdf.catalog["ViewerPreferences"] = pydyf.Dictionary({"DisplayDocTitle": "true"})
    shown_as = {"Title": told.get("Title"), "Author": told.get("Author"), "Subject": caption(told),
                "Keywords": told.get("Keywords"), "Creator": told["Software"]}  # fmt: skip
    for key, text in shown_as.items():
        if text:
            pdf.info[key] = pydyf.String(clean(text))
    out = io.BytesIO()
    pdf.write(out, version=b"1.7", identifier=True)  # a hash of what is written; no dates
    return out.getvalue()


def _added(pdf: pydyf.PDF, item: pydyf.Object) -> bytes:
    """Put an object into the file; returns what refers to it."""
    pdf.add_object(item)
    return item.reference


def _profile(pdf: pydyf.PDF) -> bytes:
    return _added(pdf, pydyf.Stream([srgb_profile()], {"N": 3, "Alternate": "/DeviceRGB"}, compress=True))


def _artwork(pdf: pydyf.PDF, design: Design, space: bytes) -> bytes:
    assert design.ground is not None
    head = {"Type": "/XObject", "Subtype": "/Image", "Width": design.size_px, "Height": design.size_px,
            "ColorSpace": space, "BitsPerComponent": 8, "Filter": "/DCTDecode"}  # fmt: skip
    return _added(pdf, pydyf.Stream([encoded(design.ground, "JPEG")], head))


def _content(design: Design, side: float) -> pydyf.Stream:
    """What the page shows, the lowest layer first. side: of the page, points; y runs upwards from its foot."""
    page = pydyf.Stream(compress=True)
    page.begin_marked_content("OC", b"/Layer0")
    page.push_state()
    page.set_matrix(side, 0, 0, side, 0, 0)
    page.draw_x_object("Artwork")
    page.pop_state()
    page.end_marked_content()
    page.set_color_space("Srgb")
    page.set_color_space("Srgb", stroke=True)
    page.set_line_join(_JOIN_ROUND)
    for number, words in enumerate(design.words, 1):
        page.begin_marked_content("OC", f"/Layer{number}".encode())
        _draw_words(page, words, side)
        page.end_marked_content()
    return page


def _draw_words(page: pydyf.Stream, words: Words, side: float) -> None:
    for layer in words.layers:
        if len(layer.outline):
            _draw_layer(page, layer, side)


def _draw_layer(page: pydyf.Stream, layer: Layer, side: float) -> None:
    """A shape filled by the non-zero rule, grown by a stroke where ink spreads."""
    ink = [round(float(share), 4) for share in layer.colour]
    page.set_color_special(None, False, *ink)
    grows = layer.spread > 0
    if grows:
        page.set_color_special(None, True, *ink)
        page.set_line_width(round(2 * layer.spread * side, _DIGITS))
    draw_path(page, layer.outline, side, (0, side))
    page.fill_and_stroke() if grows else page.fill()


def draw_path(page: pydyf.Stream, outline: Outline, scale: float, origin: tuple[float, float]) -> None:
    """The contours of an outline; quadratic curves are raised to cubic ones, which are the same curves.

    scale:   points for one unit of the outline.
    origin:  where its (0, 0) lies on the page, points from the lower left.
    """
    points = (outline.points * (scale, -scale) + origin).tolist()
    at = 0
    for verb in outline.verbs.tolist():
        own = points[at : at + int(POINTS[verb])]
        if verb == QUAD:
            (x0, y0), (x1, y1), (x2, y2) = points[at - 1], *own
            own = [((x0 + 2 * x1) / 3, (y0 + 2 * y1) / 3), ((x2 + 2 * x1) / 3, (y2 + 2 * y1) / 3), (x2, y2)]
        numbers = [round(v, _DIGITS) for point in own for v in point]
        if verb == MOVE:
            page.move_to(*numbers)
        elif verb == LINE:
            page.line_to(*numbers)
        elif verb in (QUAD, CUBIC):
            page.curve_to(*numbers)
        elif verb == CLOSE:
            page.close()
        at += int(POINTS[verb])
