"""Density and coverage: are drawn pictures like real ones, and are all kinds of real ones drawn?

Around every real picture lies a ball that reaches to its k-th nearest real neighbour. Density counts in how many balls
a drawn picture lies, beside what is expected: fidelity. Coverage is the share of balls in which any drawn picture lies:
diversity. Both are 1 at best, density may exceed it where drawn pictures crowd the middle.

    N  real, M drawn pictures    F  features

Reference: Naeem et al. 2020 (arXiv:2002.09797), equations 3 and 4, k = 5.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from duck_and_cover.errors import TooFewPictures

__all__ = ["density_and_coverage", "distances"]

Array = NDArray[np.float64]


def density_and_coverage(
    real: NDArray[np.floating], drawn: NDArray[np.floating], *, neighbours: int = 5
) -> tuple[float, float]:
    """Features (N, F), (M, F) -> (density, coverage). Raises `TooFewPictures` below ten times `neighbours`."""
    if (fewest := min(len(real), len(drawn))) < 10 * neighbours:
        raise TooFewPictures("density and coverage", fewest, 10 * neighbours)
    among = distances(real, real)
    np.fill_diagonal(among, np.inf)
    radii = np.partition(among, neighbours - 1, axis=1)[:, neighbours - 1]
    inside = distances(real, drawn) <= radii[:, None]
    return float(inside.sum(0).mean() / neighbours), float(inside.any(1).mean())


def distances(one: NDArray[np.floating], other: NDArray[np.floating]) -> Array:
    """Euclidean, (N, F), (M, F) -> (N, M)."""
    a, b = one.astype(np.float64), other.astype(np.float64)
    squared = np.square(a).sum(1)[:, None] + np.square(b).sum(1) - 2 * a @ b.T
    return np.sqrt(squared.clip(0))
