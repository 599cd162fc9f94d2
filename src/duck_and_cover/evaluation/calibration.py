"""Calibration: of all pictures that a judge is 70 % sure of, are 70 % what it says?

    N  pictures    K  classes

Reference: Guo et al. 2017 (arXiv:1706.04599), expected calibration error and the diagram it comes from.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Calibration", "calibration"]

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Calibration:
    """By bins of confidence, lowest first, those without pictures left out.

    confidence, accuracy, share:  of each bin: how sure, how often right, how many of all.
    """

    confidence: Array
    accuracy: Array
    share: Array

    @property
    def error(self) -> float:
        """Mean distance of confidence and accuracy over pictures, 0 to 1."""
        return float((self.share * np.abs(self.confidence - self.accuracy)).sum())


def calibration(probabilities: NDArray[np.floating], truth: NDArray[np.integer], bins: int = 10) -> Calibration:
    """Probabilities (N, K) and classes (N,). Every class counts alike, however many pictures it has, since that is what
    our judge's probabilities are of.
    """
    sure, said = probabilities.max(1), probabilities.argmax(1)
    counts = np.bincount(truth, minlength=probabilities.shape[1])
    weight = 1.0 / counts[truth]
    weight /= weight.sum()
    place = np.minimum((sure * bins).astype(int), bins - 1)
    share = np.bincount(place, weight, bins).astype(np.float64)
    kept = share > 0
    confidence = np.bincount(place, weight * sure, bins)[kept] / share[kept]
    accuracy = np.bincount(place, weight * (said == truth), bins)[kept] / share[kept]
    return Calibration(confidence, accuracy, share[kept])
