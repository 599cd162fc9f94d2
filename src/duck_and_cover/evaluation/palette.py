"""Palette distance: do drawn pictures have the colours of real ones, in the right amounts?

Every picture becomes five colours with weights. Two palettes are as far apart as the work of turning one into the
other (the earth mover's distance), and two *sets* of palettes by the energy distance over that: 0 where palettes are
distributed alike, however varied they are.

    N, M  pictures    R  resolution in px    unit: CIELAB, 1 is just visible

References: Rubner et al. 2000, the earth mover's distance; Székely & Rizzo 2013, energy distance. Differences of colour
are plain Euclidean in CIELAB (CIE 1976).
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from duck_and_cover.cover import Pixels
from duck_and_cover.errors import TooFewPictures
from duck_and_cover.evaluation.lab import to_lab

__all__ = ["COLOURS", "FEWEST", "palette_distance", "palette_of"]

COLOURS = 5
FEWEST = 20

Signature = NDArray[np.float32]


def palette_of(picture: Pixels) -> Signature:
    """Five colours by k-means, most frequent first. uint8 (R, R, 3) -> float32 (5, 4): weight, L*, a*, b*."""
    small = np.asarray(cv2.resize(picture, (24, 24), interpolation=cv2.INTER_AREA), np.uint8)
    pixels = to_lab(small).reshape(-1, 3)
    until = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 20, 0.5)
    label = np.zeros((len(pixels), 1), np.int32)  # begin with five bands of lightness: no luck in it
    label[np.argsort(pixels[:, 0], kind="stable"), 0] = np.arange(len(pixels)) * COLOURS // len(pixels)
    _, label, centre = cv2.kmeans(pixels, COLOURS, label, until, 1, cv2.KMEANS_USE_INITIAL_LABELS)
    weight = np.bincount(label[:, 0], minlength=COLOURS) / len(pixels)
    order = np.argsort(-weight, kind="stable")
    return np.concatenate([weight[order, None], centre[order]], 1).astype(np.float32)


def palette_distance(real: Pixels, drawn: Pixels, *, pairs: int = 2000, seed: int = 0) -> tuple[float, float]:
    """Energy distance of two sets of palettes and its standard error by drawing pictures again. uint8 (N, R, R, 3),
    (M, R, R, 3).

    pairs:  random ones, for each of the three means. Raises `TooFewPictures` below 20 pictures.
    """
    if (fewest := min(len(real), len(drawn))) < FEWEST:
        raise TooFewPictures("the palette distance", fewest, FEWEST)
    one, other = ([palette_of(picture) for picture in pictures] for pictures in (real, drawn))
    rng = np.random.default_rng(seed)
    across, left, right = (
        rng.integers(0, (len(one), len(other)), (pairs, 2)),
        _different(len(one), pairs, rng),
        _different(len(other), pairs, rng),
    )
    work = _work(one, other, across), _work(one, one, left), _work(other, other, right)

    def distance(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
        """With every picture counted so often as its weight says."""
        weights = a[across[:, 0]] * b[across[:, 1]], a[left].prod(1), b[right].prod(1)
        between, *within = (float((w * each).sum() / w.sum()) for w, each in zip(weights, work, strict=True))
        return 2 * between - sum(within)

    def again(count: int) -> NDArray[np.float64]:
        return np.bincount(rng.integers(0, count, count), minlength=count).astype(np.float64)

    spread = [distance(again(len(one)), again(len(other))) for _ in range(40)]
    return distance(np.ones(len(one)), np.ones(len(other))), float(np.std(spread, ddof=1))


def _different(count: int, pairs: int, rng: np.random.Generator) -> NDArray[np.int64]:
    first = rng.integers(0, count, pairs)
    return np.stack([first, (first + rng.integers(1, count, pairs)) % count], 1)


def _work(one: list[Signature], other: list[Signature], pairs: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.array([cv2.EMD(one[i], other[j], cv2.DIST_L2)[0] for i, j in pairs])
