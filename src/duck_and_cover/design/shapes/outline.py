"""Outline: an immutable vector shape, the form in which letters and drawn marks travel through design.

Coordinates are cover units: x to the right, y down, the cover is the square 0..1. A shape is filled by the
non-zero winding rule, so overlapping contours (letters that touch, instances of variable fonts) join instead
of cancelling.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from duck_and_cover.design.shapes import coverage as _coverage

__all__ = ["Outline"]

MOVE, LINE, QUAD, CUBIC, CLOSE = range(5)
POINTS = np.array([1, 1, 2, 3, 0])
"""How many points each verb takes."""

Floats = NDArray[np.float64]
Box = tuple[float, float, float, float]
"""Left, top, right, bottom in cover units."""


@dataclass(frozen=True, eq=False)
class Outline:
    """Verbs and points of a filled shape.

    verbs:   (n,) uint8 of MOVE, LINE, QUAD, CUBIC, CLOSE; every contour begins with MOVE.
    points:  (m, 2) float64 in cover units, in the order the verbs use them (1, 1, 2, 3 and 0 points each).
    """

    verbs: NDArray[np.uint8]
    points: Floats

    def __post_init__(self) -> None:
        verbs = np.array(self.verbs, np.uint8).reshape(-1)
        points = np.array(self.points, np.float64).reshape(-1, 2)
        if int(POINTS[verbs].sum()) != len(points):
            raise ValueError(f"{len(points)} points for verbs that take {int(POINTS[verbs].sum())}")
        if len(verbs) and verbs[0] != MOVE:
            raise ValueError("an outline begins with MOVE")
        verbs.flags.writeable = points.flags.writeable = False
        object.__setattr__(self, "verbs", verbs)
        object.__setattr__(self, "points", points)

    # -- making --------------------------------------------------------------------------------------------

    @staticmethod
    def empty() -> Outline:
        """The shape with nothing in it."""
        return Outline(np.empty(0, np.uint8), np.empty((0, 2)))

    @staticmethod
    def polygon(corners: ArrayLike) -> Outline:
        """A closed polygon through (n, 2) corners in cover units."""
        corners = np.asarray(corners, np.float64).reshape(-1, 2)
        return Outline(np.array([MOVE] + [LINE] * (len(corners) - 1) + [CLOSE], np.uint8), corners)

    @staticmethod
    def rectangle(left: float, top: float, right: float, bottom: float) -> Outline:
        """An upright rectangle; a rule or a bar."""
        return Outline.polygon([(left, top), (right, top), (right, bottom), (left, bottom)])

    @staticmethod
    def joined(shapes: Iterable[Outline]) -> Outline:
        """All shapes as one; faster than `+` in a loop."""
        shapes = list(shapes)
        if not shapes:
            return Outline.empty()
        return Outline(np.concatenate([s.verbs for s in shapes]), np.concatenate([s.points for s in shapes]))

    def __add__(self, other: Outline) -> Outline:
        return Outline.joined((self, other))

    def __len__(self) -> int:
        return len(self.verbs)

    # -- moving --------------------------------------------------------------------------------------------

    def moved(self, dx: float, dy: float) -> Outline:
        """The shape shifted by (dx, dy) cover units."""
        return Outline(self.verbs, self.points + np.array((dx, dy)))

    def scaled(self, s: float) -> Outline:
        """The shape enlarged `s` times about the origin."""
        return Outline(self.verbs, self.points * s)

    def transformed(self, matrix: ArrayLike) -> Outline:
        """The shape under a 2x3 affine matrix [[a, b, tx], [c, d, ty]] acting on column vectors (x, y, 1)."""
        m = np.asarray(matrix, np.float64).reshape(2, 3)
        return Outline(self.verbs, self.points @ m[:, :2].T + m[:, 2])

    def warped(self, f: Callable[[Floats], Floats], step: float = 0.01) -> Outline:
        """The shape bent by a map of points.

        f:     takes (n, 2) cover units and returns (n, 2).
        step:  straight edges longer than this (cover units) are divided first so that they can bend; curves
               bend by their control points, which is indistinguishable for letters.
        """
        verbs, points = _divided(self.verbs, self.points, step)
        return Outline(verbs, f(points))

    def reversed(self) -> Outline:
        """The same shape drawn the other way round; its area changes sign."""
        starts = np.flatnonzero(self.verbs == MOVE)
        verbs, points, at = [], [], 0
        for contour in np.split(self.verbs, starts[1:]):
            taken = int(POINTS[contour].sum())
            pen = contour[(contour != MOVE) & (contour != CLOSE)]
            verbs += [contour[:1], pen[::-1], contour[contour == CLOSE]]
            points.append(self.points[at : at + taken][::-1])
            at += taken
        return Outline(np.concatenate(verbs), np.concatenate(points)) if len(self.verbs) else self

    # -- measuring -----------------------------------------------------------------------------------------

    @cached_property
    def bounds(self) -> Box:
        """The exact box around the ink (curve extremes, not control points); (0, 0, 0, 0) when empty."""
        if not len(self.points):
            return (0.0, 0.0, 0.0, 0.0)
        reach = _extremes(self.verbs, self.points)
        low, high = reach.min(0), reach.max(0)
        return (float(low[0]), float(low[1]), float(high[0]), float(high[1]))

    def area(self) -> float:
        """Signed area in square cover units, overlaps counted twice; positive when drawn clockwise as
        seen."""
        vertices, contours = self.flattened(1e-4)
        return _coverage.signed_area(vertices, contours)

    def flattened(self, tolerance: float) -> tuple[Floats, NDArray[np.int64]]:
        """The shape as polygons.

        tolerance:  the largest distance (cover units) between a curve and its chords.
        Returns (k, 2) vertices and (k,) contour numbers; each contour is implicitly closed.
        """
        return _flattened(self.verbs, self.points, tolerance)

    # -- leaving -------------------------------------------------------------------------------------------

    def svg_path(self, scale: float = 1000.0, digits: int = 1) -> str:
        """The `d` attribute of an SVG path; one cover unit is `scale` user units, rounded to `digits`
        decimals."""
        numbers = [
            f"{v:.{digits}f}".rstrip("0").rstrip(".") if digits else f"{v:.0f}" for v in (self.points * scale).ravel()
        ]
        numbers = ["0" if n == "-0" else n for n in numbers]
        parts, at = [], 0
        for verb in self.verbs:
            taken = 2 * int(POINTS[verb])
            parts.append("MLQCZ"[verb] + " ".join(numbers[at : at + taken]))
            at += taken
        return "".join(parts)

    def coverage(self, size_px: int, box: Box | None = None, embolden: float = 0.0) -> NDArray[np.float32]:
        """How much of each pixel the shape covers, 0 to 1, by exact area.

        size_px:   pixels per cover unit; 3000 for an export.
        box:       part of the cover to draw (cover units), the whole cover by default.
        embolden:  ink spread: every edge moves outwards by this many cover units.
        Returns (H, W) float32.
        """
        left, top, right, bottom = box or (0.0, 0.0, 1.0, 1.0)
        width, height = round((right - left) * size_px), round((bottom - top) * size_px)
        vertices, contours = self.flattened(0.1 / size_px)
        return _coverage.rasterised((vertices - (left, top)) * size_px, contours, width, height, embolden * size_px)


def _starts(verbs: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """For each verb: index of its first own point, and index of the point the pen rests on before it."""
    own = np.cumsum(POINTS[verbs]) - POINTS[verbs]
    return own, own - 1


def _extremes(verbs: NDArray[np.uint8], points: Floats) -> Floats:
    """On-curve points plus the points where curves turn in x or y."""
    own, pen = _starts(verbs)
    taken = POINTS[verbs]
    found = [points[(own + taken - 1)[taken > 0]]]
    at = np.flatnonzero(verbs == QUAD)
    if len(at):
        p = np.stack([points[pen[at]], points[own[at]], points[own[at] + 1]])
        bend = p[0] - 2 * p[1] + p[2]
        t = np.clip(np.divide(p[0] - p[1], bend, out=np.zeros_like(bend), where=bend != 0), 0, 1)
        found.append((1 - t) ** 2 * p[0] + 2 * t * (1 - t) * p[1] + t * t * p[2])
    at = np.flatnonzero(verbs == CUBIC)
    if len(at):
        p = np.stack([points[pen[at]], points[own[at]], points[own[at] + 1], points[own[at] + 2]])
        a, b, c = -p[0] + 3 * p[1] - 3 * p[2] + p[3], 2 * (p[0] - 2 * p[1] + p[2]), p[1] - p[0]
        root = np.sqrt(np.maximum(b * b - 4 * a * c, 0))
        q = -0.5 * (b + np.where(b < 0, -root, root))
        for top, under in ((q, a), (c, q)):
            t = np.clip(np.divide(top, under, out=np.zeros_like(top), where=under != 0), 0, 1)
            s = 1 - t
            found.append(s**3 * p[0] + 3 * s * s * t * p[1] + 3 * s * t * t * p[2] + t**3 * p[3])
    return np.concatenate(found)


def _flattened(verbs: NDArray[np.uint8], points: Floats, tolerance: float) -> tuple[Floats, NDArray[np.int64]]:
    own, pen = _starts(verbs)
    count = np.where(verbs == CLOSE, 0, 1)
    for verb, weight in ((QUAD, 0.25), (CUBIC, 0.75)):
        at = np.flatnonzero(verbs == verb)
        if len(at):
            legs = np.stack([points[pen[at] + k] for k in range(verb + 1)])
            sag = np.abs(np.diff(legs, 2, axis=0)).max(axis=(0, 2))
            count[at] = np.clip(np.ceil(np.sqrt(sag * weight / tolerance)), 1, 64)
    ends = np.cumsum(count)
    out = np.empty((int(ends[-1]) if len(ends) else 0, 2))
    straight = np.flatnonzero(verbs <= LINE)
    out[ends[straight] - 1] = points[own[straight]]
    for verb in (QUAD, CUBIC):
        at = np.flatnonzero(verbs == verb)
        if not len(at):
            continue
        which = np.repeat(at, count[at])
        step = np.arange(len(which)) - np.repeat(np.cumsum(count[at]) - count[at], count[at])
        t = ((step + 1) / count[which])[:, None]
        s = 1 - t
        p = [points[pen[which] + k] for k in range(verb + 1)]
        curve = (
            s * s * p[0] + 2 * s * t * p[1] + t * t * p[2]
            if verb == QUAD
            else s**3 * p[0] + 3 * s * s * t * p[1] + 3 * s * t * t * p[2] + t**3 * p[3]
        )
        out[(ends - count)[which] + step] = curve
    contour = np.cumsum(verbs == MOVE) - 1
    return out, np.repeat(contour, count)


def _divided(verbs: NDArray[np.uint8], points: Floats, step: float) -> tuple[NDArray[np.uint8], Floats]:
    """Every long straight edge, the closing ones included, cut into pieces of at most `step`."""
    new_verbs: list[int] = []
    new_points: list[Floats] = []
    at, begin = 0, points[:1]

    def run(a: Floats, b: Floats) -> None:
        n = max(1, int(np.ceil(np.hypot(*(b - a)) / step)))
        new_verbs.extend([LINE] * n)
        new_points.append(a + (b - a) * (np.arange(1, n + 1) / n)[:, None])

    for verb in verbs:
        taken = int(POINTS[verb])
        if verb == LINE:
            run(points[at - 1], points[at])
        elif verb == CLOSE:
            if np.any(points[at - 1] != begin[0]):
                run(points[at - 1], begin[0])
            new_verbs.append(CLOSE)
        else:
            begin = points[at : at + 1] if verb == MOVE else begin
            new_verbs.append(int(verb))
            new_points.append(points[at : at + taken])
        at += taken
    return np.array(new_verbs, np.uint8), np.concatenate(new_points) if new_points else np.empty((0, 2))
