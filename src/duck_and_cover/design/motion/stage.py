"""The stage: a square front laid out on an upright frame of nine to sixteen.

The front's width is the frame's, so its words, dots and lines are as large beside the picture as there. A picture to
the edges fills the frame. One on a sheet grows up and down as far as words leave it room, keeping its margin; panels,
bars and frames that ran to an edge run to the edge of the frame. Words move as they are, if at all, and stay between
the parts of a player that lie over a clip's head and foot.

Coordinates are the front's cover units; the frame reaches `OVER` beyond its head and foot.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from duck_and_cover.design.layout import Placed, Plan, Tone
from duck_and_cover.design.outline import Box, Outline

__all__ = ["HEIGHT_PX", "OVER", "WIDTH_PX", "Stage", "Window", "staged"]

WIDTH_PX, HEIGHT_PX = 1080, 1920
"""What stores and players ask of an upright loop: 9:16, up to 1080 px wide (Spotify, Canvas guidelines)."""

OVER = (HEIGHT_PX / WIDTH_PX - 1) / 2
"""How far the frame reaches beyond the square at head and foot, cover units."""

_LIFT = 0.14
"""By how much words above a picture on a sheet are lifted, so that the sheet is not bare over a quarter of the
frame."""

_SUNK = 0.08
"""By how much words below a picture on a sheet are let down; players show more over a clip's foot than its head."""

_OPENED = 0.24
"""By how much a picture grows between words above and below it: they give way by half of it each."""

_EDGE = 0.002


@dataclass(frozen=True)
class Window:
    """A picture on the frame. box: its place there; own: on the front; outline: its shape, None for the whole box."""

    box: Box
    own: Box
    outline: Outline | None


@dataclass(frozen=True)
class Stage:
    """Where everything stands on the frame.

    marks:   outlines already moved.    shifts: by how much each text of the plan moves down, cover units.
    """

    plan: Plan
    windows: tuple[Window, ...]
    marks: tuple[tuple[Outline, Tone], ...]
    shifts: tuple[float, ...]

    @property
    def bare(self) -> bool:
        """Whether any of the sheet is seen."""
        return not any(w.box == (0.0, -OVER, 1.0, 1.0 + OVER) and w.outline is None for w in self.windows)

    def floats(self, item: Placed) -> bool:
        """Whether a text of the plan lies on a moving picture and not on a panel."""
        x0, y0, x1, y1 = item.bounds
        on = any(x0 < w.own[2] and x1 > w.own[0] and y0 < w.own[3] and y1 > w.own[1] for w in self.windows)
        return on and not self.plan.on_panel(item.outline.bounds)


def staged(plan: Plan) -> Stage:
    """Lay a front's plan out on the frame."""
    boxed = [box for box, _ in plan.pictures if box != (0.0, 0.0, 1.0, 1.0)]
    if not boxed or not plan.texts:
        windows = tuple(_grown(plan, box, outline, 0.0, 0.0) for box, outline in plan.pictures)
        return Stage(plan, windows, tuple((_run(o, 0.0, 0.0, 0.5), t) for o, t in plan.marks), (0.0,) * len(plan.texts))
    top, bottom = min(b[1] for b in boxed), max(b[3] for b in boxed)
    cut = (top + bottom) / 2
    above = [t.bounds[3] <= top + _EDGE for t in plan.texts]
    below = [t.bounds[1] >= bottom - _EDGE for t in plan.texts]
    up, down = 0.0, 0.0
    if all(above):
        up, cut = _LIFT, top
    elif all(below):
        down, cut = _SUNK, bottom
    elif any(above) and any(below) and all(o is None for _, o in plan.pictures):
        up = down = _OPENED / 2
    shifts = tuple(-up if a else down if b else 0.0 for a, b in zip(above, below, strict=True))
    windows = tuple(_grown(plan, box, outline, up, down) for box, outline in plan.pictures)
    return Stage(plan, windows, tuple((_run(o, up, down, cut), t) for o, t in plan.marks), shifts)


def _grown(plan: Plan, box: Box, outline: Outline | None, up: float, down: float) -> Window:
    """A picture as tall as words and marks leave it room; a shape that is no box keeps its form."""
    left, top, right, bottom = box
    if outline is not None and _round(outline):
        return Window(box, box, outline)
    others = [t.bounds for t in plan.texts] + [o.bounds for o, _ in plan.marks if not _around(o, box)]
    near = [o for o in others if o[0] < right and o[2] > left]
    head, foot = top - up, bottom + down
    if not any(o[3] <= top + _EDGE for o in near):
        head = -OVER + (0.0 if top < _EDGE else top)
    if not any(o[1] >= bottom - _EDGE for o in near):
        foot = 1 + OVER - (0.0 if bottom > 1 - _EDGE else 1 - bottom)
    new = (left, head, right, foot)
    if outline is not None:
        by = (foot - head) / (bottom - top)
        outline = outline.transformed([[1, 0, 0], [0, by, head - by * top]])
    return Window(new, box, outline)


def _round(outline: Outline) -> bool:
    """Whether an outline is a disc: it fills about pi / 4 of its box."""
    left, top, right, bottom = outline.bounds
    return abs(outline.area()) < 0.87 * (right - left) * (bottom - top)


def _around(outline: Outline, box: Box) -> bool:
    """Whether an outline runs round a box, as frames do."""
    left, top, right, bottom = outline.bounds
    return left < box[0] and top < box[1] and right > box[2] and bottom > box[3]


def _run(outline: Outline, up: float, down: float, cut: float) -> Outline:
    """A mark moved with what stands on its side of the cut, and carried on to the frame's edge where it ran to the
    front's; one that runs round almost all of the front keeps its distance from the edge.
    """
    left, top, right, bottom = outline.bounds
    whole = top < 0.12 and bottom > 0.88 and right - left > 0.5 and len(outline) and (top > _EDGE or bottom < 1 - _EDGE)
    points: NDArray[np.float64] = outline.points.copy()
    y = points[:, 1].copy()
    if whole and top > _EDGE and bottom < 1 - _EDGE:
        points[:, 1] += np.where(y < (top + bottom) / 2, -OVER, OVER)
        return Outline(outline.verbs, points)
    across = top < cut < bottom
    points[:, 1] += np.where(y < cut, -up, down) if across else -up if bottom <= cut + _EDGE else down
    points[y <= _EDGE, 1] = -OVER
    points[y >= 1 - _EDGE, 1] = 1 + OVER
    return Outline(outline.verbs, points)
