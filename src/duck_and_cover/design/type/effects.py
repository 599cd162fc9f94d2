"""Effects: what a sign writer does to letters once they are drawn. Hollow, inline, block shadow; shapes in, shapes out.

    title = fit("Midnight Harvest", face("anton"), 0.84, 0.4).outline
    block = extruded(title, 0.02, 0.02)             # printed first, in a dark ink
    front = inlined(title, 0.36)                    # printed over it: a line runs through every stem

Lengths are cover units; those of `inlined` are parts of a stem, so that one setting suits every size. Results are
polygons without overlaps, true to 1/50,000 of the cover, and fill by the non-zero rule like the letters they came
from. An empty shape stays empty.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from duck_and_cover.design.shapes import polygons
from duck_and_cover.design.shapes.outline import Outline
from duck_and_cover.design.shapes.polygons import Join, Paths
from duck_and_cover.errors import BadInput

__all__ = ["FINEST", "TooThin", "extruded", "grown", "inlined", "outlined", "shaded", "stem", "united", "without"]

FINEST = 0.0012
"""The finest line, of ink or of paper, that printing keeps, cover units: 0.4 point on a compact disc."""

Side = Literal["inside", "centre", "outside"]


class TooThin(BadInput):
    """The letters are too thin for an effect at this size.

    stem:  thickness found, cover units; `least`: thickness wanted.
    """

    def __init__(self, effect: str, stem: float, least: float) -> None:
        super().__init__(
            f"letters with stems of {stem:.4f} of the cover are too thin to be {effect}; wanted {least:.4f}: "
            "set them larger, in a bolder face, or with a finer line"
        )
        self.stem, self.least = stem, least


# -- booleans and offsets ------------------------------------------------------------------------------------


def united(outline: Outline) -> Outline:
    """The same ink without overlaps: touching letters and the strokes of variable fonts become one shape."""
    return polygons.outline(polygons.united(outline))


def without(outline: Outline, other: Outline) -> Outline:
    """The part of a shape that another does not cover."""
    return polygons.outline(polygons.difference(polygons.united(outline), polygons.united(other)))


def grown(outline: Outline, by: float, join: Join = "mitre") -> Outline:
    """Every edge moved outwards by so many cover units, inwards where negative; what is too thin to last is gone.

    join:  'mitre' keeps corners sharp, 'round' rounds those that open.
    """
    return polygons.outline(polygons.offset(polygons.united(outline), by, join))


def stem(outline: Outline) -> float:
    """Thickness of the main strokes, cover units; 0 for an empty shape.

    The mean thickness (twice the area over the length of the edges) of the strokes that a quarter of the mean of all
    taken off every side does not wear away: stems count, hairlines and specks do not.
    """
    return _stem(polygons.united(outline))


# -- lettering -----------------------------------------------------------------------------------------------


def outlined(outline: Outline, width: float, side: Side = "inside", join: Join = "mitre") -> Outline:
    """Hollow letters: a line along every edge.

    width:  of the line, cover units.
    side:   on which side of the edge it lies; 'inside' keeps the letters' size, 'outside' leaves their place free.
    Raises TooThin where less than `FINEST` of a stem would stay open, BadInput for a line below `FINEST`.
    """
    if not width >= FINEST:
        raise BadInput(f"a line of {width:.5f} of the cover would not print; wanted {FINEST} or more")
    inner, outer = {"inside": (width, 0.0), "centre": (width / 2, width / 2), "outside": (0.0, width)}[side]
    paths = polygons.united(outline)
    if paths and (found := _stem(paths)) < 2 * inner + FINEST:
        raise TooThin("outlined", found, 2 * inner + FINEST)
    hollow = _opened(paths, -inner, join, max(FINEST, width / 3)) if inner else paths
    return polygons.outline(polygons.nested(polygons.offset(paths, outer, join), hollow))


def inlined(outline: Outline, *edges: float, join: Join = "mitre") -> Outline:
    """Letters engraved with lines that run parallel to their edges.

    edges:  distances from the edge of the letter, in stems, below 1/2 and rising, at which ink gives way to paper
            and paper to ink. One, (0.36,), opens a line along the middle of every stem, wider where strokes are;
            two, (0.14, 0.24), engrave a line inside the edge; four are a neon sign.
    Thin strokes stay whole: a line ends where it would be only a third as thick as the finest line in a stem.
    Raises TooThin where a line in a stem would be finer than that.
    """
    lines = np.diff((0.0, *edges, 0.5))
    if not edges or lines.min() <= 0:
        raise BadInput(f"edges are {edges}; wanted numbers above 0 and below 0.5 stems, each larger than the last")
    lines[-1] *= 2  # the last one reaches beyond the middle
    paths = polygons.united(outline)
    thick, fine = _stem(paths), float(lines.min())
    if paths and thick * fine < FINEST:
        raise TooThin("inlined", thick, FINEST / fine)
    finest, least = max(FINEST, 0.3 * thick * fine), (0.3 * thick) ** 2
    cores = (_opened(paths, -edge * thick, join, finest, least) for edge in edges)
    return polygons.outline(polygons.nested(paths, *cores))


def extruded(outline: Outline, dx: float, dy: float) -> Outline:
    """The block that letters leave when drawn along (dx, dy) cover units, the letters themselves included.

    Exact: every place that a point of the letters passes, whatever their shape.
    """
    return polygons.outline(polygons.swept(polygons.united(outline), dx, dy))


def shaded(outline: Outline, dx: float, dy: float, gap: float) -> Outline:
    """The block shadow alone, parted from the letters by a line of paper: for a cover of one ink.

    gap:  thickness of that line, cover units.
    Raises BadInput where the shadow is no longer than the gap.
    """
    length = float(np.hypot(dx, dy))
    if length < gap + FINEST:
        raise BadInput(f"a shadow of {length:.4f} hides in its gap of {gap:.4f}; wanted {FINEST} more")
    paths = polygons.united(outline)
    block = polygons.difference(polygons.swept(paths, dx, dy), polygons.offset(paths, gap))
    return polygons.outline(_opened(block, 0.0, "mitre", FINEST, (length - gap) ** 2 / 5))


def _stem(paths: Paths) -> float:
    mean = polygons.thickness(paths)
    return mean / 2 + polygons.thickness(polygons.offset(polygons.thinned(paths, mean / 100), -mean / 4))


def _opened(paths: Paths, by: float, join: Join, finest: float, least: float = 0.0) -> Paths:
    """Polygons grown by `by`, without what is then finer than `finest` and pieces whose area is below `least`."""
    kept = polygons.offset(polygons.offset(paths, by - finest / 2, join), finest / 2, join)
    return [path for path in kept if abs(polygons.area(path)) >= least]
