"""Engraving: swelling lines that bend round the form, crossed in the shadows, over one tint."""

from __future__ import annotations

import numpy as np

from duck_and_cover.design.finish.base import Finish, InkLook
from duck_and_cover.design.finish.contours import hatch
from duck_and_cover.design.finish.plate import Bed, cut, lay, pull, sheet, wear
from duck_and_cover.design.finish.prepare import WORK, prepare, soften
from duck_and_cover.design.inks.palette import Palette
from duck_and_cover.design.sheet.texture import Floats

__all__ = ["draw"]


def draw(art: Floats, palette: Palette, width_px: int, height_px: int, px_per_cover: float, seed: int) -> Floats:
    """Lines at least eight pixels apart in a 300 px thumbnail, so that they stay lines."""
    bed = Bed(width_px, height_px, px_per_cover, seed)
    rng = np.random.default_rng((seed, 5))
    drawing = prepare(art, bed.width, bed.height, seed, simplify=0.75, warp=0.003, equalise=0.65, shock=6)
    dense = drawing.tone if palette.dark else 1 - drawing.tone
    form = soften(drawing.tone, WORK / 34)
    angle = float(rng.uniform(60, 120))
    ink = np.clip((dense - 0.1) * 1.16, 0, 1)
    planes = sheet(bed, palette.paper)
    lay(
        planes,
        cut(bed, dense, 0.3),
        palette.seconds[0],
        opaque=palette.dark,
        strength=0.55 if palette.light else 0.8,
    )
    main = hatch(bed, ink, 37.5, angle, form * 4.2)
    cross = hatch(bed, np.clip((dense - 0.52) * 1.7, 0, 1), 37.5, angle - 62, form * -3.4)
    plate = np.maximum(np.maximum(main, cross), cut(bed, dense, 0.93))
    lay(planes, wear(bed, plate, 0.25), palette.key, opaque=True)
    return pull(bed, planes, paper=1.1, grain=0.008)


FINISH = Finish(
    "engraving",
    "Swelling engraved lines bent round the form and crossed in the shadows, over a single tint.",
    {
        "metal": 0.8,
        "folk": 0.8,
        "classical": 0.8,
        "country": 0.8,
        "blues": 0.6,
        "gospel": 0.6,
        "spoken": 0.6,
        "soundtrack": 0.4,
        "rock": 0.5,
        "world": 0.4,
        "punk": 0.3,
        "experimental": 0.4,
        "jazz": 0.3,
        "latin": 0.3,
    },
    (None, None),
    draw,
    InkLook(mottle=0.22, spread=0.0003, grain=0.008),
    paper=1.1,
)
