"""Ridges: the picture read line by line, each line a mountain range that hides the one behind it."""

from __future__ import annotations

import cv2
import numpy as np

from duck_and_cover.design.finish.base import Finish, InkLook
from duck_and_cover.design.finish.plate import Bed, pull
from duck_and_cover.design.finish.prepare import WORK, prepare, soften
from duck_and_cover.design.inks.palette import Palette, lightness
from duck_and_cover.design.sheet import texture
from duck_and_cover.design.sheet.texture import Floats

__all__ = ["draw"]

_SHIFT = 4
"""Binary places of a pixel in the coordinates handed to OpenCV."""


def _bytes(colour: tuple[float, ...]) -> list[float]:
    return [float(round(channel * 255)) for channel in colour]


def draw(art: Floats, palette: Palette, width_px: int, height_px: int, px_per_cover: float, seed: int) -> Floats:
    """Bare lines on a dark sheet; on a light one the ranges are also filled, from light to dark.

    Bare lines rise only between calm margins, so that the picture stands free on the sheet.
    """
    bed = Bed(width_px, height_px, px_per_cover, seed)
    rng = np.random.default_rng((seed, 14))
    drawing = prepare(art, bed.width, bed.height, seed, simplify=1.0, warp=0.006, equalise=0.6, shock=3)
    dense = drawing.tone if palette.dark else 1 - drawing.tone
    h, w = dense.shape
    tremble = texture.spread(texture.fbm(seed + 5, 60, 3, 0.6), w, h, WORK)
    filled = palette.light and len(palette.colours) >= 4
    relief = soften(dense, WORK / (110 if filled else 75))
    if filled:
        relief = relief * (1 + 0.1 * tremble) + 0.02 * tremble
    else:
        across, down = (np.clip((np.arange(n) / n - 0.1) / 0.8, 0, 1) for n in (w, h))
        window = np.sin(np.pi * across) ** 0.6 * np.sin(np.pi * down[:, None]) ** 0.4
        relief = (relief**1.5 * (1 + 0.14 * tremble) * window + 0.012 * tremble).astype(np.float32)
    spacing = 1 / float(rng.integers(20, 25) if filled else rng.integers(36, 46))
    rise = spacing * (2.6 if filled else 6.0)
    tones = sorted(palette.inks, key=lightness, reverse=True)
    # lines of whole pixels are too coarse for a preview, which is drawn larger and averaged
    times = max(1, round(1536 / px_per_cover))
    fine = px_per_cover * times
    canvas = np.empty((height_px * times, width_px * times, 3), np.uint8)
    canvas[:] = _bytes(palette.paper)
    line_px = max(1, round(fine * (0.0024 if filled else 0.003)))
    columns = np.linspace(-2, w + 1, round(bed.width * 420) + 2)
    x = (columns + 0.5) / WORK * fine - 0.5
    count = int((bed.height + rise) / spacing) + 2
    loud = int(count * rng.uniform(0.45, 0.7))
    for i in range(count):
        base = (i + 0.5) * spacing
        row = h - 1 - abs(h - 1 - int(base * WORK))
        profile = np.interp(columns, np.arange(w), relief[row])
        y = (base + rise * (0.25 - profile if filled else 0.1 - profile)) * fine - 0.5
        edge = np.stack([x, y], axis=1)
        foot = np.array([[x[-1], canvas.shape[0] + 99.0], [x[0], canvas.shape[0] + 99.0]])
        outline = np.rint(np.vstack([edge, foot]) * (1 << _SHIFT)).astype(np.int32)
        fill = palette.accent if filled and i == loud else tones[min(len(tones) - 1, i * len(tones) // count)]
        cv2.fillPoly(canvas, [outline], _bytes(fill if filled else palette.paper), cv2.LINE_AA, _SHIFT)
        ink = palette.accent if i == loud else palette.key
        if filled:
            ink = palette.paper if fill == palette.key else palette.darkest
        cv2.polylines(canvas, [outline[: len(edge)]], False, _bytes(ink), line_px, cv2.LINE_AA, _SHIFT)
    if times > 1:
        canvas = cv2.resize(canvas, (width_px, height_px), interpolation=cv2.INTER_AREA)
    planes = []
    for channel in cv2.split(canvas):
        plane = channel.astype(np.float32)
        plane *= np.float32(1 / 255)
        planes.append(plane)
    return pull(bed, planes, paper=0.7, grain=0.014)


FINISH = Finish(
    "ridges",
    "The picture read line by line, each line a range of hills that hides the one behind.",
    {
        "electronic": 0.7,
        "ambient": 0.8,
        "indie": 0.6,
        "punk": 0.5,
        "techno": 0.6,
        "synth": 0.6,
        "experimental": 0.8,
        "classical": 0.5,
        "folk": 0.4,
        "country": 0.4,
        "rock": 0.5,
        "soundtrack": 0.6,
        "metal": 0.3,
        "world": 0.3,
    },
    (1977, None),
    draw,
    InkLook(grain=0.014),
    paper=0.7,
)
