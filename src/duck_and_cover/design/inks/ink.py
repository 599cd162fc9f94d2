"""Type as ink: which colour words are printed in, what is held back beneath them, and how the ink lies.

The rule: the fifth percentile of the WCAG contrast between the ink and the pixels under and around the letters
is at least `SMALL` for small type and `LARGE` for large. It is measured on the cover itself, reduced to
`VIEW` px, where screens and grain are still seen; where no ink reaches it the picture beneath is faded into
the palette's darkest or lightest colour, as a printer would knock it back, until it does.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from duck_and_cover import colour
from duck_and_cover.colour import Colour
from duck_and_cover.design.choosing.prior import Prior
from duck_and_cover.design.inks.palette import Palette, chroma, lightness
from duck_and_cover.design.layouts.layout import Placed, Tone
from duck_and_cover.design.shapes.outline import Box, Outline
from duck_and_cover.design.type.lettering import LETTERINGS

__all__ = [
    "Choice",
    "candidates",
    "chosen",
    "fifth",
    "luminances",
    "near",
    "needed",
    "on_its_side",
    "panel",
    "pixel_box",
    "shade",
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

BESIDE = 4.0
"""Least contrast of letters and what a second ink prints right beside them, where edges blur into each other."""

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
    """The least contrast a text must have; letters that are mere lines are read like small ones."""
    return SMALL if item.setting.size < SMALL_BELOW or LETTERINGS[item.lettering].fine else LARGE


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


def shade(palette: Palette, ink: Colour, ground: Floats) -> Colour | None:
    """The second ink for what lies behind letters of an ink, over sorted luminances of the ground: one from which the
    letters stand well off, most welcome where it also stands off the ground. None where there is
    no such ink.
    """
    middle = float(np.median(ground)) + 0.05 if len(ground) else MIDDLE
    best: tuple[float, Colour] | None = None
    for colour_, welcome in candidates(palette, loud=True):
        apart = float(colour.contrast_ratio(ink, colour_))
        own = float(colour.luminance(colour_)) + 0.05
        seen = max(own / middle, middle / own)
        if apart < BESIDE or seen < 1.6:
            continue
        score = welcome + 0.25 * min(seen, 3.0)
        if best is None or score > best[0]:
            best = (score, colour_)
    return None if best is None else best[1]


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


def _around(outline: Outline, size_px: int, reach: float) -> tuple[tuple[int, int, int, int], Floats]:
    """Pixel box and dilated coverage of an outline at a size."""
    x0, y0, x1, y1 = pixel_box(outline.bounds, size_px, reach)
    box = (x0 / size_px, y0 / size_px, x1 / size_px, y1 / size_px)
    mask = outline.coverage(size_px, box)
    width = max(1, round(2 * reach * size_px)) | 1
    wide = cv2.dilate(mask, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, width)))
    return (x0, y0, x1, y1), np.asarray(wide, np.float32)


def pixel_box(box: Box, size_px: int, pad: float) -> tuple[int, int, int, int]:
    """The pixels that a box and so much around it (cover units) touch: left, top, right, bottom."""
    left, top, right, bottom = box
    return (
        max(0, int(np.floor((left - pad) * size_px))),
        max(0, int(np.floor((top - pad) * size_px))),
        min(size_px, int(np.ceil((right + pad) * size_px))),
        min(size_px, int(np.ceil((bottom + pad) * size_px))),
    )
