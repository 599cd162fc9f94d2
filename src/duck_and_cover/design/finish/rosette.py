"""Rosette: three screens of dots at their own angles, as in a comic or a magazine under the glass."""

from __future__ import annotations

import numpy as np

from duck_and_cover.design.finish.base import Finish, InkLook
from duck_and_cover.design.finish.halftone import dots
from duck_and_cover.design.finish.plate import Bed, lay, pull, sheet, shift, wear
from duck_and_cover.design.finish.prepare import prepare
from duck_and_cover.design.inks.palette import Palette
from duck_and_cover.design.sheet import texture
from duck_and_cover.design.sheet.texture import Floats

__all__ = ["draw"]


def draw(art: Floats, palette: Palette, width_px: int, height_px: int, px_per_cover: float, seed: int) -> Floats:
    """Two colours share the tones by the art's warm and cool sides; the key ink draws the shadows."""
    bed = Bed(width_px, height_px, px_per_cover, seed)
    drawing = prepare(art, bed.width, bed.height, seed, simplify=0.8, warp=0.004, equalise=0.6, shock=6)
    dense = drawing.tone if palette.dark else 1 - drawing.tone
    slips = texture.misregistration(seed, 4, 0.002)
    first, second = (*palette.seconds, palette.accent)[:2]
    side = np.clip((drawing.warmth - 0.5) * 2.2 + 0.5, 0, 1)
    plates = (
        (first, 1.5 * (dense - 0.12) * (0.12 + 0.88 * side), 15.0),
        (second, 1.5 * (dense - 0.12) * (0.12 + 0.88 * (1 - side)), 75.0),
        (palette.key, 2.1 * dense - 1.1, 45.0),
    )
    planes = sheet(bed, palette.paper)
    for i, (ink, share, degrees) in enumerate(plates):
        plate = dots(bed, shift(np.clip(share, 0, 1).astype(np.float32), slips[i + 1]), 68.0, degrees)
        lay(planes, wear(bed, plate, 0.2, i), ink, opaque=palette.dark, strength=0.92)
    return pull(bed, planes, paper=0.8, grain=0.01)


FINISH = Finish(
    "rosette",
    "Three screens of coloured dots at their own angles, as in a comic or a magazine under the glass.",
    {
        "pop": 0.9,
        "rock": 0.8,
        "punk": 0.5,
        "latin": 0.6,
        "hip hop": 0.6,
        "r&b": 0.6,
        "funk": 0.7,
        "reggae": 0.6,
        "indie": 0.5,
        "soundtrack": 0.4,
        "country": 0.5,
        "electronic": 0.4,
        "gospel": 0.5,
        "world": 0.5,
    },
    (1962, 2002),
    draw,
    InkLook(mottle=0.2, spread=0.0004, misregister=0.002, grain=0.01),
    paper=0.8,
)
