"""A map of the picture: lines of equal tone in one ink, summits filled, one level picked out."""

from __future__ import annotations

import cv2
import numpy as np

from duck_and_cover.design.finish.base import Finish, InkLook
from duck_and_cover.design.finish.plate import Bed, coverage, cut, lay, pull, sheet, slope
from duck_and_cover.design.finish.prepare import WORK, prepare, soften
from duck_and_cover.design.inks.palette import Palette
from duck_and_cover.design.sheet import texture
from duck_and_cover.design.sheet.texture import Floats

__all__ = ["draw"]


def draw(art: Floats, palette: Palette, width_px: int, height_px: int, px_per_cover: float, seed: int) -> Floats:
    """Lines that grow heavier uphill on a flat ground."""
    bed = Bed(width_px, height_px, px_per_cover, seed)
    rng = np.random.default_rng((seed, 3))
    drawing = prepare(art, bed.width, bed.height, seed, simplify=1.3, warp=0.01, equalise=0.75, shock=0)
    tone = soften(drawing.tone, WORK / 70)
    across, down = tone.shape[1], tone.shape[0]
    tone = tone if palette.dark else 1 - tone
    tone = 0.86 * tone + 0.035 * texture.spread(texture.fbm(seed + 3, 4, 4), across, down, WORK)
    tone = (tone - tone.min()) / (tone.max() - tone.min())
    levels = int(rng.integers(18, 25))
    height = tone * np.float32(levels)
    per_px = bed.grow_roughly(np.maximum(slope(height), 6.0))
    per_px /= np.float32(px_per_cover)
    full = bed.grow(height)
    width = full * np.float32(bed.px(0.0034) / levels)
    width += np.float32(bed.px(0.0013))
    accent_at = np.float32(round(levels * 0.55))
    chosen = np.abs(full - accent_at)
    chosen /= per_px
    accent = coverage(np.float32(bed.px(0.0042)) - chosen)
    del chosen
    away = np.abs(full - np.rint(full))
    away /= per_px
    width -= away
    del away, per_px
    lines = coverage(width)
    summit = cut(bed, height, levels * 0.8 + 0.5)
    planes = sheet(bed, palette.paper)
    lay(planes, cv2.absdiff(lines, summit) if summit.any() else lines, palette.key, opaque=True)
    lay(planes, accent, palette.accent, opaque=True)
    return pull(bed, planes, paper=0.5, grain=0.014)


FINISH = Finish(
    "isolines",
    "A survey of the picture in lines of equal tone, one ink, summits filled and one level marked.",
    {
        "techno": 1.0,
        "electronic": 0.9,
        "ambient": 0.9,
        "experimental": 0.9,
        "classical": 0.4,
        "indie": 0.4,
        "metal": 0.3,
        "rock": 0.3,
        "synth": 0.6,
        "soundtrack": 0.4,
        "jazz": 0.2,
        "spoken": 0.3,
    },
    (1974, None),
    draw,
    InkLook(grain=0.014),
    paper=0.5,
)
