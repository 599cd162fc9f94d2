"""Words over moving art: they stand still, in the inks of the front, and are readable at every moment.

Three times words change their ground, as on the front (`grounding`): the art is calmed before its finish draws it, what
is still too lively is held back, and both are measured, here at several moments of the loop of which the worst counts.

H W  pixels of the frame; a canvas is (H, W, 3) uint8 sRGB of any width
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from duck_and_cover import colour
from duck_and_cover.colour import Colour
from duck_and_cover.design.compose import HAIRLINE, Design, Words
from duck_and_cover.design.inks import ink
from duck_and_cover.design.layouts.layout import Placed
from duck_and_cover.design.motion.field import Field
from duck_and_cover.design.motion.overlay import Step, square
from duck_and_cover.design.motion.stage import OVER, Stage
from duck_and_cover.design.shapes.outline import Outline
from duck_and_cover.design.sheet import grounding, printing
from duck_and_cover.design.sheet.texture import Floats
from duck_and_cover.design.style import Seeds, Style
from duck_and_cover.design.type.effects import stem

__all__ = ["Reading", "read", "veiled"]

Pixels = NDArray[np.uint8]

SOFT = frozenset(("film", "paint", "neon"))
"""Finishes with smooth tones, where a fade is at home; others get a line round letters, or a strip."""

GRAINY = frozenset(("riso", "xerox"))
"""Finishes made of grains, where a fade is a thinning of grains."""

_LINE = 0.0095
"""Thickness of a line round large letters, cover units."""

_STRIP_BELOW = 0.05
"""Em, in cover units, of letters so small that a strip clears their ground."""

_CELLS = 270
"""Grid of a fade to the cover unit; the frame is a whole number of its cells tall."""

_FADES = 0.2
"""How far beyond the front's square calm for words goes on, cover units."""

_BUSY = 0.3
"""Spread of the ground, in even steps of lightness, from which a print is cleared beside letters though they read."""


@dataclass(frozen=True)
class Reading:
    """How a text reads. contrast: the fifth percentile at the worst moment looked at; `needed`: the least.
    held: what was done for it: "", "line", "strip", "fade" or "case".
    """

    name: str
    contrast: float
    needed: float
    held: str


def veiled(stage: Stage, front: Design, style: Style, art: Field) -> Field:
    """Art that is calm beneath words before a finish draws it, so that the calm is in its own dots, lines or strokes.

    The side is the one on which the front's ink reads, as strong as the art there is lively.
    """
    tone = art.still.mean(2)
    veils: list[tuple[Floats, float, Floats]] = []
    for item, words, shift in _matched(stage, front):
        if not stage.floats(item):
            continue
        tall = _tall(printing.scrim(item, 1.0, style.palette.paper, cells=_CELLS, wide=True).field, shift, style)
        under = _at(tall, *art.places) > 0.6
        rough = float(tone[under].std()) if under.any() else 0.1
        soft = style.finish.name in SOFT
        strength = float(np.clip((0.25 if soft else 0.5) + 2.2 * rough, 0.35 if soft else 0.55, 0.8 if soft else 0.94))
        light = float(colour.luminance(words.layers[-1].colour)) <= ink.MIDDLE
        light &= not item.item.cased  # a logo has dark lines of its own
        toward = np.asarray(style.palette.lightest if light else style.palette.darkest, np.float32)
        veils.append((tall, strength, toward))

    def calm(x: Floats, y: Floats) -> tuple[Floats, Floats]:
        stays, added = np.ones((*x.shape, 1), np.float32), np.zeros((*x.shape, 3), np.float32)
        for tall, strength, toward in veils:
            share = np.float32(strength) * _at(tall, x, y)[..., None]
            stays, added = stays * (1 - share), added * (1 - share) + toward * share
        return stays, added

    return replace(art, veil=calm) if veils else art


def _at(tall: Floats, x: Floats, y: Floats) -> Floats:
    """A field of the frame at places in cover units."""
    columns, rows = x * np.float32(_CELLS) - np.float32(0.5), (y + np.float32(OVER)) * np.float32(_CELLS)
    found = cv2.remap(tall, columns, rows - np.float32(0.5), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(found, np.float32)


def read(frames: list[Pixels], stage: Stage, front: Design, style: Style,
         seeds: Seeds) -> tuple[list[Step], list[Reading]]:  # fmt: skip
    """What is printed above the art so that every text reads on every frame given, the words last.

    frames: moments of the loop at some width, without words; they are changed in place.
    Returns what to draw, for a canvas of any width, and how each text reads.
    """
    steps: list[Step] = []
    readings: list[Reading] = []
    for number, (item, words, shift) in enumerate(_matched(stage, front)):
        held, contrast = _held(frames, item, words.layers[-1].colour, shift, stage=stage, style=style,
                               seed=seeds.type + 101 * number, steps=steps)  # fmt: skip
        readings.append(Reading(item.name, contrast, ink.needed(item), held))
    for number, (item, words, shift) in enumerate(_matched(stage, front)):
        steps.append(_letters(item, words, shift, style, seeds.type + 101 * number))
    return steps, readings


def _held(frames: list[Pixels], item: Placed, own: Colour, shift: float, *, stage: Stage, style: Style, seed: int,
          steps: list[Step]) -> tuple[str, float]:  # fmt: skip
    """Hold back what lies beneath a text as weakly as makes it read on all frames; gives what was done, and the
    contrast reached.
    """
    least = ink.needed(item) * ink.SPARE
    name, paper, look = style.finish.name, style.finish.paper, style.finish.ink
    if not stage.floats(item):
        return "", _worst(frames, item, own, shift)
    dark = max((True, False), key=lambda d: float(colour.contrast_ratio(own, ink.near(style.palette, d))))
    toward = ink.near(style.palette, dark)

    def do(step: Step) -> None:
        steps.append(step)
        for frame in frames:
            step(frame)

    held = ""
    if item.item.cased and look.glow < 0.5:
        do(_cased(item, own, shift, style, seed))
        held = "case"
    contrast = _worst(frames, item, own, shift)
    busy = name not in SOFT and not held and contrast < 1.5 * least and _spread(frames, item, shift) > _BUSY
    if contrast >= least and not busy:
        return held, contrast
    if name not in SOFT | GRAINY or contrast >= least:
        tone = _like_the_ground(frames, item, own, shift, style, (1.25 if contrast < least else 1.0) * least) or toward
        line = item.setting.size >= _STRIP_BELOW or contrast >= least
        shape, grow = (item.outline, _LINE if contrast < least else ink.AROUND) if line else (_strip(item), 0.0)
        do(lambda canvas: printing.printed(square(canvas, shift), shape, tone, look, seed + 7, embolden=grow,
                                           worn=0.0, paper=paper))  # fmt: skip
        held, contrast = "line" if line else "strip", _worst(frames, item, own, shift)
    strength: float | None = 0.3
    area = _tall(printing.scrim(item, 1.0, toward, cells=_CELLS).field, shift, style)
    grit = seed if name in GRAINY else None
    while contrast < least and strength is not None:
        fade = printing.Scrim(area, strength, toward, grit)
        tried = [frame.copy() for frame in frames]
        for frame in tried:
            fade.on(frame)
        contrast, strength = _worst(tried, item, own, shift), ink.stronger(strength)
        if contrast >= least or strength is None:
            do(fade.on)
            held = "fade"
    return held, contrast


def _letters(item: Placed, words: Words, shift: float, style: Style, seed: int) -> Step:
    """A text as the front prints it, with what shines or slips beside it."""
    worn = 0.0 if stem(item.outline) < HAIRLINE else 0.6 if item.setting.size >= ink.SMALL_BELOW else 0.2
    choice = ink.Choice(words.layers[-1].colour, 0.0, 0.0, style.palette.darkest)

    def step(canvas: Pixels) -> None:
        view = square(canvas, shift)
        grounding.underprint(view, item, choice, style, seed)
        for layer in words.layers:
            printing.printed(view, layer.outline, layer.colour, style.finish.ink, seed, paper=style.finish.paper,
                             worn=worn)  # fmt: skip

    return step


def _cased(item: Placed, own: Colour, shift: float, style: Style, seed: int) -> Step:
    """The lines round a logo: dark, its own colour, dark; a single dark one round small lettering."""
    dark, look = ink.near(style.palette, True), style.finish.ink
    reach = item.item.cased * min(1.0, max(item.setting.size / 0.15, 0.45))
    rings = [(dark, max(1.15 * reach, ink.AROUND), 0.0)]
    if item.setting.size > 0.1 and len(item.setting.lines) == 1:
        rings = [(dark, 2.6 * reach, 0.0), (own, 1.75 * reach, 0.5), *rings]

    def step(canvas: Pixels) -> None:
        for tone, grow, worn in rings:
            printing.printed(square(canvas, shift), item.outline, tone, look, seed, embolden=grow, worn=worn)

    return step


def _matched(stage: Stage, front: Design) -> list[tuple[Placed, Words, float]]:
    """Each text of the plan with its inks and its shift, in the order in which the front prints them."""
    pairs = sorted(zip(stage.plan.texts, stage.shifts, strict=True), key=lambda pair: not pair[0].lead)
    return [(item, words, shift) for (item, shift), words in zip(pairs, front.words, strict=True)]


def _tall(area: Floats, shift: float, style: Style) -> Floats:
    """A field on the front's square carried on to the frame's head and foot: what reaches its edge goes on. On a print
    it ends beyond, so that there is art again; in a photograph that would be a bar.
    """
    cells = len(area)
    above = round((OVER + shift) * cells)
    below = round((1 + 2 * OVER) * cells) - cells - above
    carried_on = np.pad(area, ((above, below), (0, 0)), mode="edge")
    if style.finish.name in SOFT:
        return carried_on
    beyond = np.concatenate([np.arange(above, 0, -1), np.zeros(cells), np.arange(1, below + 1)]) / cells
    fading = np.clip(1.15 - beyond / _FADES, 0, 1)
    fading = fading * fading * (3 - 2 * fading)
    return carried_on * fading[:, None].astype(np.float32)


def _seen(frame: Pixels, item: Placed, shift: float) -> Floats:
    return ink.luminances(grounding.reduced(square(frame, shift)), item.outline)


def _worst(frames: Sequence[Pixels], item: Placed, own: Colour, shift: float) -> float:
    return min(ink.fifth(own, _seen(frame, item, shift)) for frame in frames)


def _spread(frames: Sequence[Pixels], item: Placed, shift: float) -> float:
    """How far the ground's lights and darks are apart at the liveliest moment, in even steps of lightness."""
    ends = [np.percentile(_seen(frame, item, shift), (5, 95)) ** 0.45 for frame in frames]
    return max(float(high - low) for low, high in ends)


def _strip(item: Placed) -> Outline:
    left, top, right, bottom = item.outline.bounds
    pad = 0.35 * item.setting.size + 0.004
    return Outline.rectangle(left - pad, top - pad, right + pad, bottom + pad)


def _like_the_ground(frames: Sequence[Pixels], item: Placed, own: Colour, shift: float, style: Style,
                     least: float) -> Colour | None:  # fmt: skip
    """The palette's colour most like the picture beneath a text of those on which its ink reads; None where none is."""
    views = [square(frame, shift) for frame in frames]
    left, top, right, bottom = ink.pixel_box(item.outline.bounds, views[0].shape[0], 0.0)
    there = np.concatenate([view[top:bottom:4, left:right:4].reshape(-1, 3) for view in views])
    middle = np.median(colour.srgb_to_oklab(there / np.float32(255)), 0)
    fit = [c for c in style.palette.colours if float(colour.contrast_ratio(own, c)) >= least]
    return min(fit, key=lambda c: float(np.linalg.norm(colour.srgb_to_oklab(c) - middle)), default=None)
