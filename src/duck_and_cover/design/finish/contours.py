"""Flat colours with an inked edge, cut by hand out of the picture's tones, hatched in the shade."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from duck_and_cover import colour
from duck_and_cover.design.finish.base import Finish, InkLook
from duck_and_cover.design.finish.plate import Bed, coverage, cut, lay, painted, pull, slope, wear
from duck_and_cover.design.finish.prepare import WORK, Drawing, prepare, soften
from duck_and_cover.design.inks.palette import Palette
from duck_and_cover.design.sheet import texture
from duck_and_cover.design.sheet.texture import Bytes, Floats

__all__ = ["Cut", "cut_steps", "draw", "hatch", "outline", "print_steps", "step_table"]


@dataclass(frozen=True)
class Cut:
    """Tones cut into flat steps: which colour where, and where the knife went."""

    index: Bytes
    edge: Bytes


def step_table(palette: Palette, steps: int) -> Floats:
    """`(256, 3)` colours of `steps` flat levels, joined so that an index between two levels mixes them."""
    return colour.ramp(palette.levels(steps), 256)


def cut_steps(bed: Bed, tone: Floats, steps: int, line: float, seed: int) -> Cut:
    """Cut a working-grid tone into `steps` levels with an edge line about `line` cover units wide that
    swells."""
    height = np.clip(tone, 0, 1) * np.float32(steps)
    gentle = np.maximum(slope(height), 2.0)
    full = bed.grow(height)
    np.clip(full, 0.501, steps - 0.501, out=full)
    per_px = bed.grow_roughly(gentle)
    per_px /= np.float32(bed.px_per_cover)
    whole = np.floor(full - 0.5)
    full -= whole
    full -= 1.0
    full /= per_px
    hand = texture.spread(texture.fbm(seed + 77, 11, 3), bed.width_px, bed.height_px, bed.px_per_cover)
    hand *= np.float32(0.3 * bed.px(line) / 2)
    hand += np.float32(bed.px(line) / 2)
    hand -= np.abs(full)
    edge = coverage(hand)
    full += 0.5
    np.clip(full, 0, 1, out=full)
    full += whole
    full *= np.float32(255 / (steps - 1))
    return Cut(np.rint(full).astype(np.uint8), edge)


def outline(bed: Bed, field: Floats, level: float, line: float) -> Bytes:
    """The plate of the border where a working-grid field crosses a level, `line` cover units wide."""
    away = bed.grow(field)
    away -= np.float32(level)
    np.abs(away, out=away)
    per_px = bed.grow_roughly(np.maximum(slope(field), 0.6))
    per_px /= np.float32(-bed.px_per_cover)
    away /= per_px
    away += np.float32(bed.px(line) / 2)
    return coverage(away)


def hatch(bed: Bed, ink: Floats, lines: float, degrees: float, bend: Floats | None = None) -> Bytes:
    """The plate of parallel lines, `lines` to the cover unit, whose width follows a working-grid ink share
    0 to 1.

    bend: working-grid phase in lines added to the straight ones, so that they follow the form.
    """
    turn = np.deg2rad(degrees)
    rate: float | Floats = float(lines)
    phase = bed.along(degrees, lines)
    if bend is not None:
        calm = cv2.GaussianBlur(bend, (0, 0), 1.0)
        gx = cv2.Sobel(calm, cv2.CV_32F, 1, 0, scale=WORK / 8) + np.float32(lines * np.cos(turn))
        gy = cv2.Sobel(calm, cv2.CV_32F, 0, 1, scale=WORK / 8) + np.float32(lines * np.sin(turn))
        rate = bed.grow_roughly(np.maximum(cv2.magnitude(gx, gy), 0.25 * lines))
        phase += bed.grow(bend)
    phase -= np.floor(phase)
    phase -= 0.5
    np.abs(phase, out=phase)
    width = bed.grow(np.clip(ink, 0, 1) * np.float32(0.54) - np.float32(0.02))
    width -= phase
    width *= np.float32(bed.px_per_cover)
    width /= rate
    return coverage(width)


def print_steps(bed: Bed, drawing: Drawing, palette: Palette, steps: int, *, line: float, shade: float) -> Floats:
    """The printed picture: flat steps, hatched second shadow, a spot of accent, inked edges."""
    rng = np.random.default_rng((bed.seed, 2))
    pieces = cut_steps(bed, drawing.tone, steps, line, bed.seed)
    planes = painted(pieces.index, step_table(palette, steps))
    rare = drawing.spot - np.abs(drawing.tone - 0.55)
    level = float(np.quantile(rare, 0.955))
    if level > 0.15:
        spot = cut(bed, rare, level)
        lay(planes, spot, palette.accent, opaque=True)
        pieces = Cut(pieces.index, np.maximum(pieces.edge, outline(bed, rare, level, line)))
    if shade > 0:
        lower = np.clip((2.6 / steps - drawing.tone) * steps * 0.7, 0, 0.85)
        calm = soften(drawing.tone, WORK / 40)
        lines = hatch(bed, lower * shade, 92, float(rng.uniform(20, 70)), calm * 7)
        lay(planes, wear(bed, lines, 0.4, 3), palette.darkest, opaque=False, strength=0.75)
    lay(planes, wear(bed, pieces.edge, 0.25, 4), palette.darkest, opaque=True, strength=0.92)
    return pull(bed, planes, paper=1.0, grain=0.01)


def draw(art: Floats, palette: Palette, width_px: int, height_px: int, px_per_cover: float, seed: int) -> Floats:
    """Four to six flat colours with inked edges."""
    bed = Bed(width_px, height_px, px_per_cover, seed)
    drawing = prepare(art, bed.width, bed.height, seed, simplify=0.95, warp=0.004, equalise=0.5, shock=6, knife=44)
    steps = min(6, max(4, len(palette.colours)))
    return print_steps(bed, drawing, palette, steps, line=0.0026, shade=0.8)


FINISH = Finish(
    "contours",
    "Flat colours cut from the tones by hand, each with an inked edge and hatched shade.",
    {
        "folk": 1.0,
        "rock": 0.8,
        "country": 0.6,
        "world": 0.9,
        "indie": 0.6,
        "reggae": 0.9,
        "funk": 0.9,
        "latin": 0.6,
        "soundtrack": 0.5,
        "blues": 0.5,
        "pop": 0.4,
        "gospel": 0.5,
        "metal": 0.4,
        "hip hop": 0.4,
        "r&b": 0.4,
    },
    (1966, 1982),
    draw,
    InkLook(mottle=0.3, spread=0.0005, grain=0.01),
    paper=1.0,
)
