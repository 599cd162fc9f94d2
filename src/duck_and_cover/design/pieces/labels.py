"""Labels of discs: names over the hole, tracks under it, side or disc beside it, rights round the rim."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from duck_and_cover import colour
from duck_and_cover.colour import Colour
from duck_and_cover.design.choosing.taste import drawn
from duck_and_cover.design.pieces import scenes
from duck_and_cover.design.pieces.backs import manner_of
from duck_and_cover.design.pieces.divisions import works_alone
from duck_and_cover.design.pieces.letters import LEAST_PT, LEGAL_PT, Text, fitted, lined, ringed, voices
from duck_and_cover.design.pieces.listing import Block, Manner
from duck_and_cover.design.pieces.matter import Matter
from duck_and_cover.design.pieces.paragraphs import centred, run_in
from duck_and_cover.design.pieces.pasteup import Pasteup
from duck_and_cover.design.pieces.tracklist import Section, TrackList, clock
from duck_and_cover.design.shapes.outline import Outline
from duck_and_cover.design.type.typography import DoesNotFit

__all__ = ["label"]

_CLEAR = {"cd-label": 19.0, "lp-label": 8.0}
"""Radius of what words keep off in the middle, mm: the stacking ring of a CD, the spindle's wear of a record."""

_RIM_MM = 3.4
"""Room for the line of rights along the rim."""


def label(paste: Pasteup, art: NDArray[np.uint8], matter: Matter, section: Section, mark: str) -> tuple[str, bool]:
    """Print a label.

    section: what is on this side or disc.    mark: "A", "2"; "" for the only one.
    Returns the arrangement, "plain" or "split" (a picture over the hole, names under it), and whether names and tracks
    stand on it: a CD with a picture, or with more than its label holds, has its list on the back alone.
    """
    sheet = paste.sheet
    radius, clear = sheet.width_mm / 2, _CLEAR[sheet.name]
    inner = radius - sheet.safe_mm - (_RIM_MM if matter.legal else 0.0)
    block = _tracks(paste, matter, section, inner, clear)
    disc = sheet.name == "cd-label"
    wished = drawn("layout", {"plain": 1.0, "split": 1.0}, "label", paste.seeds.layout) == "split"
    untold = block is None and bool(section.tracks)  # half of the label would be bare
    split = (disc and (wished or untold)) or not (matter.line or section.tracks)
    block = None if split else block
    tone = scenes.sheet_tone(paste.style, paste.seeds)
    paste.bare(paste.whole, tone, 7)
    low = 0.0
    if split:
        whole = disc and not (matter.line or mark or matter.legal or matter.catalogue)
        paste.picture(paste.whole if whole else (0.0, 0.0, sheet.width_mm, radius),
                      scenes.detail(art, 1.0 if whole else 2.0, 0.95, calm=False))  # fmt: skip
        low = 7.0 if disc else 5.0
    else:
        _rings(paste, tone, clear, radius)
    texts = _names(paste, matter, inner, clear, foot=split)
    texts += [text.moved(0.0, clear + 1.5) for text in (block.texts if block else ())]
    texts += [text.moved(0.0, low) for text in _sides(paste, matter, section, mark, inner=inner, clear=clear)]
    if matter.legal:
        rim = _rim(paste, matter.legal, radius)
        texts += [rim] if rim is not None else []
    paste.type([text.moved(radius, radius) for text in texts], toward=tone)
    named = not matter.line or any(text.name == "names" for text in texts)
    return "split" if split else "plain", named and (block is not None or not section.tracks)


def _chord(radius: float, y: float) -> float:
    """Width of a circle at a height from its middle."""
    return 2 * float(np.sqrt(max(radius * radius - y * y, 0.0)))


def _tracks(paste: Pasteup, matter: Matter, section: Section, inner: float, clear: float) -> Block | None:
    """The tracks under the hole, about x = 0 and from y = 0: a line each, or one paragraph; of works whose movements
    are too many, the works.
    """
    if not section.tracks:
        return None
    quiet = voices(paste.style)[1]

    def room(y: float) -> float:
        return _chord(inner, clear + 1.5 + max(y, 0.0))

    tall = inner - clear - 3.0
    manner = manner_of(paste.style, matter, paste.seeds)
    least = max(LEAST_PT, quiet.least_pt)
    block = centred(section, quiet, room, tall, most_pt=8.5, manner=manner, least_pt=least)
    block = block or run_in(section, quiet, room, tall, most_pt=8.5)
    works = works_alone(TrackList((section,)))
    if block or works is None:
        return block
    return centred(works.sections[0], quiet, room, tall, most_pt=8.5, manner=Manner(numbers=False), least_pt=least)


def _names(paste: Pasteup, matter: Matter, inner: float, clear: float, *, foot: bool) -> list[Text]:
    """Both names over the hole, or under it where a picture is over it; about x = 0."""
    first, second = matter.names(paste.style)
    if not first:
        return []
    lead, quiet = voices(paste.style)
    high, low = 0.78 * inner, clear + 1.5
    tall, wide = high - low, _chord(inner, high)
    for voice, least, lines in ((lead, 8.0 if paste.style.voices.small else 12.0, 2), (quiet, LEAST_PT, 9)):
        try:
            one = fitted(first, voice, wide, tall * (0.6 if second else 0.9), most_pt=20.0, least_pt=least,
                         max_lines=lines, align="center", name="names")  # fmt: skip
            texts = [one]
            if second:
                room = tall - one.bounds[3] - 1.6
                other = fitted(second, quiet, wide, room, most_pt=max(0.55 * one.size_pt, 7.0), max_lines=lines,
                               align="center", tone="plain", name="names")  # fmt: skip
                texts.append(other.moved(0.0, one.bounds[3] + 1.6))
        except DoesNotFit:
            continue
        whole = texts[-1].bounds[3]
        y = low + 0.25 * (tall - whole) if foot else -low - whole - 0.35 * (tall - whole)
        return [text.moved(-wide / 2, y) for text in texts]
    return []


def _sides(paste: Pasteup, matter: Matter, section: Section, mark: str, *, inner: float, clear: float) -> list[Text]:
    """Side or disc on the left of the hole with its time, the catalogue number on the right."""
    lead, quiet = voices(paste.style)
    middle = (inner + clear) / 2
    room = inner - clear - 4.0
    out: list[Text] = []
    if mark:
        large = lined(mark, lead if paste.style.voices.small else quiet, 21.0, tone="loud", name="side")
        out.append(_about(large, -middle, 0.0))
    if section.seconds and len(section.tracks) > 1:
        out.append(_about(lined(clock(section.seconds), quiet, 7.0, name="time"), -middle, 5.6 if mark else 0.0))
    if matter.catalogue:
        try:
            text = fitted(matter.catalogue, quiet, room, 8.0, most_pt=8.0, max_lines=3, align="center", tone="plain",
                          name="catalogue")  # fmt: skip
        except DoesNotFit:
            return out
        out.append(_about(text, middle, 0.0))
    return out


def _about(text: Text, x: float, y: float) -> Text:
    """A text with the middle of its ink at a point."""
    left, top, right, bottom = text.bounds
    return text.moved(x - (left + right) / 2, y - (top + bottom) / 2)


def _rim(paste: Pasteup, legal: str, radius: float) -> Text | None:
    quiet = voices(paste.style)[1]
    for size in (5.5, LEGAL_PT):
        text = ringed(legal, quiet, size, radius - paste.sheet.safe_mm, name="legal")
        if text is not None:
            return text
    return None


def _rings(paste: Pasteup, tone: Colour, clear: float, radius: float) -> None:
    """A fine ring round the hole, as old labels have it; only where style and seed like it."""
    if drawn("layout", {"ring": 1.0, "none": 1.0}, "ring", paste.seeds.layout) == "none":
        return
    palette = paste.style.palette
    options = [c for c in (palette.accent, *palette.seconds, palette.key) if colour.contrast_ratio(c, tone) > 1.8]
    if options:
        paste.stroke(_ring((radius, radius), clear - 1.2, 0.35), options[0])


def _ring(middle: tuple[float, float], radius: float, thick: float) -> Outline:
    angles = np.linspace(0, 2 * np.pi, 180, endpoint=False)
    way = np.column_stack([np.cos(angles), np.sin(angles)])
    inside = Outline.polygon(way[::-1] * (radius - thick / 2) + middle)
    return Outline.polygon(way * (radius + thick / 2) + middle) + inside
