"""Marks: what stands around a piece on its page, for whoever cuts, folds and lines up its plates.

Everything lies beyond the bleed. Corners tell the trim, dashes the folds, crossed circles whether the plates lie on
each other; a line of words says what the sheet is. Lengths in millimetres from the trim's upper left corner.

Reference: ISO 12647-2:2013 leaves marks to the printer; these have the measures that layout programs give them: 5 mm
long, 0.25 pt thin, 1 mm off the bleed.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise, product

from duck_and_cover.design.pieces.sheet import Sheet
from duck_and_cover.design.shapes.outline import Outline
from duck_and_cover.design.type.faces import face
from duck_and_cover.design.type.typography import set_line

__all__ = ["SLUG_MM", "Line", "Marks", "caption", "marks_of"]

_OFF_MM, _LONG_MM = 1.0, 5.0
SLUG_MM = 8.0
"""Room for marks beyond the bleed."""
_TARGET_MM, _CROSS_MM = 1.4, 2.4
"""Radius of a target's circle and half its cross."""
_TEXT_MM = 2.0
"""Size of the type of the caption: 5.7 pt."""
_GAP_MM = 2.0
"""Between the caption and marks."""

Line = tuple[tuple[float, float], tuple[float, float]]
Point = tuple[float, float]


@dataclass(frozen=True)
class Marks:
    """What is drawn: crop marks and fold marks as lines, targets by their middles and radius."""

    crops: tuple[Line, ...]
    folds: tuple[Line, ...]
    crosses: tuple[Line, ...]
    targets: tuple[Point, ...]
    target_mm: float = _TARGET_MM


def marks_of(sheet: Sheet) -> Marks:
    """The marks of a sheet; round ones have crosses at the four ends of their axes."""
    width, height, near = sheet.width_mm, sheet.height_mm, sheet.bleed_mm + _OFF_MM
    far = near + _LONG_MM
    crops = [
        *(((x, y), (x, y + (far - near) * way)) for x, (y, way) in product((0.0, width), _ends(height, near))),
        *(((x, y), (x + (far - near) * way, y)) for y, (x, way) in product((0.0, height), _ends(width, near))),
    ]
    folds = [((x, y), (x, y + (far - near) * way)) for x, (y, way) in product(sheet.folds, _ends(height, near))]
    middle = (near + far) / 2
    targets = [*((_clear(sheet), y + way * (middle - near)) for y, way in _ends(height, near)),
               *((x + way * (middle - near), height / 2) for x, way in _ends(width, near))]  # fmt: skip
    crosses = [
        line
        for x, y in targets
        for line in (((x - _CROSS_MM, y), (x + _CROSS_MM, y)), ((x, y - _CROSS_MM), (x, y + _CROSS_MM)))
    ]
    return Marks(tuple(crops), tuple(folds), tuple(crosses), tuple(targets))


def _ends(side: float, near: float) -> tuple[tuple[float, float], tuple[float, float]]:
    """Where marks begin before 0 and after a side, and which way they go."""
    return (-near, -1.0), (side + near, 1.0)


def _clear(sheet: Sheet) -> float:
    """Where the upper and lower targets stand: the middle, or a quarter where a fold is near."""
    middle = sheet.width_mm / 2
    return middle if all(abs(x - middle) > 3 * _CROSS_MM for x in sheet.folds) else sheet.width_mm / 4


def caption(sheet: Sheet, text: str) -> Outline:
    """A line of words below the bleed as outlines in mm, in the widest place between marks, smaller at need."""
    line = set_line(text, face("inter"), 400).outline
    left, _, right, _ = line.bounds
    start, room = _widest(sheet)
    size = min(_TEXT_MM, room / max(right - left, 1e-6))
    foot = sheet.height_mm + sheet.bleed_mm + _OFF_MM + _LONG_MM / 2 + _TEXT_MM / 3
    return line.scaled(size).moved(start - left * size, foot)


def _widest(sheet: Sheet) -> tuple[float, float]:
    """Where the widest place between the marks at the foot begins, and how wide it is, mm."""
    taken = [(x, 0.0) for x in (0.0, *sheet.folds, sheet.width_mm)] + [(_clear(sheet), _CROSS_MM)]
    taken.sort()
    gaps = [(a + half_a + _GAP_MM, b - half_b - _GAP_MM) for (a, half_a), (b, half_b) in pairwise(taken)]
    start, end = max(gaps, key=lambda gap: round(gap[1] - gap[0], 3))
    return start, end - start
