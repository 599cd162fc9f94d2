"""Paint: layers of brush strokes that follow the forms, large to small, with bristles and raised edges.

After A. Hertzmann 1998, "Painterly rendering with curved brush strokes of multiple sizes": each layer only
paints where the one below still differs. Strokes are drawn as flat, slightly bent bands; bristles are then
read from a band-limited noise along each stroke's own direction, which is kept beside its colour.
"""

from __future__ import annotations

import cv2
import numpy as np

from duck_and_cover.design.finish.base import Finish, InkLook
from duck_and_cover.design.finish.plate import Bed
from duck_and_cover.design.finish.prepare import WORK, Drawing, prepare, soften
from duck_and_cover.design.inks.palette import Palette
from duck_and_cover.design.sheet import texture
from duck_and_cover.design.sheet.texture import Bytes, Floats

__all__ = ["draw", "flow"]

_LAYERS = ((0.062, 1.0, 3.2), (0.030, 1.25, 4.0), (0.0145, 1.35, 4.6))
"""Brush width in cover units, how often a spot is covered, length in widths."""


def flow(tone: Floats, seed: int) -> Floats:
    """Direction of the strokes: along the edges, and where there are none along a slow swirl."""
    calm = soften(tone, WORK / 90)
    gx, gy = cv2.Sobel(calm, cv2.CV_32F, 1, 0), cv2.Sobel(calm, cv2.CV_32F, 0, 1)
    swirl = 1.3 * texture.spread(texture.fbm(seed + 21, 2, 3), tone.shape[1], tone.shape[0], WORK) + 0.5
    xx, yy, xy = (soften(j, WORK / 60) for j in (gx * gx, gy * gy, gx * gy))
    weak = np.float32(0.15 * np.mean(xx + yy) + 1e-6)
    return 0.5 * np.arctan2(2 * xy - weak * np.sin(2 * swirl), xx - yy - weak * np.cos(2 * swirl)) + np.pi / 2


def _strokes(bed: Bed, drawing: Drawing, picture: Floats, rng: np.random.Generator) -> tuple[Bytes, Bytes]:
    """All layers drawn at full size: colours, and each stroke's direction (0 to 255 is half a turn) and
    depth."""
    h, w = bed.height_px, bed.width_px
    canvas = np.empty((h, w, 3), np.uint8)
    canvas[:] = np.rint(255 * np.median(picture.reshape(-1, 3), axis=0)).astype(np.uint8)
    course = np.full((h, w), 40, np.uint8)
    angle = flow(drawing.tone, bed.seed)
    edge = cv2.GaussianBlur(
        cv2.magnitude(*(cv2.Sobel(drawing.tone, cv2.CV_32F, *d) for d in ((1, 0), (0, 1)))), (0, 0), 6
    )
    edge /= np.percentile(edge, 96) + 1e-6
    scale = bed.px_per_cover * 16
    for layer, (width, cover, length) in enumerate(_LAYERS):
        step = width / np.sqrt(cover)
        columns, lines = int(bed.width / step) + 2, int(bed.height / step) + 2
        grid = np.stack(np.meshgrid(np.arange(columns), np.arange(lines)), -1).reshape(-1, 2) - 0.5
        at = (grid + rng.uniform(-0.5, 0.5, grid.shape)) * step
        ix = np.clip((at[:, 0] * WORK).astype(int), 0, angle.shape[1] - 1)
        iy = np.clip((at[:, 1] * WORK).astype(int), 0, angle.shape[0] - 1)
        lot = rng.random((5, len(at)))
        keep = lot[0] < (
            1.0 if layer == 0 else np.clip(0.25 + edge[iy, ix], 0, 1) if layer == 1 else edge[iy, ix] * 0.9
        )
        turn = angle[iy, ix] + (lot[1] - 0.5) * (0.7, 0.5, 0.4)[layer]
        shade = (lot[2] - 0.5) * (0.09, 0.075, 0.06)[layer]
        tint = np.clip(picture[iy, ix] + shade[:, None] + (rng.random((len(at), 3)) - 0.5) * 0.03, 0, 1)
        half = width * length * (0.7 + 0.6 * lot[3]) / 2
        bend = (lot[4] - 0.5) * 0.5
        along = np.stack([np.cos(turn), np.sin(turn)], -1)
        aside = np.stack([-along[:, 1], along[:, 0]], -1)
        t = np.array([-1, -0.85, -0.5, 0, 0.5, 0.85, 1.0])
        fat = width * 0.5 * np.array([0.45, 0.85, 1, 1, 0.96, 0.8, 0.35])
        spine = at[:, None] + half[:, None, None] * (
            t[:, None] * along[:, None] + (bend[:, None] * t**2)[..., None] * aside[:, None]
        )
        out = np.concatenate(
            [spine + fat[:, None] * aside[:, None], (spine - fat[:, None] * aside[:, None])[:, ::-1]], 1
        )
        points = np.rint(out * scale - 8).astype(np.int32)
        colours = np.rint(tint * 255).astype(int).tolist()
        courses = np.rint(((turn / np.pi) % 1) * 255).astype(int).tolist()
        order = rng.permutation(len(at))
        for i in order[keep[order]].tolist():
            cv2.fillPoly(canvas, [points[i]], colours[i], cv2.LINE_AA, 4)
            cv2.fillPoly(course, [points[i]], courses[i], cv2.LINE_8, 4)
    return canvas, course


def _bristles(bed: Bed, course: Bytes) -> Floats:
    """Height of the paint in each stroke: noise across its direction, nearly constant along it; deviation
    about 1."""
    turn = np.arange(256) * (np.pi / 255)
    span = np.float32(4096)
    noise = np.random.default_rng((bed.seed, 31)).standard_normal(4096).astype(np.float32)
    noise = cv2.GaussianBlur(noise[None], (0, 0), 1.0)
    noise = noise / noise.std()
    density = 560.0
    across = cv2.LUT(course, np.sin(turn).astype(np.float32)[None] * np.float32(-density))
    across *= bed.columns()
    part = cv2.LUT(course, np.cos(turn).astype(np.float32)[None] * np.float32(density))
    part *= bed.rows()
    across += part
    part = cv2.LUT(course, ((np.arange(256) * 97.3) % 3000).astype(np.float32)[None])
    across += part
    wobble = texture.spread(texture.fbm(bed.seed + 8, 12, 3), bed.width_px, bed.height_px, bed.px_per_cover)
    wobble *= np.float32(2.0)
    across += wobble
    across %= span
    part[:] = 0
    return np.asarray(cv2.remap(noise, across, part, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32)


def draw(art: Floats, palette: Palette, width_px: int, height_px: int, px_per_cover: float, seed: int) -> Floats:
    """The art's colours drawn to the palette's, laid on in three sizes of brush and lit from the upper
    left."""
    bed = Bed(width_px, height_px, px_per_cover, seed)
    rng = np.random.default_rng((seed, 9))
    drawing = prepare(art, bed.width, bed.height, seed, simplify=0.6, warp=0.004, equalise=0.4, shock=6, own=True)
    table = palette.ramp(1024)
    tone = drawing.tone
    picture = 0.68 * table[(tone * 1023).astype(np.int32)] + 0.32 * drawing.rgb
    accent = np.clip((drawing.spot - 0.72) * 4, 0, 1)[..., None] * np.float32(0.6)
    picture = (1 - accent) * picture + accent * np.asarray(palette.accent, np.float32)
    canvas, course = _strokes(bed, drawing, np.asarray(picture, np.float32), rng)
    height = _bristles(bed, course)
    height *= np.float32(0.026)
    height += cv2.cvtColor(canvas, cv2.COLOR_RGB2GRAY) * np.float32(0.35 / 255)
    reach = bed.px(0.0011)
    height = cv2.GaussianBlur(height, (0, 0), max(0.3, reach * 0.35))
    step = np.array([[1, 0, reach], [0, 1, reach]], np.float32)
    relief = height - cv2.warpAffine(height, step, (width_px, height_px), borderMode=cv2.BORDER_REPLICATE)
    del height
    relief *= np.float32(-1.9)
    np.clip(relief, -0.13, 0.16, out=relief)
    out = canvas.astype(np.float32)
    del canvas
    out *= np.float32(1 / 255)
    relief += texture.paper(seed, width_px, height_px, px_per_cover, 0.9) - np.float32(1.0)
    for channel in range(3):
        out[..., channel] += relief
    np.clip(out, 0, 1, out=out)
    return out


FINISH = Finish(
    "paint",
    "Oil paint in three sizes of brush, bristles and raised edges lit from the upper left.",
    {
        "classical": 1.0,
        "ambient": 0.6,
        "folk": 0.6,
        "jazz": 0.5,
        "metal": 0.5,
        "soundtrack": 0.6,
        "country": 0.4,
        "rock": 0.5,
        "world": 0.5,
        "gospel": 0.5,
        "r&b": 0.4,
        "blues": 0.5,
        "indie": 0.4,
        "latin": 0.4,
        "hip hop": 0.3,
    },
    (None, None),
    draw,
    InkLook(mottle=0.1, grain=0.01),
    paper=0.9,
    from_ink=False,
)
