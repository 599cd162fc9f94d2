"""Does a network copy? Every drawn picture beside the training cover that it is nearest to.

No score settles it, so the pictures are shown. Two numbers say where to look: a drawn picture is suspicious when it is
nearer to its neighbour than almost any cover *kept back* is to its own, and the ratio tells whether drawn pictures as a
whole lie nearer to the training covers than covers kept back do.

    N  pictures    R  resolution in px

Reference: Meehan et al. 2020 (arXiv:2004.05675) for comparing with held-out pictures; Stein et al. 2023
(arXiv:2306.04675), who find that no published score detects copies reliably, hence the pictures and planted copies in
our tests.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from duck_and_cover.cover import Pixels
from duck_and_cover.errors import TooFewPictures
from duck_and_cover.evaluation.coverage import distances
from duck_and_cover.evaluation.lab import to_lab

__all__ = ["FEWEST_KEPT_BACK", "Copies", "copies", "look_of"]

FEWEST_KEPT_BACK = 300
"""Of fewer, the nearest one in a hundred is a matter of luck, and so is an alarm."""

GRID = 16
ALARM_QUANTILE = 0.01
"""Nearer than all but this share of covers kept back."""


@dataclass(frozen=True, eq=False)
class Copies:
    """What was found.

    neighbour:   (N,) row of the training cover that each drawn picture is nearest to; mirrored ones count.
    distance:    (N,) how far that is, in CIELAB.
    suspicious:  rows of drawn pictures nearer than `threshold`, the nearest first.
    ratio:       median distance of drawn pictures beside that of covers kept back; well below 1 is copying.
    """

    neighbour: NDArray[np.int64]
    distance: NDArray[np.float64]
    suspicious: NDArray[np.int64]
    threshold: float
    ratio: float

    @property
    def expected(self) -> float:
        """Suspicious ones that a network would have that draws as new as real covers are."""
        return ALARM_QUANTILE * len(self.distance)

    @property
    def alarm(self) -> bool:
        """More than three times as many as expected, and more than chance would bring."""
        return len(self.suspicious) > 3 * self.expected + 2


def copies(drawn: Pixels, training: Pixels, kept_back: Pixels) -> Copies:
    """Find the nearest training cover of each drawn picture, and of each cover kept back. uint8 (N, R, R, 3) each.

    Plain pictures (of hardly any contrast) are near to each other without being copies; they are compared by shape: a
    picture's look is brought to one contrast, as far as it has any. Raises `TooFewPictures` below 300 kept back.
    """
    if len(kept_back) < FEWEST_KEPT_BACK:
        raise TooFewPictures("a search for copies beside covers kept back", len(kept_back), FEWEST_KEPT_BACK)
    known = look_of(training)
    neighbour, distance = _nearest(look_of(drawn), look_of(drawn[:, :, ::-1]), known)
    _, real = _nearest(look_of(kept_back), look_of(kept_back[:, :, ::-1]), known)
    threshold = float(np.quantile(real, ALARM_QUANTILE))
    near = np.flatnonzero(distance < threshold)
    return Copies(neighbour, distance, near[np.argsort(distance[near])], threshold,
                  float(np.median(distance) / np.median(real)))  # fmt: skip


def look_of(pictures: Pixels) -> NDArray[np.float32]:
    """CIELAB at 16 x 16, contrast evened out, so that neither a darker nor a paler copy hides. -> (N, 768)

    The distance of two looks is that of their cells in CIELAB, root mean square: about 49 where nothing is in common.
    """
    small = np.stack([cv2.resize(p, (GRID, GRID), interpolation=cv2.INTER_AREA) for p in pictures])
    lab = to_lab(small).reshape(len(pictures), -1, 3)
    lab = lab - lab.mean(1, keepdims=True)
    contrast = np.sqrt(np.square(lab).mean((1, 2), keepdims=True))
    return (20.0 * lab / np.maximum(contrast, 5.0)).reshape(len(pictures), -1) / GRID


def _nearest(
    looks: NDArray[np.float32], mirrored: NDArray[np.float32], known: NDArray[np.float32]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    found = [
        np.minimum(distances(looks[rows], known), distances(mirrored[rows], known))
        for rows in np.array_split(np.arange(len(looks)), max(1, len(looks) // 256))
    ]
    neighbour = np.concatenate([block.argmin(1) for block in found])
    return neighbour, np.concatenate([block.min(1) for block in found])
