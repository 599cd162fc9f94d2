"""Kernel distance between two sets of pictures in a network's features; unlike the Fréchet distance, unbiased on few.

The squared maximum mean discrepancy with the kernel (x · y / F + 1)^3, averaged over random subsets.

    N, M  pictures    F  features

Reference: Bińkowski et al. 2018 (arXiv:1801.01401).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from duck_and_cover.errors import TooFewPictures

__all__ = ["kernel_distance"]

Array = NDArray[np.float64]


def kernel_distance(
    first: NDArray[np.floating], second: NDArray[np.floating], *, subsets: int = 50, size: int = 500, seed: int = 0
) -> tuple[float, float]:
    """Mean over subsets and its standard deviation. Features (N, F), (M, F); about 0, also below, for equal sets.

    size:  pictures of each set in a subset; at most what there are. Raises `TooFewPictures` below 50.
    """
    size = min(size, len(first), len(second))
    if size < 50:
        raise TooFewPictures("the kernel distance", size, 50)
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(subsets):
        x = first[rng.choice(len(first), size, replace=False)].astype(np.float64)
        y = second[rng.choice(len(second), size, replace=False)].astype(np.float64)
        found.append(_within(x) + _within(y) - 2 * _kernel(x, y).mean())
    return float(np.mean(found)), float(np.std(found))


def _kernel(x: Array, y: Array) -> Array:
    return (x @ y.T / x.shape[1] + 1) ** 3


def _within(x: Array) -> float:
    """Mean over pairs of different pictures."""
    kernel = _kernel(x, x)
    return float((kernel.sum() - np.trace(kernel)) / (len(x) * (len(x) - 1)))
