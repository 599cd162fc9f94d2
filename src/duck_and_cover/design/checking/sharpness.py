"""Whether a picture is as sharp as its pixels allow, or was enlarged or blurred.

The spectrum alone does not tell: a film's grain that is printed 3000 px large is as soft as an enlargement. Edges do.
Type, dust and cut paper are printed at full resolution, so that somewhere an edge takes hardly more than one pixel;
after an enlargement none does.

    H W  sides in px
"""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from duck_and_cover.colour import Floats
from duck_and_cover.cover import Pixels

__all__ = ["LEAST_HARDNESS", "MOST_UNEVEN", "hardness", "unevenness"]

LEAST_HARDNESS = 0.62
"""Of 58 covers at 1500 and 3000 px, some as JPEG of quality 75: 0.68 to 1; films without a word at 3000 px: 0.72 up.
Enlarged by half 0.34 to 0.63, twofold up to 0.60, threefold up to 0.39; blurred by 1.5 px up to 0.36."""

MOST_UNEVEN = 0.8
"""Of the same covers: 0.09 to 0.46. Pixels made squares of 1.5 to 4 px: 1.04 and more, as JPEG of quality 90."""

_WINDOW_PX = 8
_CONTRAST = 38
"""Of the darkest and lightest of eight neighbours, from which on there is an edge among them; of 255."""

_BLOCK_PX, _HARDEST, _FEWEST, _PLACES = 96, 0.95, 150, 5
"""A block of so many px, with so many neighbours about an edge, is as hard as its hardest twentieth; a picture is as
hard as the fifth of its blocks, so that one speck does not make it sharp and a grain all over does not make it soft."""


def hardness(pixels: Pixels) -> float | None:
    """How much of an edge lies between two neighbouring pixels, where a picture is sharpest: 0 to 1.

    pixels: uint8 (H, W, 3). Returns None where it has no edges.
    """
    grey = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)
    hard = sorted((*_blocks(grey), *_blocks(np.ascontiguousarray(grey.T))), reverse=True)
    return hard[min(_PLACES, len(hard)) - 1] if hard else None


def _blocks(grey: NDArray[np.uint8]) -> Iterator[float]:
    """The hardness, along rows, of each block that has edges."""
    kernel = np.ones((1, _WINDOW_PX), np.uint8)
    spread = np.asarray(cv2.subtract(cv2.dilate(grey, kernel), cv2.erode(grey, kernel)), np.uint8)[:, 1:]
    step = np.asarray(cv2.absdiff(grey[:, 1:], grey[:, :-1]), np.uint8)
    edges = spread >= _CONTRAST
    share = (step.astype(np.uint16) * 255) // np.maximum(spread, 1)
    height, width = edges.shape
    for y in range(0, height, _BLOCK_PX):
        for x in range(0, width, _BLOCK_PX):
            block = np.s_[y : y + _BLOCK_PX, x : x + _BLOCK_PX]
            edge = edges[block]
            if np.count_nonzero(edge) >= _FEWEST:
                counts = np.bincount(np.minimum(share[block][edge], 255), minlength=256)
                yield float(np.searchsorted(np.cumsum(counts), _HARDEST * counts.sum()) / 255)


def unevenness(pixels: Pixels) -> float:
    """How much neighbouring columns and rows differ in how much changes between them: large where each pixel is
    repeated, because then nothing changes within a square and all between two.

    pixels: uint8 (H, W, 3). Returns the lesser of columns and rows, so that scan lines alone count for nothing.
    """
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)
    return min(_jumps(np.diff(grey, axis=1), 0), _jumps(np.diff(grey, axis=0), 1))


def _jumps(change: Floats, axis: int) -> float:
    energy = np.square(change).mean(axis=axis)
    energy += 0.02 * energy.mean() + 1e-6
    return float(np.abs(np.diff(np.log(energy))).mean()) if len(energy) > 1 else 0.0
