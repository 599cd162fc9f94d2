"""Risograph: two or three bright inks, each a grain of tiny dots, each plate a little off."""

from __future__ import annotations

import numpy as np

from duck_and_cover.design.finish.base import Finish, InkLook
from duck_and_cover.design.finish.plate import Bed, coverage, lay, pull, sheet, shift, wear
from duck_and_cover.design.finish.prepare import prepare
from duck_and_cover.design.inks.palette import Palette
from duck_and_cover.design.sheet import texture
from duck_and_cover.design.sheet.texture import Bytes, Floats

__all__ = ["draw", "grain_touch"]


def grain_touch(bed: Bed, ink: Floats, salt: int, rough: float = 0.21) -> Bytes:
    """The plate that prints a working-grid ink share as random grains (the machine's own screen)."""
    field = texture.grain(bed.seed * 3 + salt, bed.width_px, bed.height_px, bed.px_per_cover, 0.75)
    # Below the lattice a pixel averages several grains, some printed and some not: its step is as much wider
    # as the deviation lost in averaging, so a small preview has the tones of the export made small.
    lost = max(0.0, 1 - float(field[::4, ::4].var())) if bed.px_per_cover < texture.FINEST else 0.0
    width = float(np.sqrt(0.22**2 + 12 * rough**2 * lost))
    field *= np.float32(rough)
    field += bed.grow(ink)
    field -= np.float32(0.5)
    field *= np.float32(1 / width)
    return coverage(field)


def draw(art: Floats, palette: Palette, width_px: int, height_px: int, px_per_cover: float, seed: int) -> Floats:
    """Colour goes by the art's own warm and cool sides, tone by how much ink; the dark ink only draws."""
    bed = Bed(width_px, height_px, px_per_cover, seed)
    drawing = prepare(art, bed.width, bed.height, seed, simplify=0.8, warp=0.004, equalise=0.6, shock=5)
    dense = drawing.tone if palette.dark else 1 - drawing.tone
    slips = texture.misregistration(seed, 4, 0.0045)
    first, second = (*palette.seconds, palette.accent)[:2]
    side = np.clip((drawing.warmth - 0.5) * 2.6 + 0.5, 0, 1)
    plates = (
        (first, np.clip(1.15 * dense + 0.75 * side - 0.42, 0, 1), 0.86),
        (second, np.clip(1.15 * dense + 0.75 * (1 - side) - 0.48, 0, 1), 0.86),
        (palette.key, np.clip(1.9 * dense - 1.08, 0, 1), 0.95),
    )
    planes = sheet(bed, palette.paper)
    for i, (ink, share, strength) in enumerate(plates):
        plate = grain_touch(bed, shift(share, slips[i + 1]), i)
        lay(planes, wear(bed, plate, 0.3, i), ink, opaque=palette.dark, strength=strength)
    return pull(bed, planes, paper=0.8)


FINISH = Finish(
    "riso",
    "Two or three bright inks in grain-touch, overprinting where they meet and never quite in register.",
    {
        "indie": 1.0,
        "pop": 0.9,
        "electronic": 0.6,
        "hip hop": 0.5,
        "punk": 0.6,
        "folk": 0.4,
        "r&b": 0.5,
        "latin": 0.5,
        "experimental": 0.5,
        "spoken": 0.5,
        "world": 0.4,
        "funk": 0.4,
        "jazz": 0.4,
        "ambient": 0.4,
        "techno": 0.3,
    },
    (1988, None),
    draw,
    InkLook(mottle=0.35, spread=0.0004, misregister=0.004, grain=0.0),
    paper=0.8,
)
