"""Polygons: the crossings, offsets and sweeps of shapes, on the whole-number grid of Clipper.

Clipper decides what lies inside (Angus Johnson's library, after Vatti 1992, "A generic solution to polygon clipping");
what this module adds is which lines to hand it. An offset or a sweep is drawn as one closed walk that may cross itself
at will: the points it winds round once or more are the answer.
"""

# pyright: reportAttributeAccessIssue=false
# (pyclipper is a compiled module without type stubs)

from __future__ import annotations

from typing import Literal

import numpy as np
import pyclipper
from numpy.typing import NDArray

from duck_and_cover.design.shapes.outline import Outline

__all__ = ["FINENESS", "Join", "Paths", "area", "difference", "nested", "offset", "outline", "swept", "thickness",
           "thinned", "united"]  # fmt: skip

FINENESS = 2e-5
"""The largest distance between a curve and the polygon that stands for it, cover units: 0.16 px at 8000."""

Join = Literal["mitre", "round"]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Path = list[list[int]]
Paths = list[Path]
"""Polygons as Clipper takes them: corners in whole numbers, `GRID` to the cover unit; ink runs clockwise as seen."""

GRID = 1 << 27
"""Fine enough that rounding never shows, coarse enough that Clipper multiplies in 64 bits for shapes on a cover."""

_MITRE = 2.5
"""A mitre reaches at most this many times the offset; points sharper than that are rounded."""

_CORNER = np.radians(30)
"""Vertices that turn less than 30 degrees belong to a curve, the others are corners."""


def united(shape: Outline) -> Paths:
    """The ink of an outline as polygons that do not overlap."""
    vertices, contours = shape.flattened(FINENESS)
    return _resolved(_split(vertices * GRID, contours), pyclipper.PFT_NONZERO)


def outline(paths: Paths) -> Outline:
    """The shape that polygons fill."""
    return Outline.joined(Outline.polygon(np.array(path) / GRID) for path in paths)


def nested(*shapes: Paths) -> Paths:
    """Shapes that lie each within the one before, ink and paper by turns."""
    turned = (pyclipper.ReversePaths(paths) if i % 2 else paths for i, paths in enumerate(shapes))
    return [path for paths in turned for path in paths]


def difference(paths: Paths, other: Paths) -> Paths:
    """What lies in polygons and not in others."""
    return _resolved(paths, pyclipper.PFT_NONZERO, other)


def area(path: Path) -> float:
    """Area within one polygon, square cover units; negative for a counter."""
    return pyclipper.Area(path) / GRID**2


def thickness(paths: Paths) -> float:
    """Mean thickness of strokes, cover units: twice the area over the length of the edges."""
    length = sum(float(np.hypot(*_edges(path).T).sum()) for path in paths) / GRID
    return 2 * sum(map(area, paths)) / length if length else 0.0


def thinned(paths: Paths, tolerance: float) -> Paths:
    """Polygons without the vertices that show nothing at a tolerance in cover units."""
    return [path for path in pyclipper.CleanPolygons(paths, tolerance * GRID) if len(path) > 2]


def offset(paths: Paths, by: float, join: Join = "mitre") -> Paths:
    """Polygons with every edge moved outwards by `by` cover units, inwards where negative.

    Corners that open are joined. Corners that close are cut short where they belong to a curve wider than the offset;
    at the others edges keep their length, joined through the old corner, and what folds over winds backwards.
    Reference: Chen and McMains 2005, "Polygon offsetting by computing winding numbers".
    """
    if not paths or not by:
        return paths
    corners = np.concatenate([np.array(path, np.float64) for path in paths])
    contours = np.repeat(np.arange(len(paths)), [len(path) for path in paths])
    edges = np.concatenate(list(map(_edges, paths))) / GRID
    length = np.hypot(edges[:, 0], edges[:, 1])
    following, previous = _neighbours(contours)
    after = np.column_stack([edges[:, 1], -edges[:, 0]]) / length[:, None]
    before = after[previous]
    turn = np.arctan2(before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0], np.sum(before * after, axis=1))
    mitre = (before + after) / np.maximum(1 + np.cos(turn), 1e-9)[:, None]
    opens, soft = turn * by > 0, np.abs(turn) < _CORNER
    step = 2 * np.arccos(1 - min(FINENESS / abs(by), 1.0))  # of an arc
    sharp = ~soft & (np.hypot(mitre[:, 0], mitre[:, 1]) <= _MITRE) & (join == "mitre")
    lost = np.where(opens, 0.0, abs(by) * np.tan(np.abs(turn) / 2))  # of an edge at its closing ends
    kept = length > lost + lost[following]
    single = np.where(opens, sharp | (np.abs(turn) <= step), soft & kept & kept[previous])
    passed = ~opens & ~single
    which, angle = _arcs(np.flatnonzero(opens & ~single), before, turn, step)
    at = np.concatenate([*map(np.flatnonzero, (single, passed, passed, passed)), which])
    moves = np.concatenate([mitre[single], before[passed], np.zeros_like(before[passed]), after[passed],
                            np.column_stack([np.cos(angle), np.sin(angle)])])  # fmt: skip
    order = np.argsort(at, kind="stable")
    points = (corners[at] + by * GRID * moves)[order]
    return _resolved(_split(points, contours[at[order]]), pyclipper.PFT_POSITIVE)


def swept(paths: Paths, dx: float, dy: float) -> Paths:
    """What polygons pass over on their way along (dx, dy), cover units.

    Each is walked once, edges that face the way it goes at their far place and the others where they are. How often
    these walks wind round a point is how many pieces of the segment from the point back along (dx, dy) lie in the
    polygons, never less than 0. Reference: Guibas, Ramshaw and Stolfi 1983, "A kinetic framework for computational
    geometry".
    """
    far = np.rint(np.array((dx, dy)) * GRID).astype(np.int64)
    walks: Paths = []
    for path in paths:
        edges = _edges(path)
        leads = edges[:, 1] * far[0] - edges[:, 0] * far[1] > 0
        places = np.array(path)[:, None] + np.stack([np.roll(leads, 1), leads], axis=1)[..., None] * far
        walks.append(places.reshape(-1, 2).tolist())
    return _resolved(walks, pyclipper.PFT_POSITIVE)


def _arcs(corners: Ints, before: Floats, turn: Floats, step: float) -> tuple[Ints, Floats]:
    """Corner numbers and directions of the points of arcs that turn the normals `before` by `turn`."""
    count = 1 + np.ceil(np.abs(turn[corners]) / step).astype(np.int64)
    which = np.repeat(corners, count)
    k = np.arange(len(which)) - np.repeat(np.cumsum(count) - count, count)
    start = np.arctan2(before[which, 1], before[which, 0])
    return which, start + turn[which] * k / np.repeat(count - 1, count)


def _neighbours(contours: Ints) -> tuple[Ints, Ints]:
    """Numbers of the corners after and before each, round its contour."""
    numbers = np.arange(len(contours))
    last = np.flatnonzero(np.diff(contours, append=-1))
    following, previous = numbers + 1, numbers - 1
    following[last] = first = np.concatenate([[0], last[:-1] + 1])
    previous[first] = last
    return following, previous


def _edges(path: Path) -> Floats:
    """(n, 2) steps from each corner of a polygon to the next, grid units."""
    corners = np.array(path, np.float64)
    return np.roll(corners, -1, 0) - corners


def _split(vertices: Floats, contours: Ints) -> Paths:
    """(n, 2) vertices in grid units and their contour numbers as lists."""
    whole = np.rint(vertices).astype(np.int64)
    return [part.tolist() for part in np.split(whole, np.flatnonzero(np.diff(contours)) + 1)]


def _resolved(paths: Paths, fill: int, cut: Paths | None = None) -> Paths:
    """Polygons without crossings, the part under `cut` taken away."""
    clipper = pyclipper.Pyclipper()
    try:
        clipper.AddPaths(paths, pyclipper.PT_SUBJECT, True)
    except pyclipper.ClipperException:  # none has an area
        return []
    if cut:
        clipper.AddPaths(cut, pyclipper.PT_CLIP, True)
    done = clipper.Execute(pyclipper.CT_DIFFERENCE if cut else pyclipper.CT_UNION, fill, pyclipper.PFT_NONZERO)
    return thinned(done, 2e-6)
