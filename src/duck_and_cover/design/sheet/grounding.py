"""What lies beneath the words: a calm picture, an ink that reads on it, and as much held back as that needs.

Three times words change their ground, each weaker where the one before sufficed: the art is calmed before its finish
draws it; an ink is chosen by what was drawn; what is still too lively beneath is held back as a printer would.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from duck_and_cover import colour
from duck_and_cover.colour import Colour
from duck_and_cover.design.finish import prepare
from duck_and_cover.design.inks import ink
from duck_and_cover.design.inks.palette import Palette, chroma
from duck_and_cover.design.layouts.layout import Placed, Plan
from duck_and_cover.design.shapes.outline import Box, Outline
from duck_and_cover.design.sheet import printing, texture
from duck_and_cover.design.style import Seeds, Style

__all__ = ["calmed", "readied", "reduced", "underprint"]

_SOFT = frozenset(("film", "paint", "neon"))
"""Finishes with smooth tones, where a fade is at home."""

_GRAINY = frozenset(("riso", "xerox"))
"""Finishes made of grains, where a fade is a thinning of grains."""

_LINED = frozenset(("engraving", "isolines", "ridges", "woodcut"))
"""Finishes made of lines."""

_LINE = 0.0095
"""Thickness of the line round large letters that the picture would swallow, cover units."""


def calmed(art: NDArray[np.uint8], box: Box, plan: Plan, style: Style) -> NDArray[np.float32]:
    """The art cropped to its box, 0 to 1, quieter and lighter or darker where words will lie.

    The finish then draws the calm itself, in its own dots, lines or strokes. Dark palettes and glowing type
    ask for dark ground, otherwise the side is taken that the art is on already.
    """
    left, top, right, bottom = box
    small = prepare.crop(np.asarray(art, np.float32) / 255, (right - left) / (bottom - top))
    tone = small.mean(2)
    ranked = prepare.ranked(tone)
    dark = style.finish.ink.glow >= 0.5 or any(t.item.cased for t in plan.texts)
    for item in plan.texts:
        x0, y0, x1, y1 = item.outline.bounds
        if x0 > right or x1 < left or y0 > bottom or y1 < top or plan.on_panel(item.outline.bounds):
            continue
        field = printing.scrim(item, 1.0, style.palette.paper, cells=200, wide=True).field
        rows = slice(round(top * 200), round(bottom * 200))
        columns = slice(round(left * 200), round(right * 200))
        part = cv2.resize(np.ascontiguousarray(field[rows, columns]), tone.shape[::-1], interpolation=cv2.INTER_AREA)
        under = float((ranked * part).sum() / (part.sum() + 1e-6))
        bias = 0.12 if style.palette.dark else -0.06 if style.finish.name in _SOFT else -0.2
        light = under > 0.5 + bias and not dark
        rough = float(tone[part > 0.6].std()) if (part > 0.6).any() else 0.1
        soft = style.finish.name in _SOFT
        strength = float(np.clip((0.25 if soft else 0.5) + 2.2 * rough, 0.35 if soft else 0.55, 0.8 if soft else 0.94))
        toward = np.asarray(style.palette.lightest if light else style.palette.darkest, np.float32)
        share = (strength * part)[..., None]
        small = small * (1 - share) + toward * share
    return np.asarray(small, np.float32)


def readied(pixels: NDArray[np.uint8], plan: Plan, style: Style, seeds: Seeds) -> list[tuple[Placed, ink.Choice]]:
    """Choose inks and hold back what lies beneath, in place; gives the choice made for each text."""
    order = sorted(plan.texts, key=lambda t: not t.lead)
    choices: list[tuple[Placed, ink.Choice]] = []
    for number, item in enumerate(order):
        taken = tuple(choice.colour for _, choice in choices)
        choices.append((item, _prepared(pixels, item, plan, style, taken=taken, seed=seeds.type + 101 * number)))
    for number, (item, choice) in enumerate(choices):  # holding back for one may have changed the ground of another
        reached = ink.fifth(choice.colour, ink.luminances(reduced(pixels), item.outline))
        if reached < ink.needed(item):
            again = _prepared(pixels, item, plan, style, taken=(), seed=seeds.type + 101 * number)
            choices[number] = (item, again)
        else:
            choices[number] = (item, replace(choice, contrast=reached))
    return choices


def _prepared(
    pixels: NDArray[np.uint8], item: Placed, plan: Plan, style: Style, *, taken: tuple[Colour, ...], seed: int
) -> ink.Choice:
    """Choose a text's ink and make its ground ready, in place."""
    view = reduced(pixels)
    if item.item.cased and style.finish.ink.glow < 0.5:
        choice = ink.chosen(view, item, style.palette, taken, on=ink.near(style.palette, True), prior=style.prior)
        _case(pixels, item, choice, style, seed)
        return replace(choice, contrast=ink.fifth(choice.colour, ink.luminances(reduced(pixels), item.outline)))
    flat = plan.on_panel(item.outline.bounds) or not any(_over(item, box) for box, _ in plan.pictures)
    glowing = style.finish.ink.glow >= 0.5 and not flat
    choice = ink.chosen(view, item, style.palette, taken, polarity=1 if glowing else 0, flat=flat, prior=style.prior)
    return _held_back(pixels, view, item, choice, plan=plan, style=style, seed=seed)


def _over(item: Placed, box: Box) -> bool:
    """Whether a text touches a box."""
    x0, y0, x1, y1 = item.outline.bounds
    return x0 < box[2] and x1 > box[0] and y0 < box[3] and y1 > box[1]


def reduced(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The cover as contrast sees it."""
    if pixels.shape[0] <= ink.VIEW:
        return pixels.copy()
    return np.asarray(cv2.resize(pixels, (ink.VIEW, ink.VIEW), interpolation=cv2.INTER_AREA), np.uint8)


def _pictured(plan: Plan, item: Placed, cells: int) -> NDArray[np.float32]:
    """(cells, cells), 1 where the picture lies bare or the text itself stands, 0 on panels beside it."""
    seen = np.zeros((cells, cells), np.float32)
    panels = [(box, 0.0) for box in plan.panels]
    for (x0, y0, x1, y1), value in [*((box, 1.0) for box, _ in plan.pictures), *panels, (item.outline.bounds, 1.0)]:
        seen[round(y0 * cells) : round(y1 * cells), round(x0 * cells) : round(x1 * cells)] = value
    return seen


def _held_back(
    pixels: NDArray[np.uint8],
    view: NDArray[np.uint8],
    item: Placed,
    choice: ink.Choice,
    *,
    plan: Plan,
    style: Style,
    seed: int,
) -> ink.Choice:
    """Hold back what lies beneath a text until its contrast is reached, in place; measured on the cover itself.

    Photographs, paint and light are faded as weakly as will do; flat prints get what a printer would give
    them: a line round large letters, a strip under small ones.
    """
    if choice.scrim <= 0:
        return choice
    least = ink.needed(item) * ink.SPARE
    look, paper, name = style.finish.ink, style.finish.paper, style.finish.name
    if choice.contrast >= least and name not in _SOFT:  # a busy ground: clear dots and lines away from the letters
        reach = _LINE if name in _LINED else ink.AROUND
        if name in _LINED and ink.on_its_side(choice.toward, ink.luminances(view, item.outline)):
            reach *= 1.8  # no rim is seen there, and a line that ends beside a letter looks like its accent
        tone = _like_the_ground(view, item.outline, choice, style.palette, least)
        printing.printed(pixels, item.outline, tone, look, seed + 7, embolden=reach, worn=0.0, paper=paper)
        reached = ink.fifth(choice.colour, ink.luminances(reduced(pixels), item.outline))
        return replace(choice, contrast=reached, scrim=0.0)
    if name not in _SOFT | _GRAINY:
        if item.setting.size >= 0.05:
            tone = _like_the_ground(view, item.outline, choice, style.palette, least)
            printing.printed(pixels, item.outline, tone, look, seed + 7, embolden=_LINE, worn=0.0, paper=paper)
        else:
            left, top, right, bottom = item.outline.bounds
            pad = 0.35 * item.setting.size + 0.004
            strip = Outline.rectangle(left - pad, top - pad, right + pad, bottom + pad)
            tone = _like_the_ground(view, strip, choice, style.palette, least)
            printing.printed(pixels, strip, tone, look, seed + 7, worn=0.0, paper=paper)
        reached = ink.fifth(choice.colour, ink.luminances(reduced(pixels), item.outline))
        return replace(choice, contrast=reached, scrim=1.0)
    grit = seed if name in _GRAINY else None
    field = printing.scrim(item, 1.0, choice.toward).field
    field = field * _pictured(plan, item, len(field))
    strength: float | None = choice.scrim
    while strength is not None:
        tried = view.copy()
        printing.Scrim(field, strength, choice.toward, grit).on(tried)
        if ink.fifth(choice.colour, ink.luminances(tried, item.outline)) >= least:
            break
        strength = ink.stronger(strength)
    strength = 1.0 if strength is None else strength
    printing.Scrim(field, strength, choice.toward, grit).on(pixels)
    reached = ink.fifth(choice.colour, ink.luminances(reduced(pixels), item.outline))
    return replace(choice, contrast=reached, scrim=strength)


def _like_the_ground(
    view: NDArray[np.uint8], shape: Outline, choice: ink.Choice, palette: Palette, least: float
) -> Colour:
    """The palette's colour to clear a place for type that is most like the picture there, so that it seems calm and no
    label; what the ground would be faded into where the type reads on none of them.
    """
    left, top, right, bottom = ink.pixel_box(shape.bounds, len(view), 0.0)
    there = np.median(colour.srgb_to_oklab(view[top:bottom, left:right].reshape(-1, 3) / np.float32(255)), 0)
    fit = [c for c in palette.colours if float(colour.contrast_ratio(choice.colour, c)) >= 1.25 * least]
    return min(fit, key=lambda c: float(np.linalg.norm(colour.srgb_to_oklab(c) - there)), default=choice.toward)


def _case(pixels: NDArray[np.uint8], item: Placed, choice: ink.Choice, style: Style, seed: int) -> None:
    """The lines round a logo: dark, the logo's own colour, dark again; a single dark one round small lettering."""
    look, dark = style.finish.ink, ink.near(style.palette, True)
    reach = item.item.cased * min(1.0, max(item.setting.size / 0.15, 0.45))
    if item.setting.size > 0.1 and len(item.setting.lines) == 1:
        printing.printed(pixels, item.outline, dark, look, seed, embolden=2.6 * reach, worn=0.0)
        printing.printed(pixels, item.outline, choice.colour, look, seed, embolden=1.75 * reach, worn=0.5)
    printing.printed(pixels, item.outline, dark, look, seed, embolden=max(1.15 * reach, ink.AROUND), worn=0.0)


def underprint(pixels: NDArray[np.uint8], item: Placed, choice: ink.Choice, style: Style, seed: int) -> None:
    """What shines or slips beside a text's letters, in place."""
    look, palette = style.finish.ink, style.palette
    if look.glow >= 0.5 and item.item.tone == "loud":
        lively = max((palette.accent, *palette.seconds), key=chroma)
        stands_off = float(colour.contrast_ratio(printing.deep(lively), choice.colour)) >= ink.BESIDE
        printing.glow(pixels, item.outline, lively, (0.9 if stands_off else 0.4) * look.glow)
    if look.misregister > 0.0015 and item.lead and item.setting.size > 0.09 and not (item.item.cased or item.behind):
        under = palette.seconds[0]
        if look.glow < 0.5 and float(colour.contrast_ratio(under, choice.colour)) >= ink.BESIDE:
            slip = texture.misregistration(seed, 2, look.misregister)[1]
            printing.printed(pixels, item.outline, under, look, seed + 3, strength=0.8, slip=slip, worn=0.5)
