"""Scenes: what lies beneath the words of a back: a sheet of colour, details of the art, fields upon it.

A detail is cut out of the art and drawn anew by the finish, so that its dots and strokes are as fine as the front's.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from duck_and_cover import colour
from duck_and_cover.colour import Colour
from duck_and_cover.design.choosing.taste import drawn
from duck_and_cover.design.inks import ink
from duck_and_cover.design.inks.palette import Palette, chroma
from duck_and_cover.design.layouts.seeing import see
from duck_and_cover.design.pieces.pasteup import Pasteup
from duck_and_cover.design.shapes.outline import Box
from duck_and_cover.design.style import Seeds, Style

__all__ = ["SOFT", "detail", "fading", "ghost", "sheet_tone", "spine_tone"]

SOFT = frozenset(("film", "paint", "neon"))
"""Finishes with smooth tones, where a fade is at home; the others get what a printer would give them, an edge."""

_TONES: dict[str, float] = {"paper": 1.0, "dark": 0.7, "second": 0.5, "accent": 0.35, "light": 0.3}


def sheet_tone(style: Style, seeds: Seeds, *, unlike: Colour | None = None) -> Colour:
    """The colour of a bare sheet: most often that of the front's own, or another part of the palette on which words
    read. unlike: a colour that it must stand off.
    """
    weights = dict(_TONES)
    own = style.layout.ground
    weights[own] = weights.get(own, 0.3) + 0.8
    options = {tone: ink.panel(tone, style.palette) for tone in weights}  # type: ignore[arg-type]
    if unlike is not None:
        weights = {tone: w for tone, w in weights.items() if _apart(options[tone], unlike) > 0.12} or weights
    return options[drawn("palette", weights, "sheet", seeds.layout, seeds.palette)]


def spine_tone(style: Style, seeds: Seeds, beside: Colour) -> Colour:
    """The colour of a spine beside a sheet: the same, or the palette's liveliest that is not."""
    if drawn("palette", {"same": 0.5, "other": 1.0}, "spine", seeds.layout) == "same":
        return beside
    palette = style.palette
    options = [c for c in (palette.accent, *palette.seconds, palette.key, palette.paper) if _readable(c, palette)]
    return max(options, key=lambda c: chroma(c) + 0.4 * min(_apart(c, beside), 0.4), default=palette.key)


def _readable(one: Colour, palette: Palette) -> bool:
    inks = (palette.paper, palette.lightest, palette.darkest)
    return max(float(colour.contrast_ratio(one, c)) for c in inks) >= ink.SMALL


def _apart(a: Colour, b: Colour) -> float:
    return float(np.linalg.norm(colour.srgb_to_oklab(a) - colour.srgb_to_oklab(b)))


def detail(art: NDArray[np.uint8], aspect: float, share: float, *, calm: bool) -> NDArray[np.float32]:
    """A window of the art, (h, w, 3) 0 to 1.

    aspect:  its width by its height.
    share:   of the art's side that its longer side takes, up to 1.
    calm:    the quietest such window; else the one that most of the looking goes to.
    """
    tall, wide = art.shape[:2]
    w, h = (share, share / aspect) if aspect >= 1 else (share * aspect, share)
    view = see(art)
    best, at = None, (0.0, 0.0)
    for x in np.linspace(0.02, 0.98 - w, 5) if w < 0.95 else [(1 - w) / 2]:
        for y in np.linspace(0.02, 0.98 - h, 5) if h < 0.95 else [(1 - h) / 2]:
            box: Box = (float(x), float(y), float(x + w), float(y + h))
            cost = view.unrest(box) if calm else -view.attention(box)
            if best is None or cost < best - 1e-6:
                best, at = cost, (float(x), float(y))
    x0, y0 = round(at[0] * wide), round(at[1] * tall)
    x1, y1 = max(x0 + 8, round((at[0] + w) * wide)), max(y0 + 8, round((at[1] + h) * tall))
    return np.asarray(art[max(0, y0) : y1, max(0, x0) : x1], np.float32) / np.float32(255)


def fading(paste: Pasteup, box: Box, clear: Box, tone: Colour) -> None:
    """Fade a picture into a colour over the part of a box where words will stand, from the picture's side on."""
    _, top, _, bottom = box
    y = np.linspace(top, bottom, 200)[:, None]
    reach = 0.3 * (bottom - top)
    share = np.clip((y - (clear[1] - reach)) / reach, 0, 1)
    share = share * share * (3 - 2 * share)
    paste.fade(box, np.broadcast_to(0.97 * share, (200, 8)).astype(np.float32), tone)


def ghost(paste: Pasteup, box: Box, art: NDArray[np.float32], tone: Colour) -> None:
    """A picture so pale that words are printed across it: held back into a colour all over."""
    paste.picture(box, art)
    paste.fade(box, np.full((2, 2), 0.86, np.float32), tone)
