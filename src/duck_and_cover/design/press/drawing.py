"""Drawing: what a print page shows, as the operators of PDF: picture, words, marks, die line.

Legend: millimetres run from the trim's upper left corner downwards, points from the page's lower left corner upwards.
Reference: ISO 32000-1:2008, 8.5 (paths), 8.6.6.4 (separations), 8.6.7 (overprint), 8.11 (layers).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pydyf

from duck_and_cover.design.files.pdf import draw_path
from duck_and_cover.design.pieces.sheet import Sheet
from duck_and_cover.design.press.marks import Line, Marks
from duck_and_cover.design.press.plates import DRILLED_MM, Plates, Stamp, circle
from duck_and_cover.design.shapes.outline import Outline

__all__ = ["Place", "draw_die", "draw_marks", "draw_piece"]

_PT = 72 / 25.4
_DIGITS = 3
_HAIR_PT = 0.25
_JOIN_ROUND = 1


@dataclass(frozen=True)
class Place:
    """Where a sheet lies on its page.

    beyond_mm:  from the trim to the edge of the page.
    """

    sheet: Sheet
    beyond_mm: float

    @property
    def origin(self) -> tuple[float, float]:
        """The trim's upper left corner, points."""
        return self.beyond_mm * _PT, (self.beyond_mm + self.sheet.height_mm) * _PT

    def box(self, around_mm: float) -> pydyf.Array:
        """The trim and so much around it: left, foot, right, top, points."""
        low, sides = self.beyond_mm - around_mm, (self.sheet.width_mm, self.sheet.height_mm)
        high = [self.beyond_mm + side + around_mm for side in sides]
        return pydyf.Array([round(v * _PT, _DIGITS) for v in (low, low, *high)])

    def at(self, x_mm: float, y_mm: float) -> tuple[float, float]:
        """A place of the sheet on the page, points."""
        left, top = self.origin
        return round(left + x_mm * _PT, _DIGITS), round(top - y_mm * _PT, _DIGITS)


def draw_piece(stream: pydyf.Stream, place: Place, plates: Plates) -> None:
    """Picture and words, held within the bleed and, on a disc, out of its hole."""
    sheet, (left, foot, right, top) = place.sheet, place.box(place.sheet.bleed_mm)
    stream.push_state()
    stream.rectangle(left, foot, right - left, top - foot)
    stream.clip()
    stream.end()
    stream.push_state()
    if sheet.round_mm is not None:
        draw_path(stream, circle(sheet, sheet.round_mm / 2 + sheet.bleed_mm), _PT, place.origin)
    if sheet.hole_mm >= DRILLED_MM:
        if sheet.round_mm is None:
            stream.rectangle(left, foot, right - left, top - foot)
        draw_path(stream, circle(sheet, sheet.hole_mm / 2), _PT, place.origin)
    if sheet.round_mm is not None or sheet.hole_mm >= DRILLED_MM:
        stream.clip(even_odd=True)
        stream.end()
    stream.set_matrix(right - left, 0, 0, top - foot, left, foot)
    stream.draw_x_object("Picture")
    stream.pop_state()
    stream.set_line_join(_JOIN_ROUND)
    for name, stamp in plates.stamps:
        stream.begin_marked_content(_tag(name))
        _draw_stamp(stream, place, stamp)
        stream.end_marked_content()
    stream.pop_state()


def _tag(name: str) -> str:
    """A text's name as a tag of marked content."""
    return "".join(c for c in name.title() if c.isascii() and c.isalnum()) or "Words"


def _draw_stamp(stream: pydyf.Stream, place: Place, stamp: Stamp) -> None:
    """A shape filled by the non-zero rule, grown by a stroke where ink spreads."""
    stream.set_state("Over" if stamp.overprints else "Out")
    grows = stamp.layer.spread > 0
    inks = " ".join(f"{ink:.3f}".rstrip("0").rstrip(".") for ink in stamp.inks)
    stream.stream.append(f"{inks} k")
    if grows:
        stream.stream.append(f"{inks} K")
        stream.set_line_width(round(2 * stamp.layer.spread * _PT, _DIGITS))
    draw_path(stream, stamp.layer.outline, _PT, place.origin)
    stream.fill_and_stroke() if grows else stream.fill()


def draw_marks(stream: pydyf.Stream, place: Place, marks: Marks, words: Outline) -> None:
    """Everything in the colour that is on every plate."""
    stream.begin_marked_content("Marks")
    stream.push_state()
    for stroke in (False, True):
        stream.set_color_space("All", stroke=stroke)
        stream.set_color_special(None, stroke, 1)
    stream.set_line_width(_HAIR_PT)
    _lines(stream, place, marks.crops + marks.crosses)
    for middle in marks.targets:
        ring = circle(place.sheet, marks.target_mm).moved(middle[0] - place.sheet.width_mm / 2,
                                                         middle[1] - place.sheet.height_mm / 2)  # fmt: skip
        draw_path(stream, ring, _PT, place.origin)
    stream.stroke()
    if marks.folds:
        stream.set_dash([3, 2], 0)
        _lines(stream, place, marks.folds)
        stream.stroke()
    draw_path(stream, words, _PT, place.origin)
    stream.fill()
    stream.pop_state()
    stream.end_marked_content()


def draw_die(stream: pydyf.Stream, place: Place) -> None:
    """Where a round sheet is cut, in its hidden layer."""
    sheet = place.sheet
    rings = [circle(sheet, across / 2) for across in (sheet.round_mm or 0.0, sheet.hole_mm) if across > 0]
    stream.begin_marked_content("OC", b"/DieLine")
    stream.push_state()
    stream.set_state("Over")
    stream.set_color_space("Die", stroke=True)
    stream.set_color_special(None, True, 1)
    stream.set_line_width(_HAIR_PT)
    draw_path(stream, Outline.joined(rings), _PT, place.origin)
    stream.stroke()
    stream.pop_state()
    stream.end_marked_content()


def _lines(stream: pydyf.Stream, place: Place, lines: Iterable[Line]) -> None:
    for start, end in lines:
        stream.move_to(*place.at(*start))
        stream.line_to(*place.at(*end))
