"""CIELAB, where a distance of 1 is about the smallest difference of colour that an eye sees."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from duck_and_cover.cover import Pixels

__all__ = ["to_lab"]


def to_lab(pictures: Pixels) -> NDArray[np.float32]:
    """uint8 sRGB (..., 3) -> L* 0 to 100, a*, b* of about -128 to 127; white point D65."""
    flat = np.ascontiguousarray(pictures.reshape(1, -1, 3), dtype=np.float32) / 255
    return np.asarray(cv2.cvtColor(flat, cv2.COLOR_RGB2LAB), np.float32).reshape(pictures.shape)
