"""Energy score: how well pictures drawn for a cover's condition foretell that very cover.

A cover's condition does not determine it, so no drawn picture can be expected to be it. But the *distribution* drawn
for "jazz, 1959" should lie nearer to a jazz cover of 1959 than the one drawn for nothing. The score is proper: only
the true distribution of covers given the condition has the lowest expected value, a network that ignores its condition
gains nothing, and one that draws the same picture again and again pays for it.

    N  covers    K  pictures drawn for each, 2 or more    R  resolution in px

Reference: Gneiting & Raftery 2007, Strictly proper scoring rules, prediction, and estimation, section 4.2; the second
term over pairs of different pictures, which makes it unbiased for any K.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from duck_and_cover.cover import Pixels
from duck_and_cover.errors import BadInput
from duck_and_cover.evaluation.lab import to_lab

__all__ = ["energy_scores", "layout_of"]

GRID = 4


def energy_scores(real: Pixels, drawn: Pixels) -> NDArray[np.float64]:
    """One score a cover, lower is better, in units of CIELAB (1 is just visible). -> (N,)

    real:   uint8 (N, R, R, 3).
    drawn:  uint8 (N, K, R, R, 3), for the condition of each.
    """
    if drawn.ndim != 5 or len(real) != len(drawn) or drawn.shape[1] < 2:
        raise BadInput(f"pictures of shape {real.shape} and {drawn.shape}; wanted (N, R, R, 3) and (N, 2+, R, R, 3)")
    count = drawn.shape[1]
    truth = layout_of(real)
    guesses = layout_of(drawn.reshape(-1, *drawn.shape[2:])).reshape(len(real), count, -1)
    misses = _distance(guesses, truth[:, None]).mean(1)
    spread = _distance(guesses[:, :, None], guesses[:, None]).sum((1, 2)) / (count * (count - 1))
    return misses - spread / 2


def layout_of(pictures: Pixels) -> NDArray[np.float64]:
    """Where what colour is: CIELAB at 4 x 4. uint8 (N, R, R, 3) -> (N, 48); R a multiple of 4."""
    n, side = pictures.shape[:2]
    if side % GRID:
        raise BadInput(f"pictures of {side} px; wanted a multiple of {GRID}")
    cells = to_lab(pictures).reshape(n, GRID, side // GRID, GRID, side // GRID, 3)
    return cells.mean((2, 4), dtype=np.float64).reshape(n, -1)


def _distance(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    """Euclidean over the last axis, by the number of cells: a flat difference of 1 everywhere is 1."""
    return np.sqrt(np.square(one - other).sum(-1) / GRID**2)
