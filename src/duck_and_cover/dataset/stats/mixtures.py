"""The colours that many covers have together, as few colours with their shares.

N  covers        K  colours of one cover        M  colours of a mixture        OKLab  see `duck_and_cover.colour`
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from duck_and_cover.colour import format_hex, into_gamut

__all__ = ["COLOURS", "Group", "Mixer", "Mixture", "mixed"]

COLOURS = 12
_BIN = 0.04
_ROUNDS = 12
_CHROMA = 2.5  # how much more a step of chroma counts than one of lightness, or all mixtures are greys

Floats = NDArray[np.float32]
Group = tuple[str, str]


@dataclass(frozen=True)
class Mixture:
    """colours: hex, dark to light; shares: of the area, they sum to 1; covers: how many it stands on."""

    covers: int
    colours: tuple[str, ...]
    shares: tuple[float, ...]


class Mixer:
    """Takes palettes as they come and tells the mixture of every group that they belong to."""

    def __init__(self) -> None:
        self._palettes: list[Floats] = []
        self._groups: defaultdict[Group, list[int]] = defaultdict(list)

    def add(self, palette: Floats, shares: Floats, groups: Iterable[Group]) -> None:
        """palette: float32 (K, 3) OKLab; shares: (K,), sum 1; groups: of any names."""
        for group in groups:
            self._groups[group].append(len(self._palettes))
        self._palettes.append(np.column_stack([palette, shares]).astype(np.float32))

    def mixtures(self) -> Mapping[Group, Mixture]:
        """Group -> mixture."""
        if not self._palettes:
            return {}
        every = np.stack(self._palettes)
        found: dict[Group, Mixture] = {}
        for group, members in self._groups.items():
            chosen = every[members].reshape(-1, 4)
            colours, shares = mixed(chosen[:, :3], chosen[:, 3])
            found[group] = Mixture(len(members), tuple(format_hex(into_gamut(colour)) for colour in colours),
                                   tuple(round(float(share), 4) for share in shares))  # fmt: skip
        return found


def mixed(colours: Floats, weights: Floats, count: int = COLOURS) -> tuple[Floats, Floats]:
    """OKLab (N K, 3) and weights (N K,) -> at most `count` colours (M, 3), dark to light, and shares (M,), sum 1.

    Weighted k-means, begun with the heaviest colour and then always the one that is heavy and far from all chosen, so
    that there is no luck in it. Reference: Arthur and Vassilvitskii 2007, "k-means++".
    """
    points, heavy = _binned(colours, weights)
    scaled = points * (1, _CHROMA, _CHROMA)
    centres = scaled[[int(np.argmax(heavy))]]
    while len(centres) < min(count, len(points)):
        distance = _distances(scaled, centres).min(1)
        centres = np.concatenate([centres, scaled[[int(np.argmax(heavy * distance))]]])
    held = np.ones(len(centres))
    for _ in range(_ROUNDS):
        label = _distances(scaled, centres).argmin(1)
        held = np.bincount(label, heavy, len(centres))
        centres = np.stack([np.bincount(label, heavy * scaled[:, axis], len(centres)) for axis in range(3)], 1)
        centres, held = centres[held > 0] / held[held > 0, None], held[held > 0]
    order = np.argsort(centres[:, 0], kind="stable")
    return (centres[order] / (1, _CHROMA, _CHROMA)).astype(np.float32), (held[order] / held.sum()).astype(np.float32)


def _binned(colours: Floats, weights: Floats) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Colours that are nearly the same made one: what many covers share is heavy then."""
    _, label = np.unique(np.rint(colours / _BIN).astype(np.int32), axis=0, return_inverse=True)
    label = label.reshape(-1)
    held = np.bincount(label, weights).astype(np.float64)
    sums = np.stack([np.bincount(label, weights * colours[:, axis]) for axis in range(3)], 1)
    return sums[held > 0] / held[held > 0, None], held[held > 0]


def _distances(points: NDArray[np.float64], centres: NDArray[np.float64]) -> NDArray[np.float64]:
    return ((points[:, None] - centres[None]) ** 2).sum(-1)
