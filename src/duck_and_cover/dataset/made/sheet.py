"""What procedural covers are drawn with: inks, and a sheet to lay them on as signed distances and noise.

S  side in px        x, y  (S, S), 0 to 1 from the upper left        mask  (S, S), 0 to 1
a colour is (3,) sRGB, 0 to 1; a distance is in cover units, negative inside
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from duck_and_cover.colour import oklab_to_srgb

__all__ = ["Inks", "Sheet", "between", "ink", "ramp"]

Array = NDArray[np.floating[Any]]


def ink(lightness: float, chroma: float, hue: float) -> Array:
    """A colour (3,) from OKLCH: lightness 0 to 1, chroma 0 to about 0.3, hue in degrees. Ottosson 2020."""
    angle = np.deg2rad(hue)
    return oklab_to_srgb([lightness, chroma * np.cos(angle), chroma * np.sin(angle)])


@dataclass(frozen=True, eq=False)
class Inks:
    """What a cover is printed with: paper, a dark, and two to five accents, strongest first."""

    paper: Array
    dark: Array
    accents: tuple[Array, ...]

    def __getitem__(self, index: int | np.integer[Any]) -> Array:
        return self.accents[index % len(self.accents)]


class Sheet:
    """A picture being painted: `rgb` (S, S, 3) float32, 0 to 1."""

    def __init__(self, size_px: int, ground: Array, rng: np.random.Generator) -> None:
        self.size_px, self.rng = size_px, rng
        middle = (np.arange(size_px, dtype=np.float32) + 0.5) / size_px
        self.x, self.y = np.meshgrid(middle, middle)
        self.rgb: Array = np.broadcast_to(ground, (size_px, size_px, 3)).astype(np.float32)

    def edge(self, distance: Array) -> Array:
        """Mask of the inside of a shape, one pixel soft."""
        return np.clip(0.5 - distance * self.size_px, 0, 1)

    def paint(self, mask: Array, colour: Array) -> None:
        """Lay an opaque colour, (3,) or (S, S, 3), where the mask is."""
        self.rgb += (colour - self.rgb) * mask[..., None]

    def overprint(self, mask: Array, colour: Array) -> None:
        """Lay a transparent ink over what is there, as a press does."""
        self.rgb *= 1 + (colour - 1) * mask[..., None]

    def disc(self, x: float, y: float, radius: float) -> Array:
        """Signed distance to a circle."""
        return np.hypot(self.x - x, self.y - y) - np.float32(radius)

    def box(self, x: float, y: float, half_width: float, half_height: float, turn: float = 0.0) -> Array:
        """Signed distance to a rectangle about (x, y), turned by `turn` radians."""
        u, v = self.x - x, self.y - y
        c, s = np.float32(np.cos(turn)), np.float32(np.sin(turn))
        return np.maximum(np.abs(u * c + v * s) - half_width, np.abs(v * c - u * s) - half_height).astype(np.float32)

    def clouds(self, cells: int, octaves: int = 3, stretch: int = 1) -> Array:
        """Smooth noise (S, S) in about 0 to 1; `cells` across, each octave twice as fine and half as strong."""
        total, strength = np.zeros((self.size_px, self.size_px), np.float32), 0.0
        for octave in range(octaves):
            across = (cells << octave) + 3
            grid = self.rng.random((across, max(4, across // stretch)), np.float32)
            total += cv2.resize(grid, (self.size_px, self.size_px), interpolation=cv2.INTER_CUBIC) / 2**octave
            strength += 2.0**-octave
        return np.clip((total / strength - 0.5) * 1.6 + 0.5, 0, 1)


def ramp(values: Array, colours: Sequence[Array]) -> Array:
    """(S, S) in 0 to 1 -> (S, S, 3), through `colours` in even steps."""
    stops = np.linspace(0, 1, len(colours))
    return np.stack([np.interp(values, stops, [c[i] for c in colours]) for i in range(3)], -1).astype(np.float32)


def between(first: Array, second: Array, share: float) -> Array:
    """A colour (3,) on the way from `first` (share 0) to `second` (share 1)."""
    return (first + (second - first) * np.float32(share)).astype(np.float32)
