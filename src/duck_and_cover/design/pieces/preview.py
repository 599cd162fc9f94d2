"""What a piece looks like when printed: ground and words as pixels, cut at the trim or with its bleed."""

from __future__ import annotations

import cv2
import numpy as np

from duck_and_cover.cover import Pixels
from duck_and_cover.design.compose import Layer
from duck_and_cover.design.pieces.sheet import Piece, Sheet
from duck_and_cover.design.shapes.coverage import rasterised

__all__ = ["preview"]

_TABLE = 236
"""Grey of what lies beyond a round trim and inside its hole."""


def preview(piece: Piece, dpi: float | None = None, *, bleed: bool = False) -> Pixels:
    """A piece as it looks, uint8 (H, W, 3) sRGB.

    dpi:    of the picture, the piece's own at most; None takes that.    bleed: show what is cut off, too.
    """
    out = piece.ground.copy()
    per = piece.dpi / 25.4
    for words in piece.words:
        for layer in words.layers:
            _print(out, layer, piece.sheet.bleed_mm, per)
    if not bleed:
        cut = round(piece.sheet.bleed_mm * per)
        wide, tall = round(piece.sheet.width_mm * per), round(piece.sheet.height_mm * per)
        out = out[cut : cut + tall, cut : cut + wide]
        if piece.sheet.round_mm:
            _punch(out, piece.sheet, per)
    if dpi is not None and dpi < piece.dpi:
        scale = dpi / piece.dpi
        size = (max(1, round(out.shape[1] * scale)), max(1, round(out.shape[0] * scale)))
        out = np.asarray(cv2.resize(out, size, interpolation=cv2.INTER_AREA), np.uint8)
    return np.ascontiguousarray(out)


def _print(pixels: Pixels, layer: Layer, bleed_mm: float, per: float) -> None:
    """One ink, in place. per: px per mm."""
    if not len(layer.outline):
        return
    left, top, right, bottom = layer.outline.bounds
    pad = max(layer.spread, 0.0) * per + 2
    x0, y0 = max(0, int((left + bleed_mm) * per - pad)), max(0, int((top + bleed_mm) * per - pad))
    x1 = min(pixels.shape[1], int((right + bleed_mm) * per + pad) + 1)
    y1 = min(pixels.shape[0], int((bottom + bleed_mm) * per + pad) + 1)
    if x1 <= x0 or y1 <= y0:
        return
    vertices, contours = layer.outline.flattened(0.1 / per)
    share = rasterised((vertices + bleed_mm) * per - (x0, y0), contours, x1 - x0, y1 - y0, layer.spread * per)
    part = pixels[y0:y1, x0:x1]
    for c in range(3):
        plane = part[..., c].astype(np.float32)
        part[..., c] = cv2.convertScaleAbs(plane + share * (np.float32(255 * layer.colour[c]) - plane))


def _punch(pixels: Pixels, sheet: Sheet, per: float) -> None:
    """Cut a round sheet and its hole out, in place."""
    tall, wide = pixels.shape[:2]
    y, x = np.ogrid[:tall, :wide]
    far = np.hypot(x + 0.5 - wide / 2, y + 0.5 - tall / 2) / per
    pixels[(far > (sheet.round_mm or 0) / 2) | (far < sheet.hole_mm / 2)] = _TABLE
