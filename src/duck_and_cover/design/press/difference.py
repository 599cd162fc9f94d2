"""How far apart two colours look: CIEDE2000.

Legend: N colours; Lab is float (N, 3), CIELAB.
Reference: G. Sharma, W. Wu, E. N. Dalal, The CIEDE2000 color-difference formula, Color Research and Application 30
(2005) 21-30; its table 1 is in the tests.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["delta_e"]

_HALF = 25.0**7


def delta_e(one: ArrayLike, other: ArrayLike) -> NDArray[np.float64]:
    """CIEDE2000 of colours in pairs; 1 is barely seen side by side, 10 is another colour.

    one, other:  (N, 3) CIELAB. Returns (N,).
    """
    (l1, a1, b1), (l2, a2, b2) = (np.moveaxis(np.asarray(lab, np.float64), -1, 0) for lab in (one, other))
    mean_chroma = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2
    stretch = 1.5 - 0.5 * np.sqrt(mean_chroma**7 / (mean_chroma**7 + _HALF))
    a1, a2 = a1 * stretch, a2 * stretch
    c1, c2 = np.hypot(a1, b1), np.hypot(a2, b2)
    h1, h2 = np.degrees(np.arctan2(b1, a1)) % 360, np.degrees(np.arctan2(b2, a2)) % 360
    colourless = c1 * c2 == 0
    turn = np.where(colourless, 0, (h2 - h1 + 180) % 360 - 180)
    turn = np.where((turn == -180) & (h2 > h1), 180, turn)
    light, chroma, hue = l2 - l1, c2 - c1, 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2))
    mean_l, mean_c = (l1 + l2) / 2, (c1 + c2) / 2
    mean_h = np.where(colourless, h1 + h2, _mean_angle(h1, h2))
    across = (1 - 0.17 * _cos(mean_h - 30) + 0.24 * _cos(2 * mean_h) + 0.32 * _cos(3 * mean_h + 6)
              - 0.20 * _cos(4 * mean_h - 63))  # fmt: skip
    s_light = 1 + 0.015 * (mean_l - 50) ** 2 / np.sqrt(20 + (mean_l - 50) ** 2)
    s_chroma, s_hue = 1 + 0.045 * mean_c, 1 + 0.015 * mean_c * across
    rotation = 60 * np.exp(-(((mean_h - 275) / 25) ** 2))
    tied = -2 * np.sqrt(mean_c**7 / (mean_c**7 + _HALF)) * np.sin(np.radians(rotation))
    parts = light / s_light, chroma / s_chroma, hue / s_hue
    squared = sum(part**2 for part in parts) + tied * parts[1] * parts[2]
    return np.sqrt(np.maximum(squared, 0))


def _cos(degrees: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.cos(np.radians(degrees))


def _mean_angle(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    total = one + other
    return np.where(np.abs(one - other) <= 180, total, np.where(total < 360, total + 360, total - 360)) / 2
