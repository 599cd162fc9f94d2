"""Inks of words: which of the four plates a letter stands on, so that it stays sharp where plates are a hair apart.

Four plates are never laid down in quite the same place; a hair of 0.1 mm makes small letters of several inks fuzzy.
So near-black words are black ink alone; near-white ones are bare paper; small coloured ones have the two inks that come
nearest, and some black where two are not enough; only large coloured words are separated like a picture.

Legend: `Inks` are four shares of a plate, 0 to 1: cyan, magenta, yellow, black.
Reference: peakprint.ca, printing guidelines (black text in one colour, overprinted; fine lines in one colour);
pitchbeats.com and recordindustryspain.es (white never overprints).
"""

from __future__ import annotations

from functools import lru_cache
from itertools import combinations

import numpy as np

from duck_and_cover.colour import Colour
from duck_and_cover.design.compose import Words
from duck_and_cover.design.press.difference import delta_e
from duck_and_cover.design.press.separation import Separator, ink_percent
from duck_and_cover.design.shapes.outline import MOVE, POINTS, Outline

__all__ = ["BLACK", "PAPER", "SMALL_PT", "Inks", "inks_of_word", "size_pt"]

Inks = tuple[float, float, float, float]

PAPER: Inks = (0.0, 0.0, 0.0, 0.0)
BLACK: Inks = (0.0, 0.0, 0.0, 1.0)

SMALL_PT = 14.0
"""Words below this size are small."""

_CAPITAL = 0.7
"""Height of a capital in em, in most faces."""
_POINT_MM = 25.4 / 72
_NEUTRAL = 12.0
"""Chroma (CIELAB) below which a colour passes for grey."""
_DARK, _SMALL_DARK, _SOLID = 35.0, 30.0, 24.0
"""Lightness up to which grey is black ink; chroma that a small dark word may lose; lightness of a full black plate."""
_LIGHT, _SMALL_LIGHT, _TINT = 94.0, 88.0, 6.0
"""Lightness from which words are bare paper, large and small ones; chroma of a large one."""
_NEAR = 4.0
"""CIEDE2000 within which two inks are near enough."""
_STEPS = np.arange(0, 256, 15, dtype=np.uint8)


@lru_cache(256)
def inks_of_word(colour: Colour, pt: float, separator: Separator) -> Inks:
    """The inks of a word in this sRGB colour.

    pt:  size of its type in points, as `size_pt` tells it.
    """
    rgb = np.rint(np.asarray(colour)[None] * 255).astype(np.uint8)
    lab = separator.lab_of_rgb(rgb)
    lightness, chroma = float(lab[0, 0]), float(np.hypot(*lab[0, 1:]))
    small = pt < SMALL_PT
    if lightness >= (_SMALL_LIGHT if small else _LIGHT) and chroma <= (_NEUTRAL if small else _TINT):
        return PAPER
    dark = lightness <= _DARK and chroma <= (_SMALL_DARK if small else _NEUTRAL)
    if dark or (small and chroma <= _NEUTRAL):
        return _black(lightness, separator)
    if small:
        return _fewest(lab, separator)
    cyan, magenta, yellow, black = (round(float(ink) / 255, 3) for ink in separator.cmyk(rgb[None])[0, 0])
    return cyan, magenta, yellow, black


def size_pt(words: Words) -> float:
    """Size of the type in points, told by its outlines (mm): three quarters of all contours are within a capital.

    Scripts whose characters are many strokes come out smaller than they are, which is the safe side here.
    """
    longest = [_longest(layer.outline) for layer in words.layers if len(layer.outline)]
    if not longest:
        return 0.0
    return float(max(np.percentile(each, 75) for each in longest)) / _CAPITAL / _POINT_MM


def _longest(outline: Outline) -> np.ndarray:
    """The longer side of the box of each contour, of its points: (contours,)."""
    begins = np.cumsum(POINTS[outline.verbs]) - POINTS[outline.verbs]
    starts = begins[outline.verbs == MOVE]
    high, low = (f.reduceat(outline.points, starts, axis=0) for f in (np.maximum, np.minimum))
    return (high - low).max(1)


def _black(lightness: float, separator: Separator) -> Inks:
    """Black ink alone, as dark as that lightness; a full plate where it is dark enough."""
    if lightness <= _SOLID:
        return BLACK
    plates = np.zeros((256, 4), np.uint8)
    plates[:, 3] = np.arange(256)
    away = np.abs(separator.lab_of_inks(plates)[:, 0] - lightness)
    return (0.0, 0.0, 0.0, round(int(away.argmin()) / 255, 3))


def _fewest(lab: np.ndarray, separator: Separator) -> Inks:
    """The fewest inks that come near a colour: two, or two and black where two alone do not. lab: (1, 3)."""
    grid = np.stack(np.meshgrid(_STEPS, _STEPS, indexing="ij"), -1).reshape(-1, 2)
    two = np.zeros((6, len(grid), 4), np.uint8)
    for part, pair in zip(two, combinations(range(4), 2), strict=True):
        part[:, pair] = grid
    three = np.repeat(two[[0, 1, 3]].reshape(-1, 4), len(_STEPS), axis=0)
    three[:, 3] = np.tile(_STEPS, len(three) // len(_STEPS))
    best: tuple[float, np.ndarray] | None = None
    for plates in (two.reshape(-1, 4), three):
        plates = plates[ink_percent(plates) <= separator.picture_ink]
        away = delta_e(separator.lab_of_inks(plates), np.repeat(lab, len(plates), axis=0))
        nearest = int(away.argmin())
        if best is None or (best[0] > _NEAR and away[nearest] < best[0]):
            best = float(away[nearest]), plates[nearest]
    assert best is not None
    cyan, magenta, yellow, black = (round(float(ink) / 255, 3) for ink in best[1])
    return cyan, magenta, yellow, black
