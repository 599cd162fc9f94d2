"""Fréchet distance between two sets of pictures in a network's features: how far apart two normal distributions are.

With Inception's features this is FID; with those of our own judge it is a number of its own, not comparable with FIDs.

    N, M  pictures    F  features

Reference: Heusel et al. 2017 (arXiv:1706.08500); Dowson & Landau 1982 for the distance of normal distributions.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from duck_and_cover.errors import TooFewPictures

__all__ = ["PICTURES_A_FEATURE", "frechet_distance"]

PICTURES_A_FEATURE = 2
"""Fewer pictures than this for each feature do not determine a covariance."""

Array = NDArray[np.float64]


def frechet_distance(first: NDArray[np.floating], second: NDArray[np.floating]) -> float:
    """|mean - mean|^2 + tr(A + B - 2 sqrt(A B)). Features (N, F) and (M, F); 0 where means and covariances agree.

    Raises `TooFewPictures` below two pictures a feature.
    """
    needed = PICTURES_A_FEATURE * first.shape[1]
    if (fewest := min(len(first), len(second))) < needed:
        raise TooFewPictures("the Fréchet distance", fewest, needed)
    (m1, a), (m2, b) = (_moments(features) for features in (first, second))
    root = _root(a)
    cross = np.sqrt(np.linalg.eigvalsh(root @ b @ root).clip(0)).sum()
    return float(max(0.0, np.square(m1 - m2).sum() + np.trace(a) + np.trace(b) - 2 * cross))


def _moments(features: NDArray[np.floating]) -> tuple[Array, Array]:
    wide = features.astype(np.float64)
    return wide.mean(0), np.atleast_2d(np.cov(wide, rowvar=False))


def _root(matrix: Array) -> Array:
    """The square root of a covariance."""
    values, vectors = np.linalg.eigh(matrix)
    return (vectors * np.sqrt(values.clip(0))) @ vectors.T
