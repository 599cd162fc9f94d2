"""Does a network draw what it is asked for? Genre and year as a judge sees them, beside what was asked.

The judge is a classifier of real covers that no generator was trained with. It is not always right, so its accuracy on
real covers kept back is the ceiling, and chance is the floor: `share` says how far between the two a network comes.

    N  pictures    K  classes

Reference: Shmelkov et al. 2018 (arXiv:1807.09499), accuracy of a classifier of real pictures on generated ones.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from duck_and_cover.errors import TooFewPictures

__all__ = ["FEWEST_A_CLASS", "balanced_accuracy", "confusion", "follows", "frequent", "rank_correlation", "share",
           "share_error"]  # fmt: skip

FEWEST_A_CLASS = 5

Array = NDArray[np.float64]


def confusion(asked: NDArray[np.integer], judged: NDArray[np.integer], classes: int) -> NDArray[np.int64]:
    """How often each class was judged where each was asked for. (N,), (N,) -> (K, K), rows asked."""
    table = np.zeros((classes, classes), np.int64)
    np.add.at(table, (asked, judged), 1)
    return table


def balanced_accuracy(table: NDArray[np.integer]) -> tuple[float, float]:
    """Mean over classes of the share judged right, and its standard error, of a table of confusion.

    Classes that were never asked for do not count; raises `TooFewPictures` where one was asked for less than 5 times.
    """
    asked = table.sum(1)
    rows = np.flatnonzero(asked)
    fewest = int(asked[rows].min()) if len(rows) else 0
    if fewest < FEWEST_A_CLASS:
        raise TooFewPictures("accuracy on a class", fewest, FEWEST_A_CLASS)
    right = table[rows, rows] / asked[rows]
    each = [share_error(float(table[row, row]), float(asked[row])) for row in rows]
    return float(right.mean()), float(np.linalg.norm(each) / len(rows))


def frequent(table: NDArray[np.integer]) -> NDArray[np.integer]:
    """A table of confusion without what was asked for of classes that hardly occur."""
    return np.where(table.sum(1, keepdims=True) >= FEWEST_A_CLASS, table, 0)


def share_error(hits: float, of: float) -> float:
    """Standard error of a share, above 0 also for none and all (Agresti & Coull 1998)."""
    near = (hits + 2) / (of + 4)
    return float(np.sqrt(near * (1 - near) / (of + 4)))


def share(found: float, ceiling: float, floor: float) -> float:
    """How far from chance to what the judge scores on real covers; above 1 where drawn covers are clearer than real."""
    return (found - floor) / (ceiling - floor) if ceiling > floor else float("nan")


def rank_correlation(asked: NDArray[np.floating], judged: NDArray[np.floating]) -> float:
    """Spearman's: 1 where the later year asked for always looks later. (N,), (N,); raises below 20."""
    if len(asked) < 20:
        raise TooFewPictures("a rank correlation", len(asked), 20)
    one, other = _ranks(asked), _ranks(judged)
    if not one.std() or not other.std():
        return 0.0
    return float(np.corrcoef(one, other)[0, 1])


def follows(before: Array, after: Array, old: NDArray[np.integer], new: NDArray[np.integer]) -> float:
    """Swap test: the same noise drawn for `old` and then for `new`; how often does the judge move the right way?

    before, after:  probabilities (N, K) of the two pictures.
    -> share of pairs where the new class gained on the old one; 0.5 is chance.
    """
    rows = np.arange(len(before))
    gain = np.log(after[rows, new] + 1e-9) - np.log(after[rows, old] + 1e-9)
    gain -= np.log(before[rows, new] + 1e-9) - np.log(before[rows, old] + 1e-9)
    return float(np.mean(np.sign(gain) / 2 + 0.5))


def _ranks(values: NDArray[np.floating]) -> Array:
    """From 0; equal values share the mean of their ranks."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return (last - (counts + 1) / 2)[inverse]
