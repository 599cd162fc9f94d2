"""Photograph: a long exposure in two tones, with halation, a light leak, strong grain and dust."""

from __future__ import annotations

import cv2
import numpy as np

from duck_and_cover.design.finish.base import Finish, InkLook
from duck_and_cover.design.finish.plate import Bed, coverage, lay, pull
from duck_and_cover.design.finish.prepare import WORK, prepare, soften
from duck_and_cover.design.inks.palette import Palette
from duck_and_cover.design.sheet import texture
from duck_and_cover.design.sheet.texture import Floats

__all__ = ["draw"]

_CRYSTALS = ((0.5, 0.12), (0.8, 0.09))
"""Layers of crystals: radius of one in cells of 1/1500 cover unit, and the light between one and none, sRGB."""

_CLUMPS = 0.06
"""Deviation of the light of clumps, sRGB."""

_SPARSE = 1.5
"""Deviations of the grain's field beyond which there is a crystal in the deepest shadow: one place in fifteen."""


def _leak(bed: Bed, shape: tuple[int, ...], rng: np.random.Generator) -> Floats:
    """Light that came in at one edge of the camera, 0 to 1."""
    h, w = shape[:2]
    y, x = np.mgrid[0:h, 0:w].astype(np.float32) / np.float32(WORK)
    side = rng.random() < 0.5
    from_edge = x if side else np.float32(bed.width) - x
    ragged = 0.05 * texture.spread(texture.fbm(bed.seed + 13, 3, 2), w, h, WORK)
    centre, tall = rng.uniform(0.1, 0.9) * bed.height, rng.uniform(0.25, 0.5)
    shape_y = np.exp(-(((y - centre) / tall) ** 2))
    return np.asarray(np.exp(-np.maximum(from_edge + ragged, 0) / (0.13 * (0.4 + shape_y))) * (0.35 + 0.65 * shape_y))


def _moved(tone: Floats, rng: np.random.Generator) -> Floats:
    """The exposure: a sharp flash picture over a long one in which the camera moved, so that blur has a
    direction."""
    reach = rng.uniform(0.05, 0.11) * WORK
    turn = np.deg2rad(rng.choice([90, 90, 0, 12, 78]) + rng.uniform(-4, 4))
    y, x = np.mgrid[0 : tone.shape[0], 0 : tone.shape[1]].astype(np.float32)
    long = tone
    for share in (0.5, 0.25, 0.125, 0.0625):
        dx, dy = np.float32(reach * share * np.cos(turn)), np.float32(reach * share * np.sin(turn))
        ahead = cv2.remap(long, x + dx, y + dy, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
        behind = cv2.remap(long, x - dx, y - dy, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
        long = 0.5 * (ahead + behind)
    mixed = 0.42 * tone + 0.58 * long
    low, high = np.percentile(mixed, (2, 98))
    return np.clip((mixed - low) / max(float(high - low), 0.05), 0, 1).astype(np.float32)


def draw(art: Floats, palette: Palette, width_px: int, height_px: int, px_per_cover: float, seed: int) -> Floats:
    """Shadows and lights take the palette's colours; a little of the art's own colour stays."""
    bed = Bed(width_px, height_px, px_per_cover, seed)
    rng = np.random.default_rng((seed, 6))
    drawing = prepare(art, bed.width, bed.height, seed, simplify=0.6, warp=0.002, equalise=0.45, shock=6, own=True)
    tone = _moved(drawing.tone, rng)
    tone = tone * tone * (3 - 2 * tone)
    y, x = np.mgrid[0 : tone.shape[0], 0 : tone.shape[1]].astype(np.float32)
    middle = np.hypot(x / tone.shape[1] - 0.5, y / tone.shape[0] - 0.5)
    tone = tone * (1 - 0.55 * np.clip(middle - 0.28, 0, 1) ** 1.2)
    light = palette.ramp(1024)[(np.clip(tone, 0, 1) * 1023).astype(np.int32)]
    own = drawing.rgb * (0.35 + 0.65 * tone / (drawing.tone + 0.08))[..., None]
    light = 0.82 * light + 0.18 * np.clip(own, 0, 1)
    soft = soften(light, WORK / 60)
    light = np.clip(0.72 * light + 0.28 * soft, 0, 1)
    high = soften(np.clip(tone - 0.72, 0, 1), WORK / 22)[..., None]
    warm = np.array([1.0, 0.42, 0.16], np.float32)
    leak = _leak(bed, tone.shape, rng)[..., None] * np.float32(0.75 if rng.random() < 0.5 else 0.3)
    glow = 0.5 * np.asarray(palette.accent, np.float32) + 0.5 * warm
    light = 1 - (1 - light) * (1 - np.clip(1.6 * high, 0, 1) * warm) * (1 - leak * glow)
    light = 0.045 + 0.93 * light
    planes = [bed.grow(np.ascontiguousarray(light[..., c], np.float32)) for c in range(3)]
    speckle = _grains(bed, tone)
    for plane in planes:
        plane += speckle
    lay(planes, _dust(bed, rng), (0.97, 0.94, 0.88), opaque=True, strength=0.5)
    return pull(bed, planes, paper=0.35)


def _grains(bed: Bed, tone: Floats) -> Floats:
    """What silver adds to the light, `(height_px, width_px)`, mean 0 at any tone: soft clumps, and on them layers of
    crystals that are there or not, with edges of a pixel. Shadows hold a few light ones, lights a few dark ones.

    Reference: Newson et al. 2017, A stochastic film grain model for resolution-independent rendering.
    """
    box = (bed.width_px, bed.height_px, bed.px_per_cover)
    total = texture.grain(bed.seed + 6, *box, 1.0)
    total *= bed.grow_roughly((_CLUMPS * (1.0 - 0.75 * np.abs(tone - 0.42))).astype(np.float32))
    level = (_SPARSE * (1 - 2 * np.clip(tone, 0, 1))).astype(np.float32)
    steep = np.float32(max(bed.px_per_cover / texture.FINEST, 0.4))  # pixels larger than grains average them
    levels = np.linspace(-_SPARSE, _SPARSE, 33, dtype=np.float32)
    for layer, (size, strength) in enumerate(_CRYSTALS):
        there = texture.grain(bed.seed + 5 + 72 * layer, *box, size)
        sample = there[::7, ::7]
        expected = np.array([np.clip(0.5 + (sample - each) * steep, 0, 1).mean() for each in levels], np.float32)
        there -= bed.grow_roughly(level)
        there *= steep
        there += np.float32(0.5)
        np.clip(there, 0, 1, out=there)
        there -= bed.grow_roughly(np.interp(level, levels, expected).astype(np.float32))
        there *= np.float32(strength)
        total += there
    return total


def _dust(bed: Bed, rng: np.random.Generator) -> np.ndarray:
    """A few specks and hairs on the negative, drawn at twice the working grid and grown."""
    w, h = round(bed.width * 2 * WORK), round(bed.height * 2 * WORK)
    marks = np.zeros((h, w), np.uint8)
    for _ in range(int(rng.integers(25, 60) * bed.width * bed.height) + 1):
        centre = (int(rng.uniform(0, w)), int(rng.uniform(0, h)))
        cv2.circle(marks, centre, int(rng.integers(1, 3)), (255,), -1, cv2.LINE_AA)
    for _ in range(int(rng.integers(1, 5))):
        start, turn = rng.uniform(0, [w, h]), rng.uniform(0, 2 * np.pi)
        angles = turn + np.cumsum(rng.normal(0, 0.16, 40))
        path = start + np.cumsum(np.stack([np.cos(angles), np.sin(angles)], 1) * 3.0, axis=0)
        cv2.polylines(marks, [np.rint(path * 8).astype(np.int32)], False, (200,), 1, cv2.LINE_AA, 3)
    return coverage(bed.grow_roughly(marks.astype(np.float32) / 255) - np.float32(0.5))


FINISH = Finish(
    "film",
    "A soft photograph on grainy film in two tones, with halation, a light leak and dust.",
    {
        "ambient": 0.8,
        "indie": 0.8,
        "r&b": 0.7,
        "classical": 0.6,
        "soundtrack": 0.9,
        "pop": 0.6,
        "folk": 0.5,
        "hip hop": 0.5,
        "country": 0.6,
        "rock": 0.5,
        "jazz": 0.5,
        "blues": 0.5,
        "gospel": 0.6,
        "electronic": 0.4,
        "metal": 0.4,
        "world": 0.4,
        "spoken": 0.4,
        "latin": 0.3,
        "synth": 0.3,
        "reggae": 0.3,
    },
    (1964, None),
    draw,
    InkLook(grain=0.05, glow=0.15),
    paper=0.35,
    from_ink=False,
)
