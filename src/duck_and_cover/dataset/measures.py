"""What can be measured on a cover: its colours, its light, its texture, its composition.

Everything is measured on a picture made small (`SIDE_PX`), so that covers from small and large sources compare; texture
and flat areas are the exception that a blurred source still shows in, so look at `source_width` before trusting them.

    H  side in px        K  colours of a palette        OKLab  lightness 0 to 1, two chroma axes -0.4 to 0.4
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from duck_and_cover.colour import srgb_to_oklab
from duck_and_cover.cover import Pixels

__all__ = ["COLOURS", "Measures", "measure"]

COLOURS = 5
SIDE_PX = 128
_PALETTE_PX = 32
_SAME_INK = 0.09
_LEAST_SHARE = 0.03
_FLAT = 0.012

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Measures:
    """One cover in numbers.

    palette:     float32 (K, 3) OKLab by k-means, largest share first; shares (K,) sum to 1.
    inks:        colours that a printer would tell apart: 1 for a flat sheet to K.
    lightness:   mean, 0 to 1.             contrast:  95th percentile of lightness less the 5th.
    chroma:      mean, 0 grey to 0.3.      warmth:    mean of chroma towards orange (55 degrees) less towards blue.
    symmetry:    correlation of lightness with its mirror image, left to right, but for what is the same along a row (a
                 horizon makes no symmetry): -1 to 1.
    texture:     deviation of lightness from its surroundings in the calmer half of the picture, 0 to about 0.1.
    flat:        share of the area without any change.
    busyness:    mean step of lightness between neighbours, 0 to about 0.2.
    centre:      (x, y) of what happens, 0 to 1 from the upper left; spread: its standard deviation about there.
    """

    palette: Floats
    shares: Floats
    inks: int
    lightness: float
    contrast: float
    chroma: float
    warmth: float
    symmetry: float
    texture: float
    flat: float
    busyness: float
    centre: tuple[float, float]
    spread: float


def measure(pixels: Pixels) -> Measures:
    """Measure a picture, uint8 (H, H, 3) sRGB. The same picture gives the same numbers."""
    picture = _sized(pixels, SIDE_PX)
    lab = srgb_to_oklab(picture.astype(np.float32) / 255)
    light = np.ascontiguousarray(lab[..., 0])
    palette, shares = _palette(pixels)
    low, high = np.percentile(light, (5, 95))
    steps = np.hypot(cv2.Sobel(light, cv2.CV_32F, 1, 0, scale=1 / 8), cv2.Sobel(light, cv2.CV_32F, 0, 1, scale=1 / 8))
    residue = np.abs(light - cv2.GaussianBlur(light, (0, 0), 1.5))
    calm = steps <= np.quantile(steps, 0.5)
    x, y, spread = _centre(steps)
    return Measures(
        palette, shares, _inks(palette, shares), float(light.mean()), float(high - low),
        float(np.hypot(lab[..., 1], lab[..., 2]).mean()),
        float((lab[..., 1] * np.cos(np.radians(55)) + lab[..., 2] * np.sin(np.radians(55))).mean()),
        _symmetry(light),
        float(residue[calm].mean()), float((cv2.blur(steps, (3, 3)) < _FLAT / 2).mean()), float(steps.mean()),
        (x, y), spread,
    )  # fmt: skip


def _sized(pixels: Pixels, side: int) -> Pixels:
    if len(pixels) == side:
        return pixels
    how = cv2.INTER_AREA if len(pixels) > side else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(pixels, (side, side), interpolation=how), np.uint8)


def _palette(pixels: Pixels) -> tuple[Floats, Floats]:
    """k-means in OKLab, begun with five bands of lightness so that there is no luck in it."""
    lab = srgb_to_oklab(_sized(pixels, _PALETTE_PX).astype(np.float32) / 255).reshape(-1, 3)
    label = np.zeros((len(lab), 1), np.int32)
    label[np.argsort(lab[:, 0], kind="stable"), 0] = np.arange(len(lab)) * COLOURS // len(lab)
    until = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 20, 0.002)
    _, label, centre = cv2.kmeans(lab, COLOURS, label, until, 1, cv2.KMEANS_USE_INITIAL_LABELS)
    share = np.bincount(label[:, 0], minlength=COLOURS) / len(lab)
    order = np.argsort(-share, kind="stable")
    return np.asarray(centre[order], np.float32), share[order].astype(np.float32)


def _inks(palette: Floats, shares: Floats) -> int:
    """How many colours of a palette stand apart and cover more than a scrap."""
    kept: list[Floats] = []
    for colour, share in zip(palette, shares, strict=True):
        if share >= _LEAST_SHARE and all(np.linalg.norm(colour - other) > _SAME_INK for other in kept):
            kept.append(colour)
    return max(1, len(kept))


def _symmetry(light: Floats) -> float:
    """Of shapes, not of pixels: on a small picture. One without any is not symmetrical."""
    small = np.asarray(cv2.resize(light, (24, 24), interpolation=cv2.INTER_AREA), np.float32)
    small = small - small.mean(1, keepdims=True)
    length = float((small * small).sum())
    return float((small * small[:, ::-1]).sum()) / length if length > 1e-3 else 0.0


def _centre(steps: Floats) -> tuple[float, float, float]:
    """Where the steps lie and how far about there."""
    side = len(steps)
    at = (np.arange(side) + 0.5) / side
    total = float(steps.sum())
    if total < 1e-3:
        return 0.5, 0.5, 0.29
    x, y = float((steps.sum(0) * at).sum() / total), float((steps.sum(1) * at).sum() / total)
    square = (at[None, :] - x) ** 2 + (at[:, None] - y) ** 2
    return x, y, float(np.sqrt((steps * square).sum() / total / 2))
