"""Making a blurred little picture look drawn: simplified, equalised, sharpened into shapes.

Everything happens on a working grid that depends on the cover and not on the output (`WORK` cells to the
cover unit), so finishes look the same at every size. Legend: `H W` working grid, tone 0 black to 1 white.

References:
    shock filter along the structure tensor: J. Weickert 2003, "Coherence-enhancing shock filters".
    repeated medians move edges by their curvature: Merriman, Bence, Osher 1992.
    CLAHE: K. Zuiderveld 1994, Graphics Gems IV.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from duck_and_cover import colour
from duck_and_cover.design.sheet import texture
from duck_and_cover.design.sheet.texture import Floats

__all__ = ["Drawing", "crop", "equalised", "faceted", "prepare", "ranked", "restlessness", "soften", "trimmed"]

WORK = 768
"""Cells of the working grid to one cover unit."""

_BASE = 192
"""Side of the grid on which shapes are found, over the whole art."""


@dataclass(frozen=True)
class Drawing:
    """Art turned into fields a printer can use, all on the working grid.

    tone:   (H, W) 0 to 1, equalised, with edges instead of blur
    warmth: (H, W) 0 to 1, place on the art's own main colour axis, ranked so that half the picture is above
    0.5
    spot:   (H, W) 0 to 1, how much a place differs in colour from the rest: where an accent belongs
    rgb:    (H, W, 3) sRGB, the colours with the same edges
    """

    tone: Floats
    warmth: Floats
    spot: Floats
    rgb: Floats


def crop(art: Floats, aspect: float) -> Floats:
    """The middle of the art with the given width to height ratio.

    A ratio within a thirtieth is kept as it is: boxes are rounded to pixels, and a row more or less of small art
    would shift everything between a preview and its export.
    """
    h, w = art.shape[:2]
    if abs(w / h - aspect) < aspect / 30:
        return art
    if w > h * aspect:
        keep = max(1, round(h * aspect))
        return art[:, (w - keep) // 2 : (w - keep) // 2 + keep]
    keep = max(1, round(w / aspect))
    return art[(h - keep) // 2 : (h - keep) // 2 + keep]


def trimmed(art: Floats) -> Floats:
    """The art without its outermost thirtieth, where networks leave frames and ringing."""
    h, w = art.shape[:2]
    dy, dx = h // 30, w // 30
    return art[dy : h - dy, dx : w - dx]


def restlessness(small: Floats) -> float:
    """How much of the art is fine scribble, as a factor for simplifying: 0.85 calm to 1.8 busy."""
    grey = small.mean(2)
    reach = 1.5 * max(grey.shape) / 64
    fine = float(np.abs(grey - cv2.GaussianBlur(grey, (0, 0), reach)).mean())
    return float(np.clip(fine / (float(grey.std()) + 0.01) / 0.21, 0.85, 1.8))


def prepare(
    art: Floats,
    width: float,
    height: float,
    seed: int,
    *,
    simplify: float = 1.0,
    warp: float = 0.006,
    equalise: float = 0.6,
    shock: int = 8,
    knife: float = 0.0,
    mirror: bool = False,
    own: bool = False,
) -> Drawing:
    """Draw the art anew on the working grid.

    art:      (h, w, 3) sRGB 0 to 1, 32 to 512 px.
    width, height: the box in cover units; the art's middle is cropped to its shape.
    simplify: how much small stuff (false letters above all) is melted into its surroundings; 1 melts what is
              narrower than a fortieth of the picture; busy art is melted more, calm art less.
    warp:     how far edges wander from where the network put them, cover units; makes them look cut by hand.
    equalise: 0 keeps the art's own tones, 1 gives every tone the same area.
    shock:    rounds of sharpening into shapes; 0 leaves soft light.
    knife:    facets to the cover unit; edges become short straight cuts, as with scissors; 0 leaves them
              round.
    mirror:   make the left half (or the busier one) face itself.
    own:      also give the art's own colours; without it `rgb` is the tone in grey.
    """
    aspect = width / height
    small = np.clip(np.nan_to_num(crop(trimmed(np.asarray(art, np.float32)), aspect)), 0, 1)
    if mirror:
        small = _mirrored(small)
    simplify *= restlessness(small)
    bw, bh = (_BASE, max(32, round(_BASE / aspect))) if aspect >= 1 else (max(32, round(_BASE * aspect)), _BASE)
    if small.shape[1] > bw:
        small = cv2.resize(small, (bw, bh), interpolation=cv2.INTER_AREA)
    cell = bw / small.shape[1]
    rgb = cv2.resize(small, (bw, bh), interpolation=cv2.INTER_CUBIC)
    rgb = cv2.GaussianBlur(rgb, (0, 0), 0.4 + 0.62 * cell * min(1.0, 0.5 + 0.5 * simplify))
    rgb = _melted(rgb, simplify)
    lab = colour.srgb_to_oklab(rgb)
    tone = equalised(lab[..., 0], equalise)
    if shock:
        tone = _without_islands(tone, round(3 * simplify))
    warmth, spot = _axes(lab)
    fields = [tone, warmth, spot]
    if shock:
        fields = [_shocked(f, shock if f is tone else shock // 2) for f in fields]
    across, down = max(8, round(width * WORK)), max(8, round(height * WORK))
    grown = [cv2.resize(f, (across, down), interpolation=cv2.INTER_CUBIC) for f in (*fields, *([rgb] if own else []))]
    soft = WORK * max(width, height) / _BASE * 0.4
    grown = [cv2.GaussianBlur(f, (0, 0), soft) for f in grown]
    if warp > 0:
        dx, dy = _wander(seed, across, down, warp, mirror)
        grown = [cv2.remap(f, dx, dy, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101) for f in grown]
    if knife > 0:
        grown[:3] = faceted(grown[:3], knife, seed, mirror)
    tone, warmth, spot, *rest = (np.clip(f, 0, 1) for f in grown)
    return Drawing(tone, warmth, spot, rest[0] if own else np.repeat(tone[..., None], 3, axis=2))


def equalised(tone: Floats, amount: float) -> Floats:
    """Tone stretched to its full range, with part of its histogram and local contrast evened out.

    Ranking alone would give noise in a black sky as much room as the face below it, so it is only mixed in,
    and the local part (CLAHE, clip 2) is kept to a third.
    """
    low, high = np.percentile(tone, (1, 99))
    straight = np.clip((tone - low) / max(float(high - low), 0.04), 0, 1).astype(np.float32)
    local = cv2.createCLAHE(2.0, (3, 3)).apply(np.rint(straight * 255).astype(np.uint8)).astype(np.float32) / 255
    mixed = (1 - amount) * straight + amount * (0.67 * ranked(straight) + 0.33 * local)
    return np.asarray(mixed, np.float32)


def ranked(values: Floats) -> Floats:
    """Each value's rank, 0 to 1; flat areas of one value keep one rank in their middle."""
    counts, edges = np.histogram(values, 512)
    total = np.cumsum(counts) - counts / 2
    at = (edges[1:] + edges[:-1]) / 2
    return np.interp(values, at, total / values.size).astype(np.float32)


def soften(field: Floats, sigma: float) -> Floats:
    """Gaussian blur of a working-grid field or picture; wide ones run on a coarser grid."""
    factor = int(sigma / 3)
    if factor < 2:
        return cv2.GaussianBlur(field, (0, 0), sigma)
    h, w = field.shape[:2]
    small = cv2.resize(field, (max(2, w // factor), max(2, h // factor)), interpolation=cv2.INTER_AREA)
    return cv2.resize(cv2.GaussianBlur(small, (0, 0), sigma / factor), (w, h), interpolation=cv2.INTER_CUBIC)


def _melted(rgb: Floats, amount: float) -> Floats:
    """Median over discs of a few cells, twice: thin scribbles vanish, broad edges stay where they are."""
    width = round(4.6 * amount) | 1
    if width < 3:
        return rgb
    out = np.rint(np.clip(rgb, 0, 1) * 255).astype(np.uint8)
    for k in (width, width, max(3, (width + 2) | 1)):
        out = cv2.medianBlur(out, k)
    return cv2.GaussianBlur(out.astype(np.float32) / 255, (0, 0), 0.8 + 0.4 * amount)


def _without_islands(tone: Floats, radius: int) -> Floats:
    """Tone without bright or dark islands narrower than `2 radius` cells; what stays keeps its outline.

    Opening, then closing, by reconstruction (L. Vincent 1993, "Morphological grayscale reconstruction").
    """
    if radius < 1:
        return tone
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    near = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5))
    for sign in (1, -1):
        mask = tone * sign
        seed = cv2.erode(mask, disc)
        for _ in range(28):
            seed = np.minimum(cv2.dilate(seed, near), mask)
        tone = 0.85 * seed * sign + 0.15 * tone
    return np.asarray(tone, np.float32)


def _axes(lab: Floats) -> tuple[Floats, Floats]:
    """Place on the main chroma axis (ranked) and distance from the main colour (0 to 1)."""
    ab = lab[..., 1:] - lab[..., 1:].reshape(-1, 2).mean(0)
    flat = ab.reshape(-1, 2)
    _, vectors = np.linalg.eigh(flat.T @ flat / len(flat) + 1e-9 * np.eye(2))
    axis = vectors[:, 1] * (1 if vectors[0, 1] + vectors[1, 1] >= 0 else -1)
    along = (ab @ axis).astype(np.float32)
    away = np.sqrt((ab**2).sum(-1)) + 0.15 * np.abs(lab[..., 0] - np.median(lab[..., 0]))
    return ranked(along), (away / (np.percentile(away, 99.5) + 1e-4)).clip(0, 1).astype(np.float32)


def _shocked(field: Floats, rounds: int) -> Floats:
    """Push every place towards the brighter or darker side of its nearest edge until the blur is a border."""
    out = field
    cross = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3))
    for _ in range(rounds):
        calm = cv2.GaussianBlur(out, (0, 0), 1.8)
        gx, gy = cv2.Sobel(calm, cv2.CV_32F, 1, 0), cv2.Sobel(calm, cv2.CV_32F, 0, 1)
        jxx, jyy, jxy = (cv2.GaussianBlur(j, (0, 0), 2.3) for j in (gx * gx, gy * gy, gx * gy))
        angle = 0.5 * np.arctan2(2 * jxy, jxx - jyy)
        c, s = np.cos(angle), np.sin(angle)
        xx = cv2.Sobel(calm, cv2.CV_32F, 2, 0, ksize=5)
        yy = cv2.Sobel(calm, cv2.CV_32F, 0, 2, ksize=5)
        xy = cv2.Sobel(calm, cv2.CV_32F, 1, 1, ksize=5)
        bend = c * c * xx + 2 * c * s * xy + s * s * yy
        out = np.where(bend < -1e-4, cv2.dilate(out, cross), np.where(bend > 1e-4, cv2.erode(out, cross), out))
        out = 0.85 * out + 0.15 * cv2.GaussianBlur(out, (0, 0), 1.0)
    return np.asarray(out, np.float32)


def faceted(fields: list[Floats], cells: float, seed: int, mirror: bool = False) -> list[Floats]:
    """Working-grid fields made of flat triangles, so that their levels are cut in straight strokes.

    cells: triangles' short sides to one cover unit. Corners are taken at jittered places of the softened
    field (an edge narrower than a triangle would show the grid); diagonals alternate. A cell with corners a
    b above c d is the plane through a, b, c, folded along its diagonal to reach d.
    """
    h, w = fields[0].shape
    columns, lines = max(2, round(w / WORK * cells)), max(2, round(h / WORK * cells))
    rng = np.random.default_rng((seed, 17))
    y, x = np.mgrid[0 : lines + 1, 0 : columns + 1].astype(np.float32)
    jitter = rng.uniform(-0.36, 0.36, (2, lines + 1, columns + 1)).astype(np.float32)
    odd = (np.add.outer(np.arange(lines), np.arange(columns)) % 2).astype(bool)
    if mirror:
        jitter[0] = (jitter[0] - jitter[0][:, ::-1]) / 1.4
        jitter[1] = (jitter[1] + jitter[1][:, ::-1]) / 1.4
        odd = np.broadcast_to(np.arange(columns) * 2 >= columns, (lines, columns))
    at_x, at_y = (
        (x + jitter[0]) * np.float32((w - 1) / columns),
        (y + jitter[1]) * np.float32((h - 1) / lines),
    )
    across = (np.arange(w, dtype=np.float32) + 0.5) * np.float32(columns / w)
    down = (np.arange(h, dtype=np.float32) + 0.5) * np.float32(lines / h)
    i, j = across.astype(np.intp), down.astype(np.intp)
    u = np.abs(odd.astype(np.float32)[:, i][j] - (across - i))
    v = (down - j)[:, None]
    fold = np.maximum(u + v - 1, 0)
    out = []
    for field in fields:
        calm = cv2.GaussianBlur(field, (0, 0), 0.62 * WORK / cells)
        corner = cv2.remap(calm, at_x, at_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        a = np.where(odd, corner[:-1, 1:], corner[:-1, :-1])
        b = np.where(odd, corner[:-1, :-1], corner[:-1, 1:])
        c = np.where(odd, corner[1:, 1:], corner[1:, :-1])
        d = np.where(odd, corner[1:, :-1], corner[1:, 1:])
        plane = (b - a)[:, i][j]
        plane *= u
        plane += a[:, i][j]
        plane += (c - a)[:, i][j] * v
        plane += (a + d - b - c)[:, i][j] * fold
        out.append(plane)
    return out


def _wander(seed: int, across: int, down: int, reach: float, mirror: bool) -> tuple[Floats, Floats]:
    """Where each working cell reads from: slow drift plus the tremble of a knife."""
    drift = [
        texture.spread(texture.fbm(seed * 4 + i, 7, 3, 0.5), across, down, WORK)
        + 0.28 * texture.spread(texture.fbm(seed * 4 + 2 + i, 34, 3, 0.55), across, down, WORK)
        for i in (0, 1)
    ]
    if mirror:
        half = -(-across // 2)
        drift[0][:, -half:] = -drift[0][:, :half][:, ::-1]
        drift[1][:, -half:] = drift[1][:, :half][:, ::-1]
    yy, xx = np.mgrid[0:down, 0:across].astype(np.float32)
    step = np.float32(reach * WORK)
    return xx + step * drift[0], yy + step * drift[1]


def _mirrored(small: Floats) -> Floats:
    """The livelier half and its reflection."""
    half = -(-small.shape[1] // 2)
    left, right = small[:, :half], small[:, -half:][:, ::-1]
    kept = left if left.std() >= right.std() else right
    return np.concatenate([kept, kept[:, ::-1][:, small.shape[1] % 2 :]], axis=1)
