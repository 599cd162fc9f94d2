"""Photocopy: black or white, toner crumbs, streaks, and one ink run through a second time."""

from __future__ import annotations

import cv2
import numpy as np

from duck_and_cover.design.finish.base import Finish, InkLook
from duck_and_cover.design.finish.halftone import dots
from duck_and_cover.design.finish.plate import Bed, coverage, cut, lay, pull, sheet, wear
from duck_and_cover.design.finish.prepare import WORK, prepare, soften
from duck_and_cover.design.inks.palette import Palette
from duck_and_cover.design.sheet import texture
from duck_and_cover.design.sheet.texture import Floats

__all__ = ["draw"]


def draw(art: Floats, palette: Palette, width_px: int, height_px: int, px_per_cover: float, seed: int) -> Floats:
    """Third-generation copy: solid shadows with crumbling edges, a coarse screen between, a flat of colour
    below."""
    bed = Bed(width_px, height_px, px_per_cover, seed)
    rng = np.random.default_rng((seed, 7))
    drawing = prepare(art, bed.width, bed.height, seed, simplify=0.65, warp=0.003, equalise=0.55, shock=6)
    tone = drawing.tone
    local = tone - soften(tone, WORK / 14)
    dense = np.clip((tone if palette.dark else 1 - tone) + (0.2 if palette.dark else -0.2) * local, 0, 1)
    box = (width_px, height_px, px_per_cover)
    planes = sheet(bed, palette.paper)

    block = soften(drawing.spot, WORK / 45)
    level = float(np.quantile(block, rng.uniform(0.7, 0.82)))
    colour = max((*palette.seconds, palette.accent), key=lambda ink: max(ink) - min(ink))
    lay(planes, wear(bed, cut(bed, block, level), 0.5, 8), colour, opaque=palette.dark)

    crumb = texture.grain(seed + 3, *box, 1.1)
    cloud = texture.spread(texture.fbm(seed + 9, 18, 5, 0.7), *box)
    solid = bed.grow(dense)
    solid += np.float32(0.035) * cloud
    solid += np.float32(0.05) * crumb
    solid -= np.float32(0.6)
    solid *= np.float32(1 / 0.07)
    black = coverage(solid)
    del cloud, solid

    middle = dots(bed, np.clip((dense - 0.27) * 1.5, 0, 0.8), 62.0, 22)
    streak = np.random.default_rng((seed, 8)).random((1, 400)).astype(np.float32) ** 9
    fade = cv2.resize(streak, (max(8, round(px_per_cover)), 1), interpolation=cv2.INTER_AREA)
    fade = np.resize(1 - 0.75 * fade, (1, width_px)).astype(np.float32)
    middle = cv2.multiply(middle, np.ascontiguousarray(np.broadcast_to(fade, middle.shape)), dtype=cv2.CV_8U)
    crumb -= np.float32(3.1)
    crumb *= np.float32(3.0)
    plate = np.maximum(np.maximum(wear(bed, black, 0.35, 2), wear(bed, middle, 0.45, 5)), coverage(crumb))
    lay(planes, plate, palette.key, opaque=True, strength=0.97)
    return pull(bed, planes, paper=1.3, grain=0.014)


FINISH = Finish(
    "xerox",
    "A third-generation photocopy: crumbling blacks, coarse dots, streaks, one ink run through again.",
    {
        "punk": 1.0,
        "hip hop": 0.9,
        "metal": 0.6,
        "experimental": 0.7,
        "techno": 0.6,
        "indie": 0.5,
        "rock": 0.6,
        "spoken": 0.5,
        "electronic": 0.4,
        "reggae": 0.4,
        "blues": 0.3,
    },
    (1976, None),
    draw,
    InkLook(mottle=0.5, spread=-0.0003, grain=0.014),
    paper=1.3,
)
