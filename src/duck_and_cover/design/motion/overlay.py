"""What lies above moving art and stands still: one light, and how much of the art comes through it.

It is drawn once on black and once on white: what black shows is its own light, what white shows beside that is how much
of the art comes through. A frame is then the art times the one plus the other, and letters, which let nothing through,
are the same bytes in all of them.

H W  pixels of the frame; a canvas is (H, W, 3) uint8 sRGB of any width
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from duck_and_cover.colour import Colour
from duck_and_cover.design.inks import ink
from duck_and_cover.design.layouts.layout import Tone
from duck_and_cover.design.motion.stage import OVER, Stage
from duck_and_cover.design.shapes.outline import Outline
from duck_and_cover.design.sheet import texture
from duck_and_cover.design.sheet.texture import Floats
from duck_and_cover.design.style import Seeds, Style

__all__ = ["Overlay", "Step", "marks", "overlay", "square"]

Pixels = NDArray[np.uint8]
Step = Callable[[Pixels], None]
"""Draws something on a canvas, in place."""


@dataclass(frozen=True, eq=False)
class Overlay:
    """What lies above the art. through: (H, W, 3) share of it that is seen; own: (H, W, 3) what is added, 0 to 255."""

    through: Floats = field(repr=False)
    own: Floats = field(repr=False)
    rows: slice

    def on(self, canvas: Pixels) -> None:
        """Lay it on a canvas, in place."""
        part = canvas[self.rows]
        if not part.size:
            return
        lit = cv2.multiply(part, self.through, dtype=cv2.CV_32F)
        cv2.add(lit, self.own, dst=lit)
        canvas[self.rows] = cv2.convertScaleAbs(lit)


def overlay(steps: Sequence[Step], width_px: int, height_px: int) -> Overlay:
    """Draw steps on black and on white."""
    black, white = np.zeros((height_px, width_px, 3), np.uint8), np.full((height_px, width_px, 3), 255, np.uint8)
    for step in steps:
        step(black)
        step(white)
    touched = np.flatnonzero(((white < 255) | (black > 0)).any((1, 2)))
    rows = slice(int(touched[0]), int(touched[-1]) + 1) if len(touched) else slice(0, 0)
    black, white = black[rows], white[rows]
    through = (white.astype(np.float32) - black) / 255
    through[through < 1.5 / 255] = 0
    return Overlay(np.maximum(through, 0), black.astype(np.float32), rows)


def square(canvas: Pixels, shift: float) -> Pixels:
    """The front's square on a frame, `shift` cover units lower than the middle: a view, not a copy."""
    side = canvas.shape[1]
    top = round((OVER + shift) * side)
    return canvas[top : top + side]


def marks(stage: Stage, style: Style, seeds: Seeds) -> list[Step]:
    """The panels, bars, rules and frames of a stage, lowest first."""

    def one(number: int, outline: Outline, tone: Tone) -> Step:
        return _pressed(outline, ink.panel(tone, style.palette), style, seeds.finish + 31 * number)

    return [one(number, outline, tone) for number, (outline, tone) in enumerate(stage.marks)]


def _pressed(outline: Outline, tone: Colour, style: Style, seed: int) -> Step:
    """A panel, bar or frame anywhere on the frame, as `printing.printed` lays it on a square."""

    def step(canvas: Pixels) -> None:
        height, side = canvas.shape[:2]
        share = outline.coverage(side, (0.0, -OVER, 1.0, height / side - OVER), style.finish.ink.spread)
        share *= texture.mottle(seed, side, height, side, 0.5 * style.finish.ink.mottle).astype(np.float32) / 255
        stock = texture.paper(seed + 1, side, height, side, style.finish.paper)
        for c in range(3):
            plane = canvas[..., c].astype(np.float32)
            canvas[..., c] = cv2.convertScaleAbs(plane + share * (stock * np.float32(255 * tone[c]) - plane))

    return step
