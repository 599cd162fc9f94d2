"""The composer: art, words and a style become a finished front.

Order on the press: sheet, picture, panels and rules, what is held back beneath the words, the words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from duck_and_cover import colour
from duck_and_cover.album import Album
from duck_and_cover.colour import Colour
from duck_and_cover.design.inks import ink
from duck_and_cover.design.layouts.archetypes import REFUGES, layout_named
from duck_and_cover.design.layouts.arranging import arranged
from duck_and_cover.design.layouts.layout import Layout, Placed, Plan
from duck_and_cover.design.layouts.seeing import see
from duck_and_cover.design.shapes.outline import Box, Outline
from duck_and_cover.design.sheet import printing, texture
from duck_and_cover.design.sheet.grounding import calmed, readied, reduced, underprint
from duck_and_cover.design.style import Seeds, Style
from duck_and_cover.design.type.effects import stem
from duck_and_cover.design.type.typography import DoesNotFit
from duck_and_cover.errors import BadInput

__all__ = ["Design", "Layer", "Words", "compose", "planned"]

LEAST_PX, MOST_PX = 64, 8000

HAIRLINE = 0.004
"""Strokes thinner than this, in cover units, are printed whole: a press that wears them leaves nothing to read."""


@dataclass(frozen=True)
class Layer:
    """A shape in one ink: cover units, grown by `spread` on all sides."""

    outline: Outline
    colour: Colour
    spread: float


@dataclass(frozen=True)
class Words:
    """A text as inks, the lowest layer first."""

    name: str
    text: str
    layers: tuple[Layer, ...]


@dataclass(frozen=True, eq=False)
class Design:
    """A finished front: uint8 (size, size, 3) sRGB, what was done (JSON-able), and the plan behind it.

    words:   what is printed last, largest first.    ground: (size, size, 3), the front before that; None unless kept.
    """

    pixels: NDArray[np.uint8]
    report: Mapping[str, Any]
    plan: Plan = field(repr=False)
    words: tuple[Words, ...] = field(repr=False)
    ground: NDArray[np.uint8] | None = field(default=None, repr=False)

    @property
    def size_px(self) -> int:
        return self.pixels.shape[0]


def compose(
    art: NDArray[np.uint8], album: Album, style: Style, seeds: Seeds, size_px: int = 3000, *, keep_ground: bool = False
) -> Design:
    """Print a front.

    art:     uint8 (R, R, 3) sRGB, 32 px or more; what a network drew, or any picture.
    size_px: side of the result, 64 to 8000.
    keep_ground:  keep the front as it is before its words are printed, for files that carry them as outlines.
    Raises BadInput for art or a size that cannot be printed, MissingGlyphs when no face has a character.
    """
    art = np.asarray(art)
    if art.dtype != np.uint8 or art.ndim != 3 or art.shape[2] != 3 or min(art.shape[:2]) < 8:
        raise BadInput(f"art is {art.dtype} of shape {art.shape}; wanted uint8 (R, R, 3) with R of 8 or more")
    if not LEAST_PX <= size_px <= MOST_PX:
        raise BadInput(f"size is {size_px} px; wanted {LEAST_PX} to {MOST_PX}")
    plan = planned(art, album, style, seeds)
    palette = style.palette
    pixels = _sheet(plan, style, seeds, size_px)
    for box, outline in plan.pictures:
        _picture(pixels, calmed(art, box, plan, style), box, outline, style=style, seeds=seeds)
    for number, (outline, tone) in enumerate(plan.marks):
        printing.printed(
            pixels,
            outline,
            ink.panel(tone, palette),
            style.finish.ink,
            seeds.finish + 31 * number,
            paper=style.finish.paper,
            worn=0.5,
        )
    choices = readied(pixels, plan, style, seeds)
    for number, (item, choice) in enumerate(choices):
        underprint(pixels, item, choice, style, seeds.type + 101 * number)
    ground = pixels.copy() if keep_ground else None
    words = tuple(_words(item, choice, pixels, style) for item, choice in choices)
    for number, ((item, _), text) in enumerate(zip(choices, words, strict=True)):
        worn = 0.0 if stem(item.outline) < HAIRLINE else 0.6 if item.setting.size >= ink.SMALL_BELOW else 0.2
        for layer in text.layers:
            printing.printed(pixels, layer.outline, layer.colour, style.finish.ink, seeds.type + 101 * number,
                             paper=style.finish.paper, worn=worn)  # fmt: skip
    return Design(pixels, _report(plan, style, choices, size_px), plan, words, ground)


def _words(item: Placed, choice: ink.Choice, pixels: NDArray[np.uint8], style: Style) -> Words:
    """A text as layers of ink; what lies behind its letters gets a second one, where there is one that suits."""
    spread = style.finish.ink.spread
    layers = [Layer(item.outline, choice.colour, spread)]
    if item.behind is not None:
        behind = ink.shade(style.palette, choice.colour, ink.luminances(reduced(pixels), item.behind))
        layers[:0] = [Layer(item.behind, behind, spread)] if behind else []
    return Words(item.name, item.setting.text, tuple(layers))


def planned(art: NDArray[np.uint8], album: Album, style: Style, seeds: Seeds) -> Plan:
    """The words in the style's layout, or, where they cannot be read there, in the next one that holds them.

    Raises DoesNotFit only when no layout holds them, which no name of up to 400 characters has caused.
    """
    view = see(art)
    longest = max(len(album.artist or ""), len(album.title or ""))
    queue: list[tuple[Layout, int]] = []
    if longest <= max(4 * style.layout.length[1], 60):
        queue += [(style.layout, 0), (style.layout, 1)]
    queue += [(layout_named(name), p) for p in ((2,) if longest > 160 else (1, 2)) for name in REFUGES]
    refusal: DoesNotFit | None = None
    for layout, patience in queue:
        try:
            return arranged(layout, album, style.voices, view, seeds.layout, patience=patience)
        except DoesNotFit as error:
            refusal = error
    raise refusal if refusal is not None else BadInput("no layout to try")


def _sheet(plan: Plan, style: Style, seeds: Seeds, size_px: int) -> NDArray[np.uint8]:
    """The bare cover in the layout's ground colour, with paper and grain where the picture leaves it bare."""
    ground = ink.panel(plan.layout.ground, style.palette)
    pixels = np.empty((size_px, size_px, 3), np.uint8)
    if any(box == (0.0, 0.0, 1.0, 1.0) and outline is None for box, outline in plan.pictures):
        return pixels
    look = style.finish.ink
    share = texture.paper(seeds.finish, size_px, size_px, size_px, style.finish.paper)
    if plan.layout.ground != "paper":
        took = texture.mottle(seeds.finish + 9, size_px, size_px, size_px, 0.5 * look.mottle)
        share *= 1 - 0.12 * (1 - took.astype(np.float32) / 255)
    if look.grain > 0:
        share += texture.grain(seeds.finish + 5, size_px, size_px, size_px) * np.float32(look.grain)
    for c in range(3):
        pixels[..., c] = cv2.convertScaleAbs(share, alpha=255 * ground[c])
    return pixels


def _picture(
    pixels: NDArray[np.uint8],
    small: NDArray[np.float32],
    box: Box,
    outline: Outline | None,
    *,
    style: Style,
    seeds: Seeds,
) -> None:
    """Draw the art in its box, in place."""
    size = pixels.shape[0]
    x0, y0, x1, y1 = (round(v * size) for v in box)
    if x1 - x0 < 8 or y1 - y0 < 8:
        return
    drawn = style.finish.draw(small, style.palette, x1 - x0, y1 - y0, float(size), seeds.finish)
    done = cv2.convertScaleAbs(drawn, alpha=255)
    if outline is None:
        pixels[y0:y1, x0:x1] = done
        return
    mask = outline.coverage(size, (x0 / size, y0 / size, x1 / size, y1 / size))
    part = pixels[y0:y1, x0:x1]
    for c in range(3):
        low = part[..., c].astype(np.float32)
        part[..., c] = cv2.convertScaleAbs(low + mask * (done[..., c].astype(np.float32) - low))


def _report(plan: Plan, style: Style, choices: list[tuple[Placed, ink.Choice]], size_px: int) -> dict[str, Any]:
    palette = style.palette
    return {
        "size_px": size_px,
        "finish": style.finish.name,
        "palette": {
            "name": palette.name,
            "paper": colour.format_hex(palette.paper),
            "inks": [colour.format_hex(c) for c in palette.inks],
            "accent": colour.format_hex(palette.accent),
        },
        "layout": plan.layout.name,
        "layout_wanted": style.layout.name,
        "type": {
            "lead": style.lead_face.id,
            "second": style.second_face.id,
            "case": style.case,
            "lettering": style.lettering,
        },
        "texts": [
            {
                "name": item.name,
                "text": item.setting.text,
                "face": item.setting.face.id,
                "weight": item.setting.lines[0].weight,
                "size": round(item.setting.size, 4),
                "lines": len(item.setting.lines),
                "lettering": item.lettering,
                "box": [round(v, 4) for v in item.bounds],
                "colour": colour.format_hex(choice.colour),
                "contrast_p5": round(choice.contrast, 2),
                "contrast_needed": ink.needed(item),
                "scrim": choice.scrim,
            }
            for item, choice in choices
        ],
    }
