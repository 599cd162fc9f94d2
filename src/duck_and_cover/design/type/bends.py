"""Bends: lettering bowed, fanned, waved or seen at a slant, and letters set along a path.

    title = fit("Midnight Harvest", face("anton"), 0.84, 0.2, max_lines=1)
    bow = arched(title.outline, 0.4)                                        # taller in the middle
    line, size = title.lines[0], title.size
    ring = along([o.scaled(size) for o in line.letters], circle(0.5, 0.5, 0.36))

A bend is a map of the plane in which no two points meet: letters stretch and never fold over; what would fold is
refused with BadInput. The result has the width, the left edge and the top of the shape that was bent, so that it takes
its place in a layout; only its height is new. Curves and long edges become short chords, true to 1/50,000 of the
cover. An empty shape stays empty.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from duck_and_cover.design.shapes.outline import Outline
from duck_and_cover.design.shapes.polygons import FINENESS
from duck_and_cover.errors import BadInput

__all__ = ["along", "arced", "arched", "bulged", "circle", "flared", "length", "wave", "waved"]

Floats = NDArray[np.float64]

_STEP = 0.004
"""Straight edges are cut to this length before they bend, cover units: a chord of a circle of radius 0.1 is then
2e-5 off it."""

_RIGID = np.radians(24)
"""A piece of lettering along which the path turns less than this keeps its shape; a longer one bends with the path."""


# -- envelopes -----------------------------------------------------------------------------------------------


def arched(outline: Outline, amount: float, base: float | None = None) -> Outline:
    """Letters that stand on a straight line, their heads a bow: painted logos.

    amount:  how much taller the middle is than the ends, as a part of the ends' height: 0.5 is a dome. Negative makes
             the ends taller than the middle: -0.6 is a logo of heavy metal. From -2 to 2.
    base:    y of the line that stays straight, cover units: the baseline where letters have descenders, the head for
             letters that hang; the foot of the ink by default.
    """
    _checked("amount", amount, -2.0, 2.0)
    fixed = outline.bounds[3] if base is None else base

    def bow(x: Floats, y: Floats) -> tuple[Floats, Floats]:
        return x, fixed + (y - fixed) * _swell(_across(outline, x), amount)

    return _bent(outline, bow)


def bulged(outline: Outline, amount: float) -> Outline:
    """Letters larger in the middle, as through a lens, or at the ends where negative.

    amount:  how much larger the largest are than the smallest, as a part of these; from -2 to 2.
    """
    _checked("amount", amount, -2.0, 2.0)
    left, top, right, bottom = outline.bounds
    middle, swell = (top + bottom) / 2, abs(amount)

    def lens(x: Floats, y: Floats) -> tuple[Floats, Floats]:
        u = _across(outline, x)
        wide = u + swell * (u - u**3 / 3 if amount > 0 else u**3 / 3)  # letters are as much wider as they are taller
        return left + (right - left) * wide / 2, middle + (y - middle) * _swell(u, amount)

    return _bent(outline, lens)


def waved(outline: Outline, amount: float, waves: float = 1.0) -> Outline:
    """Letters that stay upright and ride on a wave.

    amount:  height of the crests over the middle line as a part of the lettering's height; negative begins downwards.
    waves:   how many fit the width.
    Raises BadInput where the line would climb at more than 45 degrees.
    """
    left, top, right, bottom = outline.bounds
    reach, turns = amount * (bottom - top), 2 * np.pi * waves
    _checked("slope of the wave", reach * turns / max(right - left, 1e-9), -1.0, 1.0)

    def ride(x: Floats, y: Floats) -> tuple[Floats, Floats]:
        return x, y - reach * np.sin(turns * (_across(outline, x) + 1) / 2)

    return _bent(outline, ride)


def flared(outline: Outline, lean: float) -> Outline:
    """Perspective: the sides lean outwards towards the foot, as on a wall that leans back, or towards the head where
    negative. Straight lines stay straight and the height is kept.

    lean:  how far each side leans, as a part of the height; from -1.2 to 1.2.
    Raises BadInput where the far edge would be less than a third of the near one.
    """
    if not len(outline):
        return outline
    left, top, right, bottom = outline.bounds
    tall = max(bottom - top, 1e-9)
    most = min(1.2, (right - left) / tall / 3)
    _checked("lean", lean, -most, most)
    middle, near = (left + right) / 2, bottom if lean > 0 else top
    far = (right - left) / max(right - left - 2 * abs(lean) * tall, 1e-9)

    def recede(x: Floats, y: Floats) -> tuple[Floats, Floats]:
        distance = 1 + (far - 1) * np.abs(near - y) / tall
        return middle + (x - middle) / distance, near + (y - near) * far / distance

    return _bent(outline, recede)


def arced(outline: Outline, degrees: float) -> Outline:
    """Lettering bent round a circle, its verticals fanning out.

    degrees:  how far its width goes round, up to 300 either way: positive is a rainbow, negative a smile. Lengths are
              kept halfway up the letters.
    Raises BadInput where the letters are so tall that their inner edge would be half as long as the outer one.
    """
    _checked("degrees", degrees, -300.0, 300.0)
    left, top, right, bottom = outline.bounds
    turn = float(np.radians(degrees))
    if not turn or not len(outline):
        return outline
    radius, half = (right - left) / turn, (bottom - top) / 2
    most = float(np.degrees((right - left) / max(3 * half, 1e-9)))
    _checked("degrees", degrees, -most, most)

    def fan(x: Floats, y: Floats) -> tuple[Floats, Floats]:
        angle, reach = _across(outline, x) * turn / 2, radius - (y - (top + bottom) / 2)
        return reach * np.sin(angle), -reach * np.cos(angle)

    return _bent(outline, fan)


# -- type on a path ------------------------------------------------------------------------------------------


def along(letters: Iterable[Outline], path: ArrayLike, start: float | None = None) -> Outline:
    """Letters set on a path, each turned with it.

    letters:  of one line, where they stand on the straight baseline y = 0 (`Line.letters`, scaled), cover units.
    path:     (n, 2) points of the baseline, cover units, in the direction of reading; see `circle` and `wave`.
    start:    where on the path the line begins, cover units; None sets it on the middle of the path.
    A letter keeps its shape; a long piece, such as a word of connected script, bends with the path. Spacing is kept
    near the inner side of the bend, where letters would collide: low outside a circle, high inside it.
    Raises BadInput where the line is longer than the path, or the path too crooked for letters so tall.
    """
    letters = [letter for letter in letters if len(letter)]
    if not letters:
        return Outline.empty()
    boxes = np.array([letter.bounds for letter in letters])
    left, right, head, foot = boxes[:, 0].min(), boxes[:, 2].max(), -boxes[:, 1].min(), -boxes[:, 3].max()
    points = np.asarray(path, np.float64).reshape(-1, 2)
    ahead = np.asarray(np.gradient(points, axis=0))
    angle = np.unwrap(np.arctan2(ahead[:, 1], ahead[:, 0]))
    rise = head * (0.45 - 0.25 * float(np.sign(np.round(angle[-1] - angle[0], 6))))
    track = points + rise * np.column_stack([np.sin(angle), -np.cos(angle)])
    at = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(track, axis=0).T))])
    begin = (at[-1] - (right - left)) / 2 if start is None else start
    if begin < -1e-9 or begin + right - left > at[-1] + 1e-9:
        raise BadInput(f"a line of {right - left:.3f} from {begin:.3f} on does not fit a path of {at[-1]:.3f}")
    bend = np.gradient(angle) / np.maximum(np.hypot(ahead[:, 0], ahead[:, 1]), 1e-12)
    squeeze = np.minimum(1 + bend * head, 1 + bend * foot)[(at >= begin) & (at <= begin + right - left)]
    if squeeze.size and squeeze.min() < 0.4:
        raise BadInput(f"the path turns too sharply for letters {head - foot:.3f} tall; make it wider or them smaller")

    def placed(letter: Outline, box: Floats) -> Outline:
        middle = (box[0] + box[2]) / 2
        spots = np.interp(begin - left + box[[0, 2]], at, angle)
        rigid = abs(spots[1] - spots[0]) < _RIGID

        def turned(p: Floats) -> Floats:
            s = begin - left + (np.full(len(p), middle) if rigid else p[:, 0])
            turn = np.interp(s, at, angle)
            across, up = p[:, 0] - middle if rigid else np.zeros(len(p)), -p[:, 1] - rise
            x = np.interp(s, at, track[:, 0]) + across * np.cos(turn) + up * np.sin(turn)
            return np.column_stack([x, np.interp(s, at, track[:, 1]) + across * np.sin(turn) - up * np.cos(turn)])

        return Outline(letter.verbs, turned(letter.points)) if rigid else _mapped(letter, turned)

    return Outline.joined(placed(letter, box) for letter, box in zip(letters, boxes, strict=True))


def circle(x: float, y: float, radius: float, *, foot: bool = False) -> Floats:
    """(n, 2) points of a circle as a path, cover units.

    Its middle, where a line is centred, is the head of the circle, with letters outside it. With `foot` it is the
    foot, and the letters, which read from left to right there too, stand inside.
    """
    turn = np.linspace(-np.pi, np.pi, 1441)
    side = 1 if foot else -1
    return np.column_stack([x + radius * np.sin(turn), y + side * radius * np.cos(turn)])


def wave(left: float, right: float, y: float, height: float, waves: float = 1.0) -> Floats:
    """(n, 2) points of a sine about `y`, its crests `height` above it; it begins upwards. Cover units."""
    t = np.linspace(0.0, 1.0, 1441)
    return np.column_stack([left + (right - left) * t, y - height * np.sin(2 * np.pi * waves * t)])


def length(path: ArrayLike) -> float:
    """Length of a path in cover units."""
    return float(np.hypot(*np.diff(np.asarray(path, np.float64).reshape(-1, 2), axis=0).T).sum())


# -- the press -----------------------------------------------------------------------------------------------


def _checked(what: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise BadInput(f"{what} is {value:.3g}; letters fold or smear there, wanted {low:.3g} to {high:.3g}")


def _across(outline: Outline, x: Floats) -> Floats:
    """Where x lies between the left edge, -1, and the right one, 1."""
    left, _, right, _ = outline.bounds
    return (2 * x - left - right) / max(right - left, 1e-9)


def _swell(u: Floats, amount: float) -> Floats:
    """Size from end, -1, to end, 1, where the smallest is 1: largest in the middle, or at the ends where negative."""
    return 1 + amount * (1 - u * u) if amount > 0 else 1 - amount * u * u


def _bent(outline: Outline, f: Callable[[Floats, Floats], tuple[Floats, Floats]]) -> Outline:
    """A shape under a map of x and y, brought back to the width, the left edge and the top that it had."""
    if not len(outline):
        return outline
    bent = _mapped(outline, lambda p: np.column_stack(f(p[:, 0], p[:, 1])))
    old, new = outline.bounds, bent.bounds
    size = (old[2] - old[0]) / max(new[2] - new[0], 1e-9)
    return bent.transformed([[size, 0, old[0] - size * new[0]], [0, size, old[1] - size * new[1]]])


def _mapped(outline: Outline, f: Callable[[Floats], Floats]) -> Outline:
    """A shape as polygons of short edges, each corner sent through a map of points."""
    vertices, contours = outline.flattened(FINENESS)
    shapes = []
    for corners in np.split(vertices, np.flatnonzero(np.diff(contours)) + 1):
        edges = np.roll(corners, -1, 0) - corners
        count = np.maximum(np.ceil(np.hypot(edges[:, 0], edges[:, 1]) / _STEP), 1).astype(np.int64)
        which = np.repeat(np.arange(len(count)), count)
        part = (np.arange(len(which)) - np.repeat(np.cumsum(count) - count, count)) / count[which]
        shapes.append(Outline.polygon(f(corners[which] + edges[which] * part[:, None])))
    return Outline.joined(shapes)
