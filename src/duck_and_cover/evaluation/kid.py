"""Kernel distance between two sets of pictures in a network's features; unlike the Fréchet distance, unbiased on few.

The squared maximum mean discrepancy with the kernel (x · y / F + 1)^3, over all pairs of different pictures. (KID as
published is its mean over random subsets, to save memory on 50,000 pictures; our sets are small.)

    N, M  pictures    F  features

Reference: Bińkowski et al. 2018 (arXiv:1801.01401).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from duck_and_cover.errors import TooFewPictures

__all__ = ["FEWEST", "kernel_distance"]

FEWEST = 50

Array = NDArray[np.float64]


def kernel_distance(
    first: NDArray[np.floating], second: NDArray[np.floating], *, times: int = 40, seed: int = 0
) -> tuple[float, float]:
    """The distance and its standard error by drawing pictures again, `times` over. Features (N, F), (M, F).

    About 0, also below, for sets of one kind. Raises `TooFewPictures` below 50.
    """
    if (fewest := min(len(first), len(second))) < FEWEST:
        raise TooFewPictures("the kernel distance", fewest, FEWEST)
    x, y = first.astype(np.float64), second.astype(np.float64)
    kernels = _kernel(x, x), _kernel(y, y), _kernel(x, y)
    rng, found = np.random.default_rng(seed), []
    for _ in range(times):
        again = [np.bincount(rng.integers(0, n, n), minlength=n).astype(np.float64) for n in (len(x), len(y))]
        found.append(_discrepancy(*kernels, *again))
    return _discrepancy(*kernels, np.ones(len(x)), np.ones(len(y))), float(np.std(found, ddof=1))


def _kernel(x: Array, y: Array) -> Array:
    return (x @ y.T / x.shape[1] + 1) ** 3


def _discrepancy(within_x: Array, within_y: Array, across: Array, a: Array, b: Array) -> float:
    """With every picture counted so often as its weight says; no picture is paired with itself."""
    between = a @ across @ b / (a.sum() * b.sum())
    return float(_within(within_x, a) + _within(within_y, b) - 2 * between)


def _within(kernel: Array, weight: Array) -> float:
    own = np.square(weight)
    return float((weight @ kernel @ weight - own @ np.diag(kernel)) / (weight.sum() ** 2 - own.sum()))
