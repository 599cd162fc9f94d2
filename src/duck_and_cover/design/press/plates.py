"""Plates: a piece in inks, its picture and its words, as both the document and the proof print it.

Legend: `cmyk` uint8 (H, W, 4), 0 no ink, 255 a full plate; lengths in millimetres from the trim's upper left corner.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from duck_and_cover.design.compose import Layer, Words
from duck_and_cover.design.pieces.sheet import Piece, Sheet
from duck_and_cover.design.press.inks import BLACK, Inks, inks_of_word, size_pt
from duck_and_cover.design.press.separation import Cmyk, Separator
from duck_and_cover.design.shapes.outline import CLOSE, CUBIC, MOVE, Outline
from duck_and_cover.errors import BadInput

__all__ = ["DRILLED_MM", "Plates", "Stamp", "circle", "plates_of"]

DRILLED_MM = 10.0
"""A hole smaller than this, such as a spindle's of 7.24 mm, is drilled after printing and ink runs across it; a larger
one is where a disc takes no ink.
"""
_SIDE_PX = 2
"""Pixels that a ground may be away from the size of its sheet: rounding."""


@dataclass(frozen=True, eq=False)
class Stamp:
    """One shape in its inks; mm.

    overprints:  it is laid upon the inks beneath it; else those are left out there.
    """

    layer: Layer
    inks: Inks
    overprints: bool = False


@dataclass(frozen=True, eq=False)
class Plates:
    """A piece in inks.

    picture:  cmyk of the trim and its bleed.    stamps: the words, the lowest shape first, a name with each.
    """

    sheet: Sheet
    picture: Cmyk = field(repr=False)
    stamps: tuple[tuple[str, Stamp], ...] = field(repr=False)

    @property
    def px_mm(self) -> tuple[float, float]:
        """Pixels a millimetre across and down."""
        height, width = self.picture.shape[:2]
        return width / (self.sheet.width_mm + 2 * self.sheet.bleed_mm), height / (
            self.sheet.height_mm + 2 * self.sheet.bleed_mm
        )


def plates_of(piece: Piece, separator: Separator) -> Plates:
    """Separate a piece. Raises `BadInput` where its ground has not the size of its sheet."""
    sheet, ground = piece.sheet, piece.ground
    wanted = [(side + 2 * sheet.bleed_mm) / 25.4 * piece.dpi for side in (sheet.height_mm, sheet.width_mm)]
    if ground.dtype != np.uint8 or ground.ndim != 3 or ground.shape[2] != 3:
        raise BadInput(f"{sheet.name}: the ground is {ground.dtype} of shape {ground.shape}; wanted uint8 (H, W, 3)")
    if any(abs(found - side) > _SIDE_PX for found, side in zip(ground.shape[:2], wanted, strict=True)):
        raise BadInput(f"{sheet.name}: the ground is {ground.shape[1]} x {ground.shape[0]} px; trim and bleed have "
                       f"{wanted[1]:.0f} x {wanted[0]:.0f} px at {piece.dpi:g} dpi")  # fmt: skip
    plates = Plates(sheet, separator.cmyk(ground), ())
    return Plates(sheet, plates.picture, tuple(_stamps(piece.words, plates, separator)))


def _stamps(words: tuple[Words, ...], plates: Plates, separator: Separator) -> Iterator[tuple[str, Stamp]]:
    lower: list[Stamp] = []
    for text in words:
        pt = size_pt(text)
        for layer in text.layers:
            if len(layer.outline):
                inks = inks_of_word(layer.colour, pt, separator)
                fits = inks == BLACK and _beneath(layer, plates, lower) + 100 <= separator.picture_ink
                lower.append(Stamp(layer, inks, overprints=fits))
                yield text.name, lower[-1]


def _beneath(layer: Layer, plates: Plates, lower: list[Stamp]) -> float:
    """The most cyan, magenta and yellow together, per cent, in picture and lower shapes under a shape's box."""
    across, down = plates.px_mm
    bleed, reach = plates.sheet.bleed_mm, max(layer.spread, 0) + 0.5
    x0, y0, x1, y1 = layer.outline.bounds
    rows = slice(max(0, int((y0 - reach + bleed) * down)), max(0, int(np.ceil((y1 + reach + bleed) * down))))
    columns = slice(max(0, int((x0 - reach + bleed) * across)), max(0, int(np.ceil((x1 + reach + bleed) * across))))
    under = plates.picture[rows, columns, :3]
    shapes = [100 * sum(each.inks[:3]) for each in lower if _touch(each.layer, layer)]
    return max([float(under.sum(-1, dtype=np.uint16).max()) / 2.55 if under.size else 0.0, *shapes])


def _touch(one: Layer, other: Layer) -> bool:
    """Whether the boxes of two shapes meet."""
    (a0, b0, a1, b1), (c0, d0, c1, d1) = one.outline.bounds, other.outline.bounds
    reach = max(one.spread, 0) + max(other.spread, 0)
    return a0 - reach < c1 and c0 - reach < a1 and b0 - reach < d1 and d0 - reach < b1


def circle(sheet: Sheet, radius_mm: float) -> Outline:
    """A circle about the middle of a sheet, mm: four cubic curves, 0.03 % of the radius away at most."""
    k = 4 / 3 * (np.sqrt(2) - 1)
    quarter = np.array([(1, 0), (1, k), (k, 1), (0, 1)], np.float64)
    turns = [quarter @ np.array([[c, s], [-s, c]]) for c, s in ((1, 0), (0, 1), (-1, 0), (0, -1))]
    points = np.concatenate([turns[0][:1], *(turn[1:] for turn in turns)])
    middle = sheet.width_mm / 2, sheet.height_mm / 2
    return Outline(np.array([MOVE, CUBIC, CUBIC, CUBIC, CUBIC, CLOSE], np.uint8), points * radius_mm + middle)
