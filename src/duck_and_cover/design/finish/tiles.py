"""Tiles: the picture as a grid of squares, quarter circles and discs in flat inks."""

from __future__ import annotations

import cv2
import numpy as np

from duck_and_cover.design.finish.base import Finish, InkLook
from duck_and_cover.design.finish.plate import Bed, coverage, pull, sheet
from duck_and_cover.design.finish.prepare import prepare
from duck_and_cover.design.inks.palette import Palette
from duck_and_cover.design.sheet.texture import Floats

__all__ = ["draw"]

_CORNERS = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))


def _shape(kind: int, corner: int, x: Floats, y: Floats) -> Floats:
    """Signed distance to one of the modules in cell units, positive inside, for `x`, `y` 0 to 1 in the
    cell."""
    cx, cy = _CORNERS[corner]
    far = np.hypot(x - np.float32(cx), y - np.float32(cy))
    if kind == 0:  # quarter disc from a corner
        return np.asarray(1.0 - far)
    if kind == 1:  # quarter ring
        return np.asarray(np.minimum(1.0 - far, far - 0.5))
    if kind == 2:  # disc
        return np.asarray(0.5 - np.hypot(x - 0.5, y - 0.5))
    if kind == 3:  # half, cut across a diagonal
        side = (x - y) if corner in (1, 3) else (x + y - 1)
        return np.asarray((side if corner in (1, 2) else -side) * np.float32(0.7071))
    return np.asarray(((0.5 - y) if corner in (0, 1) else (y - 0.5)) + 0 * x)  # half, level


def draw(art: Floats, palette: Palette, width_px: int, height_px: int, px_per_cover: float, seed: int) -> Floats:
    """Each module takes its ground from the darker half of its cell and its figure from the lighter."""
    bed = Bed(width_px, height_px, px_per_cover, seed)
    rng = np.random.default_rng((seed, 10))
    drawing = prepare(art, bed.width, bed.height, seed, simplify=1.4, warp=0.0, equalise=0.8, shock=4)
    wanted = int(rng.choice([5, 6, 7, 8]))
    columns, lines = max(2, round(bed.width * wanted)), max(2, round(bed.height * wanted))
    colours = palette.levels(min(6, max(4, len(palette.colours))))
    half = cv2.resize(drawing.tone, (2 * columns, 2 * lines), interpolation=cv2.INTER_AREA)
    spot = cv2.resize(drawing.spot, (columns, lines), interpolation=cv2.INTER_AREA)
    loud = np.argsort(-spot.ravel())[: max(1, round(columns * lines * 0.07))]
    kinds = rng.choice(5, (lines, columns), p=[0.46, 0.12, 0.12, 0.18, 0.12])
    planes = sheet(bed, palette.paper)
    xs = np.rint(np.linspace(0, width_px, columns + 1)).astype(int)
    ys = np.rint(np.linspace(0, height_px, lines + 1)).astype(int)
    for row in range(lines):
        for column in range(columns):
            part = half[2 * row : 2 * row + 2, 2 * column : 2 * column + 2]
            quarters = np.array([part[0, 0], part[0, 1], part[1, 1], part[1, 0]])
            levels = np.clip((quarters * len(colours)).astype(int), 0, len(colours) - 1)
            corner = int(np.argmax(quarters))
            ground, figure = colours[int(levels.min())], colours[int(levels.max())]
            is_loud = row * columns + column in loud
            if is_loud:
                figure = palette.accent
            here = (slice(ys[row], ys[row + 1]), slice(xs[column], xs[column + 1]))
            if ground == figure:
                for plane, channel in zip(planes, ground, strict=True):
                    plane[here] = channel
                continue
            left, top = column * width_px / columns, row * height_px / lines
            side_x, side_y = width_px / columns, height_px / lines
            x = ((np.arange(xs[column], xs[column + 1], dtype=np.float32) + 0.5 - left) / side_x)[None]
            y = ((np.arange(ys[row], ys[row + 1], dtype=np.float32) + 0.5 - top) / side_y)[:, None]
            kind = 2 if is_loud else int(kinds[row, column])
            inside = _shape(kind, corner, np.asarray(x, np.float32), np.asarray(y, np.float32))
            share = coverage(np.asarray(inside * min(side_x, side_y), np.float32)).astype(np.float32) / 255
            for plane, low, high in zip(planes, ground, figure, strict=True):
                plane[here] = low + share * np.float32(high - low)
    return pull(bed, planes, paper=0.9, grain=0.012)


FINISH = Finish(
    "tiles",
    "A grid of squares, quarter circles and discs in flat inks, after the modernists of the sixties.",
    {
        "jazz": 0.8,
        "classical": 0.7,
        "electronic": 0.8,
        "techno": 0.5,
        "latin": 0.9,
        "experimental": 0.6,
        "pop": 0.5,
        "spoken": 0.8,
        "indie": 0.5,
        "world": 0.5,
        "soundtrack": 0.5,
        "funk": 0.4,
        "synth": 0.6,
        "gospel": 0.3,
        "hip hop": 0.3,
        "ambient": 0.3,
    },
    (1955, None),
    draw,
    InkLook(mottle=0.15, grain=0.012),
    paper=0.9,
)
