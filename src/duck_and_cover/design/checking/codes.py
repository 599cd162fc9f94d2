"""QR codes and bar codes on a picture: those that a reader can read, so that a pattern is not taken for one."""

from __future__ import annotations

import cv2
import numpy as np

from duck_and_cover.cover import Pixels

__all__ = ["bar_codes", "barred", "qr_codes"]

_SIDES_PX = (2000, 1000, 500)
"""Longest sides at which the readers look: a code is read best where its modules are a few pixels."""

_PATCH_PX, _LEAST_BARRED = (96, 24), 0.7
"""A place where a code was read, brought upright and to this size; and the least share of its changes in light that
must lie across the bars, which are alike along their length. 0.87 and more on codes of 200 to 702 px, turned, blurred,
pale or with grain over them. EAN-8 checks itself so little that the grain of one film in hundreds holds one: 0.50."""


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
            seen, texts, _, places = cv2.barcode.BarcodeDetector().detectAndDecodeWithType(grey)
        except cv2.error:
            continue
        read = [(text, place) for text, place in zip(texts, places, strict=True) if text] if seen else []
        found += [text for text, place in read if barred(grey, place) >= _LEAST_BARRED]
    return list(dict.fromkeys(text for text in found if text))


def barred(grey: np.ndarray, place: np.ndarray) -> float:
    """How much of what changes in a place changes in one direction alone, as bars do: 0 to 1.

    grey:  uint8 (H, W).    place: (4, 2) corners in px, in order around it.
    """
    width, height = _PATCH_PX
    corners = np.array([(0, height), (0, 0), (width, 0), (width, height)], np.float32)
    best = 0.0
    for turn in (0, 1):
        straight = cv2.getPerspectiveTransform(np.roll(place, turn, axis=0).astype(np.float32), corners)
        patch = cv2.warpPerspective(grey, straight, _PATCH_PX, flags=cv2.INTER_AREA).astype(np.float32)
        best = max(best, float(patch.mean(axis=0).var() / (patch.var() + 1e-6)))
    return best


def _views(pixels: Pixels) -> list[np.ndarray]:
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    longest = max(grey.shape)
    scales = dict.fromkeys(min(1.0, side / longest) for side in _SIDES_PX)
    return [cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) for scale in scales]
