"""Printing: solid ink as it lies on paper, fades beneath words, light round letters. All in place, on pixels.

H W  pixels of the cover, uint8 sRGB
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from duck_and_cover import colour
from duck_and_cover.colour import Colour
from duck_and_cover.design.finish.base import InkLook
from duck_and_cover.design.inks.ink import pixel_box
from duck_and_cover.design.layouts.layout import Placed
from duck_and_cover.design.shapes.outline import Outline
from duck_and_cover.design.sheet import texture

__all__ = ["Scrim", "deep", "glow", "printed", "scrim"]

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Scrim:
    """A soft field that is 1 under the letters and fades out, on a coarse grid over the whole cover."""

    field: Floats
    strength: float
    toward: Colour
    grit: int | None = None

    def on(self, pixels: Pixels) -> None:
        """Fade the pixels, in place; with `grit` (a seed) by grains of solid colour instead of evenly."""
        size = pixels.shape[0]
        n = self.field.shape[0]
        rows = np.flatnonzero(self.field.max(1) > 0.004)
        columns = np.flatnonzero(self.field.max(0) > 0.004)
        if not len(rows) or self.strength <= 0:
            return
        x0, x1 = columns[0] * size // n, min(size, -(-(columns[-1] + 1) * size // n))
        y0, y1 = rows[0] * size // n, min(size, -(-(rows[-1] + 1) * size // n))
        scale = size / n
        matrix = np.array(
            [[1 / scale, 0, (x0 + 0.5) / scale - 0.5], [0, 1 / scale, (y0 + 0.5) / scale - 0.5]], np.float32
        )
        share = cv2.warpAffine(
            self.field,
            matrix,
            (x1 - x0, y1 - y0),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        share *= np.float32(self.strength)
        if self.grit is not None:
            share *= np.float32(1.6)
            share -= np.float32(0.3)
            share += texture.grain(self.grit, x1 - x0, y1 - y0, size, 0.9) * np.float32(0.22) * (share > -0.28)
            share -= np.float32(0.5)
            share *= np.float32(min(6.0, size / 250))
            share += np.float32(0.5)
            np.clip(share, 0, 1, out=share)
        part = pixels[y0:y1, x0:x1]
        keep = 1.0 - share
        for c in range(3):
            plane = part[..., c].astype(np.float32)
            plane *= keep
            plane += share * np.float32(255 * self.toward[c])
            part[..., c] = cv2.convertScaleAbs(plane)


def scrim(item: Placed, strength: float, toward: Colour, cells: int = 300, wide: bool = False) -> Scrim:
    """A scrim for a text: a fade from the nearest edge of the cover where it stands near one, else a halo.

    wide: reach further round letters that stand free, so that the picture itself is calm there.
    """
    left, top, right, bottom = item.outline.bounds
    reach = 0.012 + 0.25 * min(item.setting.size, 0.1)
    halo = _blurred(item.outline, cells, reach + 0.03 * wide, 0.05 if wide else 0.02)
    y = (np.arange(cells, dtype=np.float32) + 0.5)[:, None] / cells
    x = (np.arange(cells, dtype=np.float32) + 0.5)[None, :] / cells
    across = 0.13 + 0.25 * (right - left)
    reach = 0.13 + 0.25 * (bottom - top)
    if bottom - top > 2 * (right - left) and (left > 0.55 or right < 0.45):
        fade = (x - (left - across)) / across if left > 0.55 else (right + across - x) / across
    elif top > 0.55:
        fade = (y - (top - reach)) / reach
    elif bottom < 0.45:
        fade = (bottom + reach - y) / reach
    else:
        return Scrim(halo, strength, toward)
    fade = np.clip(fade, 0, 1)
    fade = fade * fade * (3 - 2 * fade)
    return Scrim(np.maximum(halo, np.broadcast_to(fade, (cells, cells))).astype(np.float32), strength, toward)


def _blurred(outline: Outline, cells: int, spread: float, soft: float) -> Floats:
    """A blurred dilation of an outline, 1 beneath the letters."""
    mask = outline.coverage(cells)
    width = max(1, round(2 * spread * cells)) | 1
    mask = cv2.dilate(mask, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, width)))
    mask = cv2.GaussianBlur(mask, (0, 0), soft * cells)
    return np.clip(mask * 1.6, 0, 1).astype(np.float32)


def printed(
    pixels: Pixels,
    outline: Outline,
    ink: Colour,
    look: InkLook,
    seed: int,
    *,
    paper: float = 0.0,
    embolden: float = 0.0,
    strength: float = 1.0,
    worn: float = 1.0,
    slip: tuple[float, float] = (0.0, 0.0),
    mode: Literal["over", "screen"] = "over",
) -> None:
    """Print an outline on the cover, in place: solid ink with the press's pinholes, paper tooth and grain.

    embolden: cover units by which the shape grows, beside the look's own spread.
    strength: opacity; `worn`: how much of the look's mottle shows; `slip`: misregistration, cover units.
    """
    size = pixels.shape[0]
    shape = outline.moved(*slip) if slip != (0.0, 0.0) else outline
    grow = embolden + look.spread
    x0, y0, x1, y1 = pixel_box(shape.bounds, size, max(grow, 0) + 2 / size)
    if x1 - x0 < 1 or y1 - y0 < 1:
        return
    box = (x0 / size, y0 / size, x1 / size, y1 / size)
    share = shape.coverage(size, box, grow)
    wide, tall = x1 - x0, y1 - y0
    if look.mottle * worn > 0.01:
        took = texture.mottle(seed, wide, tall, size, look.mottle * worn)
        share *= took.astype(np.float32)
        share *= np.float32(strength / 255)
    elif strength != 1:
        share *= np.float32(strength)
    tooth = texture.paper(seed + 1, wide, tall, size, paper) if paper > 0 else None
    grain = texture.grain(seed + 2, wide, tall, size) * np.float32(255 * look.grain) if look.grain > 0 else None
    part = pixels[y0:y1, x0:x1]
    keep = 1 - share
    for c in range(3):
        plane = part[..., c].astype(np.float32)
        if mode == "screen":
            plane += (255 - plane) * share * np.float32(ink[c])
        else:
            level = np.float32(255 * ink[c])
            top = level if tooth is None else tooth * level
            top = top if grain is None else top + grain
            plane *= keep
            plane += share * top
        np.clip(plane, 0, 255, out=plane)
        part[..., c] = cv2.convertScaleAbs(plane)


def glow(pixels: Pixels, outline: Outline, ink: Colour, strength: float, cells: int = 400) -> None:
    """Light round letters, in place: a tight and a wide halo of a colour, added as light."""
    mask = outline.coverage(cells)
    near = cv2.GaussianBlur(mask, (0, 0), 0.006 * cells)
    far = cv2.GaussianBlur(mask, (0, 0), 0.025 * cells)
    field = np.clip(0.75 * near + 0.9 * far, 0, 1).astype(np.float32)
    Scrim(field, strength, deep(ink)).on(pixels)


def deep(ink: Colour) -> Colour:
    """A colour as light that falls on the dark round letters."""
    lightness, a, b = (float(v) for v in colour.srgb_to_oklab(ink))
    return colour.into_gamut([min(lightness, 0.5), a, b])
