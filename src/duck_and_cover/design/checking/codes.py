"""QR codes and bar codes on a picture: those that a reader can read, so that a pattern is not taken for one."""

from __future__ import annotations

import cv2
import numpy as np

from duck_and_cover.cover import Pixels

__all__ = ["bar_codes", "qr_codes"]

_SIDES_PX = (2000, 1000, 500)
"""Longest sides at which the readers look: a code is read best where its modules are a few pixels."""


def qr_codes(pixels: Pixels) -> list[str]:
    """What the QR codes on a picture say. pixels: uint8 (H, W, 3)."""
    found: list[str] = []
    for grey in _views(pixels):
        try:
            seen, texts, _, _ = cv2.QRCodeDetector().detectAndDecodeMulti(grey)
        except cv2.error:  # the reader gives up on shapes that are no codes
            continue
        found += texts if seen else ()
    return list(dict.fromkeys(text for text in found if text))


def bar_codes(pixels: Pixels) -> list[str]:
    """The numbers of the bar codes (EAN, UPC) on a picture, upright or on their side. pixels: uint8 (H, W, 3)."""
    found: list[str] = []
    for grey in _views(pixels):
        try:
            seen, texts, _, _ = cv2.barcode.BarcodeDetector().detectAndDecodeWithType(grey)
        except cv2.error:
            continue
        found += texts if seen else ()
    return list(dict.fromkeys(text for text in found if text))


def _views(pixels: Pixels) -> list[np.ndarray]:
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    longest = max(grey.shape)
    scales = dict.fromkeys(min(1.0, side / longest) for side in _SIDES_PX)
    return [cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) for scale in scales]
