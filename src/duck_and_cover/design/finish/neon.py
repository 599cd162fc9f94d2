"""Neon: the palette as a gradient of light, tubes along the edges, bloom, scan lines, a colour fringe."""

from __future__ import annotations

import cv2
import numpy as np

from duck_and_cover import colour
from duck_and_cover.design.finish.base import Finish, InkLook
from duck_and_cover.design.finish.plate import Bed, pull, shift, slope
from duck_and_cover.design.finish.prepare import WORK, prepare, soften
from duck_and_cover.design.inks.palette import Palette, lightness
from duck_and_cover.design.sheet.texture import Floats

__all__ = ["draw", "night"]


def night(palette: Palette) -> Floats:
    """A table of 1024 lights: from near black in the darkest ink's hue through the colourful inks to a hot
    white."""
    dark = colour.srgb_to_oklab(palette.darkest)
    vivid = sorted({*palette.seconds, palette.accent}, key=lightness)
    black = colour.into_gamut([0.13, 1.1 * float(dark[1]), 1.1 * float(dark[2])])
    deep = colour.srgb_to_oklab(vivid[0])
    under = colour.into_gamut([0.3, *(0.9 * deep[1:]).tolist()])
    top = colour.srgb_to_oklab(vivid[-1])
    hot = colour.into_gamut([0.96, *(0.35 * top[1:]).tolist()])
    strong = []
    for ink in vivid:
        light, a, b = (float(v) for v in colour.srgb_to_oklab(ink))
        strong.append(colour.into_gamut([light, 1.25 * a, 1.25 * b]))
    return colour.ramp((black, under, *strong, hot), 1024)


def draw(art: Floats, palette: Palette, width_px: int, height_px: int, px_per_cover: float, seed: int) -> Floats:
    """Tone picks the light; a few levels are drawn as glowing tubes in the accent."""
    bed = Bed(width_px, height_px, px_per_cover, seed)
    drawing = prepare(art, bed.width, bed.height, seed, simplify=1.0, warp=0.003, equalise=0.75, shock=6, knife=28)
    table = night(palette)
    steps = 7.0
    banded = np.floor(drawing.tone * steps) / steps
    tone = np.clip(0.55 * drawing.tone + 0.45 * cv2.GaussianBlur(banded.astype(np.float32), (0, 0), 1.2), 0, 1)
    fall = np.linspace(0.72, 1.08, tone.shape[0], dtype=np.float32)[:, None]
    light = table[np.minimum((tone * fall * 1023).astype(np.int32), 1023)]
    distance = np.full(tone.shape, 1.0, np.float32)
    gentle = np.maximum(slope(drawing.tone), 0.8)
    for level in (0.36, 0.68):
        distance = np.minimum(distance, np.abs(drawing.tone - level) / gentle)
    halo = np.exp(-distance / 0.012)
    bloom = soften(np.clip(light - 0.35, 0, 1), WORK / 28)
    halo = soften(halo, WORK / 160)
    accent = np.asarray(palette.accent, np.float32)
    light = 1 - (1 - light) * (1 - 0.55 * bloom) * (1 - 0.75 * halo[..., None] * accent)
    planes = []
    # a line finer than a pixel is averaged away, as making the export small would do
    depth = 0.07 * max(0.0, float(np.sinc(250 / px_per_cover)))
    scan = (0.93 + depth * np.cos(bed.rows() * np.float32(2 * np.pi * 250))).astype(np.float32)
    for channel, slip in enumerate((-0.0016, 0.0, 0.0016)):
        moved = shift(np.ascontiguousarray(light[..., channel]), (slip, 0.0))
        tube = bed.grow(shift(distance, (slip, 0.0)))
        tube *= np.float32(-px_per_cover)
        tube += np.float32(bed.px(0.0019) + 0.5)
        np.clip(tube, 0, 1, out=tube)
        plane = bed.grow(moved)
        tube *= np.float32(0.3 + 0.7 * accent[channel]) - plane
        plane += tube
        plane *= scan
        planes.append(plane)
    return pull(bed, planes, grain=0.03, grain_size=0.8)


FINISH = Finish(
    "neon",
    "The palette as glowing light with tubes along the edges, bloom, scan lines and a fringe of colour.",
    {
        "synth": 1.0,
        "electronic": 0.6,
        "pop": 0.5,
        "techno": 0.5,
        "funk": 0.4,
        "r&b": 0.4,
        "hip hop": 0.4,
        "soundtrack": 0.5,
        "latin": 0.3,
        "experimental": 0.3,
        "rock": 0.3,
    },
    (1979, None),
    draw,
    InkLook(grain=0.03, misregister=0.0016, glow=0.8),
)
