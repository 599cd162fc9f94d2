"""Bars that hide another format, and covers on which there is nothing."""

from __future__ import annotations

import cv2
import numpy as np

from duck_and_cover.cover import Pixels

__all__ = ["LEAST_VARIED", "bars", "varied"]

LEAST_VARIED = 0.004
"""Share of a picture that must differ from its commonest colour."""

_PURE, _NOISE = 1, 6
"""How far from black or white the colour of a bar may be, and its pixels from that colour, of 255."""

_EVEN = 1.5
"""A frame about the whole picture, no side more than so many times as thick as another, is a design."""

_LEAST, _MOST = 0.008, 0.34
"""Thickness of a bar, share of the side: what is thinner is a line, what is thicker is the design."""

_STRAY, _STEP, _OPENING = 0.002, 24, 0.5
"""A bar's row holds at most so many pixels of another colour; and right behind it, over so much of its length, the
picture is so much lighter or darker: bars end where a picture begins, paper goes on between what is printed."""


def bars(pixels: Pixels) -> dict[str, int]:
    """Bars of plain black or white that face each other, px: {"top": 120, "bottom": 120}.

    One bar alone is a design, and so is an even frame.

    pixels: uint8 (H, W, 3).
    """
    sides = {"top": pixels, "bottom": pixels[::-1],
             "left": pixels.swapaxes(0, 1), "right": pixels[:, ::-1].swapaxes(0, 1)}  # fmt: skip
    found = {side: _bar(turned) for side, turned in sides.items()}
    even = min(found.values()) and max(found.values()) <= _EVEN * min(found.values())
    facing = (found["top"] and found["bottom"]) or (found["left"] and found["right"])
    return {side: thick for side, thick in found.items() if thick} if facing and not even else {}


def _bar(turned: Pixels) -> int:
    """The thickness of a bar along the first rows, px; 0 for none."""
    side, trim = len(turned), turned.shape[1] // 20
    middle = slice(trim, turned.shape[1] - trim)  # the ends of a row may belong to another bar
    first = np.median(turned[0].reshape(-1, 3), axis=0)
    if not (first.max() <= _PURE or first.min() >= 255 - _PURE):
        return 0
    most = int(_MOST * side)
    away = np.abs(turned[: most + max(4, side // 150), middle].astype(np.int16) - first).max(axis=2)
    plain = (away > _NOISE).mean(axis=1) <= _STRAY
    thick = int(np.argmin(plain)) if not plain.all() else len(plain)
    if not _LEAST * side <= thick <= most:
        return 0
    behind = away[thick : thick + max(4, side // 150)]
    return thick if (behind.max(axis=0) > _STEP).mean() >= _OPENING else 0


def varied(pixels: Pixels) -> float:
    """The share of a picture, seen at 256 px, that is not of its commonest colour."""
    small = cv2.resize(pixels, (256, 256), interpolation=cv2.INTER_AREA).astype(np.int16)
    commonest = np.median(small.reshape(-1, 3), axis=0)
    return float((np.abs(small - commonest).max(axis=2) > 12).mean())
