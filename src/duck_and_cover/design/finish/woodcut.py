"""Woodcut: every tone is a bundle of gouge marks that run along the forms.

The marks are noise smeared along the structure of the picture (line integral convolution, B. Cabral and
L. Leedom 1993, done by repeated doubling of the smear), ranked, and cut where the picture is lighter than
their rank.
"""

from __future__ import annotations

import cv2
import numpy as np

from duck_and_cover.design.finish.base import Finish, InkLook
from duck_and_cover.design.finish.paint import flow
from duck_and_cover.design.finish.plate import Bed, cut, lay, pull, sheet, shift, wear
from duck_and_cover.design.finish.prepare import WORK, prepare, ranked
from duck_and_cover.design.inks.palette import Palette
from duck_and_cover.design.sheet import texture
from duck_and_cover.design.sheet.texture import Floats

__all__ = ["draw", "gouges"]


def gouges(angle: Floats, seed: int, gap: float) -> Floats:
    """Ranked marks 0 to 1 along a field of directions, about `gap` cover units from one to the next."""
    h, w = angle.shape
    field = cv2.GaussianBlur(texture.spread(texture.white(seed + 61, WORK), w, h, WORK), (0, 0), gap * WORK / 3.4)
    c, s = np.cos(angle).astype(np.float32), np.sin(angle).astype(np.float32)
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    for reach in (1.5, 3.0, 6.0, 12.0, 20.0):
        ahead = cv2.remap(field, x + reach * c, y + reach * s, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
        behind = cv2.remap(field, x - reach * c, y - reach * s, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
        field = (ahead + behind + field) / 3
    return ranked(field)


def draw(art: Floats, palette: Palette, width_px: int, height_px: int, px_per_cover: float, seed: int) -> Floats:
    """One block for the key ink, carved; one flat block for a second colour, a little off."""
    bed = Bed(width_px, height_px, px_per_cover, seed)
    drawing = prepare(art, bed.width, bed.height, seed, simplify=0.8, warp=0.004, equalise=0.55, shock=7)
    dense = drawing.tone if palette.dark else 1 - drawing.tone
    marks = gouges(np.asarray(flow(drawing.tone, seed), np.float32), seed, 0.0125)
    slip = texture.misregistration(seed, 2, 0.004)[1]
    planes = sheet(bed, palette.paper)
    lay(
        planes,
        wear(bed, cut(bed, shift(dense, slip), 0.33), 0.45, 1),
        palette.seconds[0],
        opaque=palette.dark,
    )
    rare = drawing.spot - dense * 0.6
    lay(
        planes,
        wear(bed, cut(bed, shift(rare, slip), float(np.quantile(rare, 0.96))), 0.4, 2),
        palette.accent,
        opaque=True,
    )
    ink = np.clip((dense - 0.3) * 1.9, -0.05, 1.05)
    lay(planes, wear(bed, cut(bed, ink - marks, 0.0), 0.4), palette.key, opaque=True)
    return pull(bed, planes, paper=1.2, grain=0.008)


FINISH = Finish(
    "woodcut",
    "A carved block: gouge marks that run along the forms, over one flat colour.",
    {
        "folk": 0.8,
        "metal": 0.8,
        "blues": 0.8,
        "world": 0.7,
        "country": 0.5,
        "punk": 0.4,
        "classical": 0.4,
        "gospel": 0.8,
        "latin": 0.5,
        "indie": 0.4,
        "reggae": 0.4,
        "experimental": 0.4,
        "spoken": 0.4,
        "jazz": 0.4,
    },
    (None, None),
    draw,
    InkLook(mottle=0.45, spread=0.0005, misregister=0.003, grain=0.008),
    paper=1.2,
)
