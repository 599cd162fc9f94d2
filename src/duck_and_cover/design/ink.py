"""Type as ink: which colour words are printed in, what is held back beneath them, and how the ink lies.

The rule: the fifth percentile of the WCAG contrast between the ink and the pixels under and around the letters
is at least `SMALL` for small type and `LARGE` for large. It is measured on the cover itself, reduced to
`VIEW` px, where screens and grain are still seen; where no ink reaches it the picture beneath is faded into
the palette's darkest or lightest colour, as a printer would knock it back, until it does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from duck_and_cover import colour
from duck_and_cover.colour import Colour
from duck_and_cover.design import texture
from duck_and_cover.design.finish.base import InkLook
from duck_and_cover.design.layout import Placed, Tone
from duck_and_cover.design.outline import Box, Outline
from duck_and_cover.design.palette import Palette, chroma, lightness
from duck_and_cover.design.prior import Prior

__all__ = [
    "Choice",
    "Scrim",
    "candidates",
    "chosen",
    "fifth",
    "glow",
    "luminances",
    "near",
    "needed",
    "on_its_side",
    "panel",
    "printed",
    "scrim",
    "stronger",
    "toned",
]

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]

VIEW = 600
"""Side of the reduced cover on which contrast is measured, px."""

SMALL, LARGE = 4.5, 3.0
"""Least contrast of small and of large type (WCAG 2.2, AA)."""

SMALL_BELOW = 0.04
"""Type whose em is below this, in cover units, is small."""

MIDDLE = 0.18
"""Luminance on which black and white stand out alike."""

AROUND = 0.006
"""How far around the letters the ground counts, cover units."""

SPARE = 1.06
"""How much more than the least contrast is asked for, so that grain and rounding never undo it."""

_STEPS = (0.3, 0.45, 0.6, 0.72, 0.82, 0.9, 0.96, 1.0)


@dataclass(frozen=True)
class Choice:
    """How a text is printed.

    colour:   of the ink.
    contrast: fifth percentile, measured after the scrim.
    scrim:    strength 0 to 1 of what is faded beneath, towards `toward`.
    """

    colour: Colour
    contrast: float
    scrim: float
    toward: Colour


def toned(tone: Tone, palette: Palette) -> Colour:
    """A colour by its part in a palette."""
    if tone == "paper":
        return palette.paper
    if tone == "dark":
        return near(palette, dark=True) if lightness(palette.darkest) > 0.3 else palette.darkest
    if tone == "light":
        return palette.lightest
    if tone == "key":
        return palette.key
    return palette.seconds[0] if tone == "second" else palette.accent


def panel(tone: Tone, palette: Palette) -> Colour:
    """The colour of a panel that words will stand on: the tone asked for, or the key ink where nothing reads on it."""
    asked = toned(tone, palette)
    best = max(float(colour.contrast_ratio(asked, c)) for c in (palette.paper, palette.lightest, palette.darkest))
    return asked if best >= SMALL else palette.key


def near(palette: Palette, dark: bool) -> Colour:
    """Almost black or almost white with a breath of the palette's hue."""
    lab = colour.srgb_to_oklab(palette.darkest if dark else palette.lightest)
    tint = np.clip(lab[1:] / (np.hypot(*lab[1:]) + 1e-6) * (0.018 if dark else 0.012), -0.02, 0.02)
    return colour.into_gamut([0.16 if dark else 0.975, *tint.tolist()])


def candidates(palette: Palette, loud: bool) -> tuple[tuple[Colour, float], ...]:
    """The cover's own inks for type, each with how welcome it is, 0 to 1."""
    rows: list[tuple[Colour, float]] = [
        (palette.key, 0.72 if loud else 0.95),
        (palette.paper, 0.66 if loud else 0.85),
        (palette.lightest, 0.62 if loud else 0.8),
        (palette.darkest, 0.6 if loud else 0.8),
        (near(palette, True), 0.5 if loud else 0.7),
        (near(palette, False), 0.5 if loud else 0.7),
    ]
    for colourful in (palette.accent, *palette.seconds):
        lively = min(1.0, chroma(colourful) / 0.15)
        rows.append((colourful, (0.68 + 0.32 * lively) if loud else 0.45 + 0.1 * lively))
    return tuple(rows)


def luminances(view: Pixels, outline: Outline) -> Floats:
    """Luminance of the view's pixels under and around an outline, sorted."""
    (x0, y0, x1, y1), mask = _around(outline, view.shape[0], AROUND)
    part = view[y0:y1, x0:x1][mask > 0.25]
    table = colour.srgb_to_linear(np.arange(256, dtype=np.float32) / 255)
    linear = table[part]
    return np.sort(linear @ np.array([0.2126, 0.7152, 0.0722], np.float32))


def fifth(colour_: Colour, ground: Floats) -> float:
    """Fifth percentile of the contrast of a colour over sorted luminances of its ground."""
    if not len(ground):
        return 21.0
    own = float(colour.luminance(colour_)) + 0.05
    other = ground + 0.05
    return float(np.percentile(np.maximum(own / other, other / own), 5))


def needed(item: Placed) -> float:
    """The least contrast a text must have."""
    return SMALL if item.setting.size < SMALL_BELOW else LARGE


def chosen(
    view: Pixels,
    item: Placed,
    palette: Palette,
    taken: tuple[Colour, ...] = (),
    *,
    polarity: int = 0,
    flat: bool = False,
    on: Colour | None = None,
    prior: Prior | None = None,
) -> Choice:
    """The ink for a text, with the scrim it needs; the view is not changed.

    taken:    colours of texts already printed; a lesser text does not repeat the loud one's accent.
    polarity: 1 only light inks, -1 only dark ones, 0 either.
    flat:     the ground is paper or a panel, so the least contrast is enough; on a picture more is wished for.
    on:       a colour that will be printed round the letters; the ground is then that.
    prior:    what real covers do; an ink that they set such a name in is more welcome.
    """
    loud = item.item.tone == "loud" and item.setting.size >= SMALL_BELOW
    least = needed(item) * SPARE
    ground = luminances(view, item.outline) if on is None else np.full(9, colour.luminance(on), np.float32)
    good = (
        5.5
        if on is not None
        else least * (1.45 if least < SMALL else 1.0)
        if flat
        else least * (1.45 if least < SMALL else 1.15)
    )
    middle = float(np.median(ground)) if len(ground) else 0.5
    spread = float(np.percentile(ground, 95) ** 0.45 - np.percentile(ground, 5) ** 0.45) if len(ground) else 0.0
    best: tuple[float, Colour, float] | None = None
    for ink, welcome in candidates(palette, loud):
        lum = float(colour.luminance(ink))
        if polarity and (1 if lum > 0.22 else -1) != polarity:
            continue
        reached = fifth(ink, ground)
        worth = welcome - (0.12 if ink in taken and not item.lead else 0.0) + _customary(prior, item, ink)
        if reached >= least:
            score = 1.0 + worth + 0.05 * min(reached / least, 2.5) - max(0.0, 1 - reached / good)
        else:
            far = _toward(palette, ink, middle, least)
            if float(colour.contrast_ratio(ink, far)) < least * 1.1:
                continue
            fits_ground = (lum > MIDDLE) != (middle > MIDDLE)  # else the scrim would have to turn dark ground light
            score = 0.55 * reached / least + 0.35 * worth + 0.35 * fits_ground
        if best is None or score > best[0]:
            best = (score, ink, reached)
    if best is None:
        dark = middle > MIDDLE if not polarity else polarity < 0
        ink = near(palette, dark)
        best = (0.0, ink, fifth(ink, ground))
    _, ink, reached = best
    toward = _toward(palette, ink, middle, least)
    busy = 0.32 if spread > 0.3 and reached >= least and not flat and on is None else 0.0
    return Choice(ink, reached, busy if reached >= least else _STEPS[0], toward)


def _customary(prior: Prior | None, item: Placed, ink: Colour) -> float:
    """How much more welcome an ink is where covers of the genre and year set such a name in it, -0.13 to 0.13."""
    if prior is None:
        return 0.0
    return 0.12 * float(np.log(prior.likelier(f"{item.name} ink", {colour.ink_name(colour.srgb_to_oklab(ink)): 1.0})))


def _toward(palette: Palette, ink: Colour, middle: float, least: float) -> Colour:
    """What the ground, of a middling luminance, is faded into beneath an ink: its own side where the ink reads there
    as well, so that no letter gets a bright rim in the dark; else the far one.
    """
    end = near(palette, dark=middle <= MIDDLE)
    return end if float(colour.contrast_ratio(ink, end)) >= 1.2 * least else _farthest(palette, ink)


def on_its_side(toward: Colour, ground: Floats) -> bool:
    """Whether a colour is dark where the ground, of sorted luminances, mostly is, or light where that is."""
    middle = float(np.median(ground)) if len(ground) else MIDDLE
    return (float(colour.luminance(toward)) <= MIDDLE) == (middle <= MIDDLE)


def _farthest(palette: Palette, ink: Colour) -> Colour:
    """What the ground is faded into beneath an ink: the palette's own end, or almost black or white."""
    light_ink = float(colour.luminance(ink)) > MIDDLE
    own = palette.darkest if light_ink else palette.lightest
    if float(colour.contrast_ratio(ink, own)) >= SMALL * 1.25:
        return own
    return near(palette, dark=light_ink)


def stronger(strength: float) -> float | None:
    """The next step of a scrim, or None at the end."""
    return next((s for s in _STEPS if s > strength + 1e-6), None)


@dataclass(frozen=True)
class Scrim:
    """A soft field that is 1 under the letters and fades out, on a coarse grid over the whole cover."""

    field: Floats
    strength: float
    toward: Colour
    grit: int | None = None

    def on(self, pixels: Pixels) -> None:
        """Fade the pixels, in place; with `grit` (a seed) by grains of solid colour instead of evenly."""
        size = pixels.shape[0]
        n = self.field.shape[0]
        rows = np.flatnonzero(self.field.max(1) > 0.004)
        columns = np.flatnonzero(self.field.max(0) > 0.004)
        if not len(rows) or self.strength <= 0:
            return
        x0, x1 = columns[0] * size // n, min(size, -(-(columns[-1] + 1) * size // n))
        y0, y1 = rows[0] * size // n, min(size, -(-(rows[-1] + 1) * size // n))
        scale = size / n
        matrix = np.array(
            [[1 / scale, 0, (x0 + 0.5) / scale - 0.5], [0, 1 / scale, (y0 + 0.5) / scale - 0.5]], np.float32
        )
        share = cv2.warpAffine(
            self.field,
            matrix,
            (x1 - x0, y1 - y0),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        share *= np.float32(self.strength)
        if self.grit is not None:
            share *= np.float32(1.6)
            share -= np.float32(0.3)
            share += texture.grain(self.grit, x1 - x0, y1 - y0, size, 0.9) * np.float32(0.22) * (share > -0.28)
            share -= np.float32(0.5)
            share *= np.float32(min(6.0, size / 250))
            share += np.float32(0.5)
            np.clip(share, 0, 1, out=share)
        part = pixels[y0:y1, x0:x1]
        keep = 1.0 - share
        for c in range(3):
            plane = part[..., c].astype(np.float32)
            plane *= keep
            plane += share * np.float32(255 * self.toward[c])
            part[..., c] = cv2.convertScaleAbs(plane)


def scrim(item: Placed, strength: float, toward: Colour, cells: int = 300, wide: bool = False) -> Scrim:
    """A scrim for a text: a fade from the nearest edge of the cover where it stands near one, else a halo.

    wide: reach further round letters that stand free, so that the picture itself is calm there.
    """
    left, top, right, bottom = item.outline.bounds
    reach = 0.012 + 0.25 * min(item.setting.size, 0.1)
    halo = _blurred(item.outline, cells, reach + 0.03 * wide, 0.05 if wide else 0.02)
    y = (np.arange(cells, dtype=np.float32) + 0.5)[:, None] / cells
    x = (np.arange(cells, dtype=np.float32) + 0.5)[None, :] / cells
    across = 0.13 + 0.25 * (right - left)
    reach = 0.13 + 0.25 * (bottom - top)
    if bottom - top > 2 * (right - left) and (left > 0.55 or right < 0.45):
        fade = (x - (left - across)) / across if left > 0.55 else (right + across - x) / across
    elif top > 0.55:
        fade = (y - (top - reach)) / reach
    elif bottom < 0.45:
        fade = (bottom + reach - y) / reach
    else:
        return Scrim(halo, strength, toward)
    fade = np.clip(fade, 0, 1)
    fade = fade * fade * (3 - 2 * fade)
    return Scrim(np.maximum(halo, np.broadcast_to(fade, (cells, cells))).astype(np.float32), strength, toward)


def _blurred(outline: Outline, cells: int, spread: float, soft: float) -> Floats:
    """A blurred dilation of an outline, 1 beneath the letters."""
    mask = outline.coverage(cells)
    width = max(1, round(2 * spread * cells)) | 1
    mask = cv2.dilate(mask, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, width)))
    mask = cv2.GaussianBlur(mask, (0, 0), soft * cells)
    return np.clip(mask * 1.6, 0, 1).astype(np.float32)


def _around(outline: Outline, size_px: int, reach: float) -> tuple[tuple[int, int, int, int], Floats]:
    """Pixel box and dilated coverage of an outline at a size."""
    x0, y0, x1, y1 = _pixels(outline.bounds, size_px, reach)
    box = (x0 / size_px, y0 / size_px, x1 / size_px, y1 / size_px)
    mask = outline.coverage(size_px, box)
    width = max(1, round(2 * reach * size_px)) | 1
    wide = cv2.dilate(mask, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, width)))
    return (x0, y0, x1, y1), np.asarray(wide, np.float32)


def _pixels(box: Box, size_px: int, pad: float) -> tuple[int, int, int, int]:
    left, top, right, bottom = box
    return (
        max(0, int(np.floor((left - pad) * size_px))),
        max(0, int(np.floor((top - pad) * size_px))),
        min(size_px, int(np.ceil((right + pad) * size_px))),
        min(size_px, int(np.ceil((bottom + pad) * size_px))),
    )


def printed(
    pixels: Pixels,
    outline: Outline,
    ink: Colour,
    look: InkLook,
    seed: int,
    *,
    paper: float = 0.0,
    embolden: float = 0.0,
    strength: float = 1.0,
    worn: float = 1.0,
    slip: tuple[float, float] = (0.0, 0.0),
    mode: Literal["over", "screen"] = "over",
) -> None:
    """Print an outline on the cover, in place: solid ink with the press's pinholes, paper tooth and grain.

    embolden: cover units by which the shape grows, beside the look's own spread.
    strength: opacity; `worn`: how much of the look's mottle shows; `slip`: misregistration, cover units.
    """
    size = pixels.shape[0]
    shape = outline.moved(*slip) if slip != (0.0, 0.0) else outline
    grow = embolden + look.spread
    x0, y0, x1, y1 = _pixels(shape.bounds, size, max(grow, 0) + 2 / size)
    if x1 - x0 < 1 or y1 - y0 < 1:
        return
    box = (x0 / size, y0 / size, x1 / size, y1 / size)
    share = shape.coverage(size, box, grow)
    wide, tall = x1 - x0, y1 - y0
    if look.mottle * worn > 0.01:
        took = texture.mottle(seed, wide, tall, size, look.mottle * worn)
        share *= took.astype(np.float32)
        share *= np.float32(strength / 255)
    elif strength != 1:
        share *= np.float32(strength)
    tooth = texture.paper(seed + 1, wide, tall, size, paper) if paper > 0 else None
    grain = texture.grain(seed + 2, wide, tall, size) * np.float32(255 * look.grain) if look.grain > 0 else None
    part = pixels[y0:y1, x0:x1]
    keep = 1 - share
    for c in range(3):
        plane = part[..., c].astype(np.float32)
        if mode == "screen":
            plane += (255 - plane) * share * np.float32(ink[c])
        else:
            level = np.float32(255 * ink[c])
            top = level if tooth is None else tooth * level
            top = top if grain is None else top + grain
            plane *= keep
            plane += share * top
        np.clip(plane, 0, 255, out=plane)
        part[..., c] = cv2.convertScaleAbs(plane)


def glow(pixels: Pixels, outline: Outline, ink: Colour, strength: float, cells: int = 400) -> None:
    """Light round letters, in place: a tight and a wide halo of a colour, added as light."""
    mask = outline.coverage(cells)
    near = cv2.GaussianBlur(mask, (0, 0), 0.006 * cells)
    far = cv2.GaussianBlur(mask, (0, 0), 0.025 * cells)
    field = np.clip(0.75 * near + 0.9 * far, 0, 1).astype(np.float32)
    lab = colour.srgb_to_oklab(ink)
    deep = colour.into_gamut([min(float(lab[0]), 0.5), float(lab[1]), float(lab[2])])
    Scrim(field, strength, deep).on(pixels)
