"""Two-ink halftone: a flat ground colour cut by hand, and coarse dots of the key ink on top.

The spot function is cos u + cos v (round dots that join at the corners at half coverage); since each cosine
of a sum is two products, a whole screen is one thin matrix product. Coverage is exact: the level for a
wanted share of ink comes from the function's own distribution.
"""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np

from duck_and_cover.design.finish.base import Finish, InkLook
from duck_and_cover.design.finish.plate import Bed, coverage, cut, lay, pull, sheet, shift, wear
from duck_and_cover.design.finish.prepare import prepare
from duck_and_cover.design.inks.palette import Palette
from duck_and_cover.design.sheet import texture
from duck_and_cover.design.sheet.texture import Bytes, Floats

__all__ = ["dots", "draw", "screen"]


@lru_cache(maxsize=1)
def _levels() -> Floats:
    """Level of the spot function that leaves the share i / 255 of a cell above it."""
    turn = np.linspace(0, 2 * np.pi, 256, endpoint=False)
    values = np.sort((np.cos(turn)[:, None] + np.cos(turn)[None]).ravel())[::-1]
    level = values[np.minimum((np.linspace(0, 1, 256) * values.size).astype(int), values.size - 1)].astype(np.float32)
    level[0], level[-1] = 2.3, -2.3
    return level


def screen(bed: Bed, cells: float, degrees: float) -> Floats:
    """The spot function, -2 to 2, with `cells` dots to the cover unit along a direction."""
    turn, k = np.deg2rad(degrees), 2 * np.pi * cells
    x, y = bed.columns().ravel() * np.float32(k), bed.rows().ravel() * np.float32(k)
    c, s = np.float32(np.cos(turn)), np.float32(np.sin(turn))
    down = np.stack([np.cos(s * y), -np.sin(s * y), np.cos(c * y), np.sin(c * y)], axis=1)
    across = np.stack([np.cos(c * x), np.sin(c * x), np.cos(s * x), np.sin(s * x)], axis=0)
    return np.asarray(down @ across, np.float32)


def dots(bed: Bed, ink: Floats, cells: float, degrees: float) -> Bytes:
    """The plate that prints a working-grid field of ink shares 0 to 1 as dots."""
    index = np.rint(np.clip(ink, 0, 1) * 255).astype(np.uint8)
    level = bed.grow(cv2.LUT(index, _levels()[None]))
    distance = screen(bed, cells, degrees)
    distance -= level
    distance *= np.float32(bed.px_per_cover / (2 * np.pi * cells * 1.05))
    return coverage(distance)


def draw(art: Floats, palette: Palette, width_px: int, height_px: int, px_per_cover: float, seed: int) -> Floats:
    """Flat colour where the picture is not light, dots of the key ink for its shadows, bare paper for its
    lights."""
    bed = Bed(width_px, height_px, px_per_cover, seed)
    rng = np.random.default_rng((seed, 1))
    drawing = prepare(art, bed.width, bed.height, seed, simplify=0.85, warp=0.004, equalise=0.55, shock=6)
    dense = drawing.tone if palette.dark else 1 - drawing.tone
    slips = texture.misregistration(seed, 3, 0.004)
    planes = sheet(bed, palette.paper)
    ground = palette.seconds[0]
    flat = cut(bed, shift(dense, slips[1]), float(rng.uniform(0.2, 0.3)))
    lay(planes, wear(bed, flat, 0.35), ground, opaque=palette.dark)
    rare = np.minimum(drawing.spot, cv2.GaussianBlur(np.clip(1.9 - 2.2 * dense, 0, 1), (0, 0), 3))
    if float((rare > 0.62).mean()) > 0.002:
        lay(planes, wear(bed, cut(bed, shift(rare, slips[2]), 0.62), 0.35, 2), palette.accent, opaque=True)
    ink = np.clip((dense - 0.34) * 1.62, 0, 1)
    cells = float(rng.choice([58, 66, 74]))
    lay(planes, wear(bed, dots(bed, ink, cells, 45), 0.3, 1), palette.key, opaque=palette.dark, strength=0.97)
    return pull(bed, planes, paper=0.9, grain=0.012)


FINISH = Finish(
    "halftone",
    "Coarse dots over a flat, hand-cut second colour, as on the jazz and soul sleeves of the sixties.",
    {
        "jazz": 1.0,
        "r&b": 0.9,
        "punk": 0.7,
        "hip hop": 0.6,
        "funk": 0.7,
        "blues": 0.7,
        "pop": 0.5,
        "latin": 0.6,
        "rock": 0.5,
        "spoken": 0.8,
        "gospel": 0.5,
        "reggae": 0.6,
        "indie": 0.4,
        "soundtrack": 0.4,
        "country": 0.3,
    },
    (1954, 1979),
    draw,
    InkLook(mottle=0.3, spread=0.0006, misregister=0.003, grain=0.012),
    paper=0.9,
)
