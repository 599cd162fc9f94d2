"""The stage: a square front laid out on an upright frame of nine to sixteen.

The front's width is the frame's, so its words, dots and lines are as large beside the picture as there. A picture to
the edges fills the frame, and a bar across it ends beyond its words, with picture above and below. One on a sheet grows
up and down as far as words leave it room, keeping its margin; a disc grows as far as the frame is wide. Panels and
frames that ran to an edge run to the edge of the frame. Words move as they are, if at all, and stay between the parts
of a player that lie over a clip's head and foot.

Coordinates are the front's cover units; the frame reaches `OVER` beyond its head and foot.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from duck_and_cover.design.layouts.layout import Placed, Plan, Tone
from duck_and_cover.design.shapes.outline import Box, Outline

__all__ = ["HEIGHT_PX", "OVER", "WIDTH_PX", "Stage", "Window", "staged"]

WIDTH_PX, HEIGHT_PX = 1080, 1920
"""What stores and players ask of an upright loop: 9:16, up to 1080 px wide (Spotify, Canvas guidelines)."""

OVER = (HEIGHT_PX / WIDTH_PX - 1) / 2
"""How far the frame reaches beyond the square at head and foot, cover units."""

_GIVES = 0.2
"""By how much words above or below a picture on a sheet move at most, so that the sheet is less bare and the picture
larger; those between which it stands give way alike.
"""

_FREE = (0.16, 0.81)
"""Share of the frame's height from its head between which moved words stand; players show more over a clip's foot."""

_ROUND = 0.46
"""Radius up to which a disc grows."""

_EDGE = 0.002


@dataclass(frozen=True)
class Window:
    """A picture on the frame. box: its place there; own: on the front; outline: its shape, None for the whole box."""

    box: Box
    own: Box
    outline: Outline | None

    @property
    def read(self) -> Box:
        """The box that art is cut for: the front's, or the frame's where it grew all round."""
        return self.box if self.box[2] - self.box[0] > self.own[2] - self.own[0] + _EDGE else self.own


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
        marks: tuple[tuple[Outline, Tone], ...] = tuple(
            (_ended(o, plan) if _bar(o, plan) else _run(o, 0.0, 0.0, 0.5), t) for o, t in plan.marks
        )
        return Stage(plan, windows, marks, (0.0,) * len(plan.texts))
    top, bottom = min(b[1] for b in boxed), max(b[3] for b in boxed)
    cut = (top + bottom) / 2
    above = [t.bounds[3] <= top + _EDGE for t in plan.texts]
    below = [t.bounds[1] >= bottom - _EDGE for t in plan.texts]
    up, down = 0.0, 0.0
    if all(above):
        (up, _), cut = _room(plan), top
    elif all(below):
        (_, down), cut = _room(plan), bottom
    elif any(above) and any(below) and all(o is None for _, o in plan.pictures):
        up = down = min(_room(plan))
    elif any(above) and any(below) and len(boxed) == 1 and _disc(plan):
        left, _, right, _ = boxed[0]
        up = down = max(0.0, min(*_room(plan), _ROUND - (right - left) / 2))
    shifts = tuple(-up if a else down if b else 0.0 for a, b in zip(above, below, strict=True))
    windows = tuple(_grown(plan, box, outline, up, down) for box, outline in plan.pictures)
    return Stage(plan, windows, tuple((_run(o, up, down, cut), t) for o, t in plan.marks), shifts)


def _grown(plan: Plan, box: Box, outline: Outline | None, up: float, down: float) -> Window:
    """A picture as tall as words and marks leave it room; a shape that is no box keeps its form."""
    left, top, right, bottom = box
    if outline is not None and _round(outline):
        wider = (left - up, top - up, right + up, bottom + up)
        by = (wider[2] - wider[0]) / (right - left)
        return Window(wider, box, outline.transformed([[by, 0, wider[0] - by * left], [0, by, wider[1] - by * top]]))
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


def _disc(plan: Plan) -> bool:
    return all(outline is not None and _round(outline) for _, outline in plan.pictures)


def _room(plan: Plan) -> tuple[float, float]:
    """How far words may go up, and down."""
    tall = 1 + 2 * OVER
    head, foot = min(t.bounds[1] for t in plan.texts), max(t.bounds[3] for t in plan.texts)
    return (float(np.clip(head + OVER - _FREE[0] * tall, 0, _GIVES)),
            float(np.clip(_FREE[1] * tall - OVER - foot, 0, _GIVES)))  # fmt: skip


def _bar(outline: Outline, plan: Plan) -> bool:
    """Whether an outline is a bar across a full picture that runs to the front's head or foot and bears words."""
    left, top, right, bottom = outline.bounds
    across = left < _EDGE and right > 1 - _EDGE and (top > _EDGE) != (bottom < 1 - _EDGE) and bottom - top < 0.8
    return across and any(t.bounds[1] > top and t.bounds[3] < bottom for t in plan.texts)


def _ended(outline: Outline, plan: Plan) -> Outline:
    """A bar whose outer side lies as far beyond its words as its inner side does before them; its edges stay torn."""
    _, top, _, bottom = outline.bounds
    own = [t.bounds for t in plan.texts if t.bounds[1] > top and t.bounds[3] < bottom]
    high, low = min(b[1] for b in own), max(b[3] for b in own)
    points: NDArray[np.float64] = outline.points.copy()
    middle = (high + low) / 2
    if top > _EDGE:
        outer, end, far = points[:, 1] > middle, low + (high - top), bottom
    else:
        outer, end, far = points[:, 1] < middle, high - (bottom - low), top
    points[outer, 1] += (end - far) * (points[outer, 1] - middle) / (far - middle)
    return Outline(outline.verbs, points)


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
