"""Typical palettes: the colour schemes that covers come in, found among the covers themselves.

A cover's palette becomes a curve: its colours from the darkest to the lightest, each as long as its share. Covers of
like curves are gathered (k-means), and of each crowd one cover near its middle lends its palette, of the nearest fifth
the one with the most colourful accent: a mean of palettes would be mud, and no cover's.

    N  covers    K  colours of a palette    T  typical palettes    OKLab  lightness 0 to 1, two chroma axes

Reference: the curve is the quantile function along lightness, whose squared distance is the transport of colour in that
order; Bonneel et al. 2015, "Sliced and Radon Wasserstein barycenters of measures".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["COUNT", "Typical", "curve", "typical_palettes"]

COUNT = 48
_POINTS = 12
_CHROMA_GAIN = 2.4
"""A step of chroma tells schemes apart sooner than the same step of lightness."""

_COLOURLESS = 0.03
"""Crowds whose accents stay below this chroma are grey."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Typical:
    """palettes: float32 (T, K, 4), OKLab and share of K colours, dark to light; members: (N,) which one a cover has."""

    palettes: Floats
    members: NDArray[np.int64]


def curve(palette: Floats) -> Floats:
    """(K, 4) OKLab and share, in any order -> (36,): the colours met on the way from the darkest to the lightest."""
    ordered = palette[np.argsort(palette[:, 0], kind="stable")]
    ends = np.cumsum(ordered[:, 3]) / ordered[:, 3].sum()
    met = np.searchsorted(ends, (np.arange(_POINTS) + 0.5) / _POINTS).clip(0, len(ordered) - 1)
    return np.asarray(ordered[met, :3] * (1.0, _CHROMA_GAIN, _CHROMA_GAIN), np.float32).ravel()


def typical_palettes(palettes: Sequence[Floats], count: int = COUNT) -> Typical:
    """Gather N palettes (K, 4) about `count` of them; fewer where there are fewer. The same input gives the same."""
    curves = np.stack([curve(each) for each in palettes])
    count = min(count, len(np.unique(curves, axis=0)))
    until = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 60, 1e-4)
    cv2.setRNGSeed(7)
    none = np.empty(0, np.int32)
    _, label, centre = cv2.kmeans(curves, count, none, until, 4, cv2.KMEANS_PP_CENTERS)  # type: ignore[call-overload]
    members = label[:, 0].astype(np.int64)
    away = ((curves - centre[members]) ** 2).sum(1)
    lenders = [_lender(np.flatnonzero(members == each), away, palettes) for each in range(count)]
    lent = [palettes[i][np.argsort(palettes[i][:, 0], kind="stable")] for i in lenders]
    # from the darkest scheme to the lightest, so that a number says something
    order = np.argsort([float((each[:, 0] * each[:, 3]).sum()) for each in lent], kind="stable")
    return Typical(np.stack([lent[i] for i in order]).astype(np.float32), np.argsort(order)[members])


def _lender(crowd: NDArray[np.int64], away: Floats, palettes: Sequence[Floats]) -> int:
    """Of a crowd of covers the one that stands for it; of grey ones the nearest, since an accent is what they lack."""
    near = crowd[np.argsort(away[crowd], kind="stable")][: max(1, len(crowd) // 5)]
    if np.median([_accent(palettes[i]) for i in crowd]) < _COLOURLESS:
        return int(near[0])
    return int(max(near, key=lambda i: _accent(palettes[i])))


def _accent(palette: Floats) -> float:
    """How far the most colourful of a palette's colours stands from their mean, in chroma; scraps count for less."""
    mean = (palette[:, 1:3] * palette[:, 3:]).sum(0) / palette[:, 3].sum()
    return float((np.hypot(*(palette[:, 1:3] - mean).T) * np.minimum(1.0, palette[:, 3] / 0.04)).max())
