"""Contact sheets: a few covers of many, chosen by a seed and laid out by colour.

S  side of a thumbnail in px        N  thumbnails
"""

from __future__ import annotations

import heapq
import zlib
from typing import NamedTuple

import cv2
import numpy as np

from duck_and_cover.cover import Pixels
from duck_and_cover.dataset.measures import Measures

__all__ = ["Choice", "arranged"]


class _Thumbnail(NamedTuple):
    """place: minus its rank in the seed's order, so that a heap gives the last one first."""

    place: int
    id: str
    pixels: Pixels
    warmth: float
    lightness: float


class Choice:
    """Keeps `most` covers of all that are shown to it: the same ones for a seed, in whatever order they come."""

    def __init__(self, most: int, side_px: int, seed: int) -> None:
        self.most, self.side_px, self.seed = most, side_px, seed
        self._kept: list[_Thumbnail] = []

    def show(self, id: str, pixels: Pixels, measures: Measures) -> None:
        """pixels: uint8 (H, H, 3), H at least the side of a thumbnail."""
        place = -zlib.crc32(f"{self.seed} {id}".encode())
        if len(self._kept) == self.most and (place, id) <= self._kept[0][:2]:
            return
        small = cv2.resize(pixels, (self.side_px, self.side_px), interpolation=cv2.INTER_AREA)
        shown = _Thumbnail(place, id, np.asarray(small, np.uint8), measures.warmth, measures.lightness)
        (heapq.heappush if len(self._kept) < self.most else heapq.heapreplace)(self._kept, shown)

    def sheet(self, columns: int) -> Pixels | None:
        """One picture of them, uint8 (rows S, columns S, 3): cool to warm from the left, light to dark from the top.
        Those that fill no whole row are left out, except in a first one; None where there is none.
        """
        count = len(self._kept)
        rows, columns = max(1, count // columns), min(count, columns)
        kept = sorted(self._kept, reverse=True)[: rows * columns]
        return arranged(kept, rows) if kept else None


def arranged(kept: list[_Thumbnail], rows: int) -> Pixels:
    """Thumbnails by warmth into columns, each of those by lightness."""
    across = sorted(kept, key=lambda each: each.warmth)
    columns = [sorted(across[i : i + rows], key=lambda each: -each.lightness) for i in range(0, len(across), rows)]
    return np.concatenate([np.concatenate([each.pixels for each in column]) for column in columns], axis=1)
