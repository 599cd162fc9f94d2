"""The cassette's card: flap, spine and front in one; the front is the real one made small, over a band of colour."""

from __future__ import annotations

import contextlib
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from duck_and_cover.design.compose import Design
from duck_and_cover.design.pieces import scenes
from duck_and_cover.design.pieces.backs import aligned, listed, manner_of
from duck_and_cover.design.pieces.divisions import by_work, works_alone
from duck_and_cover.design.pieces.letters import (
    LEAST_PT,
    LEGAL_PT,
    PT_MM,
    Text,
    fitted,
    lined,
    readers,
    small_print,
    voices,
)
from duck_and_cover.design.pieces.matter import Matter
from duck_and_cover.design.pieces.paragraphs import run_in
from duck_and_cover.design.pieces.pasteup import Pasteup
from duck_and_cover.design.pieces.sheet import Panel
from duck_and_cover.design.pieces.spines import spine
from duck_and_cover.design.pieces.tracklist import TrackList, sided
from duck_and_cover.design.shapes.outline import Box
from duck_and_cover.design.style import Seeds
from duck_and_cover.design.type.typography import DoesNotFit
from duck_and_cover.errors import BadInput

__all__ = ["card"]


_STRIPE_MM = 5.0
"""Of bare sheet between a front and a detail of its picture, where no list stands below it."""


def card(paste: Pasteup, art: NDArray[np.uint8], design: Design, matter: Matter, seeds: Seeds) -> bool:
    """Print a J-card; returns whether the whole track list found room. design: its front, as large as there.

    The front stands in the upper part of its panel where all its words are as large as 5 pt there, and the band below
    has the track list, the flap the names; else its picture does, the band has the names and the flap the list, a
    paragraph a side. Where a list does not fit its place it goes to the other, and nowhere where it fits neither; then
    a detail of the picture stands below a legible front.
    """
    sheet = paste.sheet
    front, back, flap = sheet.panel("front"), sheet.panel("spine"), sheet.panel("flap")
    tone = scenes.sheet_tone(paste.style, seeds)
    paste.bare(paste.whole, tone, 11)
    paste.bare(back.box, scenes.spine_tone(paste.style, seeds, tone), 13)
    square: Box = (front.x_mm, 0.0, front.x_mm + front.width_mm, front.width_mm)
    least = min((text["size"] for text in design.report["texts"]), default=0.0) * front.width_mm / PT_MM
    legible = least >= LEGAL_PT
    if legible:
        paste.front(square, design)
    elif matter.line or len(matter.tracks):
        paste.picture(square, np.asarray(art, np.float32) / np.float32(255))
    else:
        paste.picture(front.box, scenes.detail(art, front.width_mm / front.height_mm, 1.0, calm=False))
    pad = sheet.safe_mm + 0.5
    band: Box = (square[0] + pad, square[3] + pad, square[2] - pad, sheet.height_mm - pad)
    block = _listed(paste, matter, band)
    strips = None if legible and block else _flap(paste, flap, matter)
    if strips is None:
        texts = [*(block or ([] if legible else _names(paste, matter, band))), *_flap_names(paste, flap, matter)]
    else:
        texts = [*strips, *([] if legible else _names(paste, matter, band))]
    if legible and not block and (matter.line or len(matter.tracks)):  # the front has told the names already
        tall = front.height_mm - square[3] - _STRIPE_MM
        paste.picture((square[0], square[3] + _STRIPE_MM, square[2], front.height_mm),
                      scenes.detail(art, front.width_mm / tall, 0.6, calm=True))  # fmt: skip
    paste.type(texts, toward=tone)
    spine(paste, back, matter)
    return bool(block or strips) or not len(matter.tracks)


def _names(paste: Pasteup, matter: Matter, band: Box) -> list[Text]:
    """The names in the middle of the band."""
    first, second = matter.names(paste.style)
    if not first:
        return []
    left, top, right, bottom = band
    lead, quiet = voices(paste.style)
    align = aligned(paste.style, matter)
    wide, tall = right - left, 0.9 * (bottom - top)
    for voice, least, lines in ((lead, 9.0 if paste.style.voices.small else 12.0, 2), (quiet, LEAST_PT, 9)):
        try:
            one = fitted(first, voice, wide, tall * (0.6 if second else 1.0), most_pt=20.0, least_pt=least,
                         max_lines=lines, align=align, name="names")  # fmt: skip
            texts = [one]
            if second:
                other = fitted(second, quiet, wide, tall - one.bounds[3] - 1.2, most_pt=max(0.6 * one.size_pt, 7.0),
                               max_lines=lines, align=align, tone="plain", name="names")  # fmt: skip
                texts.append(other.moved(0.0, one.bounds[3] + 1.2))
        except DoesNotFit:
            continue
        y = top + (bottom - top - texts[-1].bounds[3]) / 2
        return [text.moved(left, y) for text in texts]
    return []


def _rights(paste: Pasteup, matter: Matter, length: float, deep: float) -> tuple[list[Text], float]:
    """The small print on the floor of a strip, and the depth that it leaves."""
    line = " · ".join(filter(None, (matter.legal, matter.catalogue)))
    if not line:
        return [], deep
    try:
        legal = small_print(line, voices(paste.style)[1], length, 2.6, most_pt=5.5)
    except BadInput:
        return [], deep
    legal = legal.moved(0.0, deep - legal.bounds[3])
    return [legal], legal.bounds[1] - 0.9


def _strip(paste: Pasteup, panel: Panel) -> tuple[Box, float, float]:
    """The part of a panel that words may stand in, and its length and depth as they are read, mm."""
    safe = paste.sheet.safe_mm
    box: Box = (panel.x_mm + safe, panel.y_mm + safe, panel.x_mm + panel.width_mm - safe,
                panel.y_mm + panel.height_mm - safe)  # fmt: skip
    return box, box[3] - box[1], box[2] - box[0]


def _flap_names(paste: Pasteup, panel: Panel, matter: Matter) -> list[Text]:
    """Artist and title in one line on the flap, over the small print; neither where they are too long for it."""
    box, length, deep = _strip(paste, panel)
    out, deep = _rights(paste, matter, length, deep)
    if matter.line:
        with contextlib.suppress(DoesNotFit):
            line = fitted(matter.line, voices(paste.style)[1], length, deep, most_pt=9.0, max_lines=2, name="names")
            out.append(replace(line, tone="plain"))
    return [text.turned(box, panel.turn) for text in out]


def _flap(paste: Pasteup, panel: Panel, matter: Matter) -> list[Text] | None:
    """The sides on the flap, turned as the spine is, a paragraph each; None where they do not fit."""
    box, length, deep = _strip(paste, panel)
    out, deep = _rights(paste, matter, length, deep)
    quiet = voices(paste.style)[1]
    sections = [section for section in sided(matter.tracks) if section.tracks] if len(matter.tracks) else []
    if not sections:
        return _flap_names(paste, panel, matter)
    gap, right = 4.0, matter.tracks.rightward
    each = (length - gap * (len(sections) - 1)) / len(sections)
    for number, section in enumerate(sections):
        head = lined(section.side or "", quiet, 8.0, tone="loud", name="side") if len(sections) > 1 else None
        indent = head.bounds[2] + 1.6 if head else 0.0
        made = (run_in(section, voice, lambda y, w=each - indent: w, deep, most_pt=8.0, align=0.0 if right else 1.0)
                for voice in readers(paste.style))  # fmt: skip
        block = next((one for one in made if one), None)
        if block is None:
            return None
        x = (number if right else len(sections) - 1 - number) * (each + gap)
        out += [text.moved(x + (indent if right else each - indent), 0.0) for text in block.texts]
        if head:
            out.append(head.moved(x if right else x + each - head.bounds[2], block.size_pt * PT_MM))
    return [text.turned(box, panel.turn) for text in out]


def _listed(paste: Pasteup, matter: Matter, room: Box) -> list[Text] | None:
    """The track list in the middle of the band, or its works alone; None where there is none, or where it does not
    fit.
    """
    left, top, right, bottom = room
    if not len(matter.tracks):
        return None
    sides = (replace(side, heading=side.heading or side.side or "") for side in sided(matter.tracks) if side.tracks)
    whole, manner = TrackList(tuple(sides)), manner_of(paste.style, matter, paste.seeds)
    block = None
    for tracks, how in ((by_work(whole), manner), (works_alone(whole), replace(manner, numbers=False))):
        if block is None and tracks is not None:
            with contextlib.suppress(BadInput):
                block = listed(tracks, paste.style, right - left, bottom - top, most_pt=8.0, manner=how)
    if block is None:
        return None
    x = {"left": left, "center": (left + right - block.width) / 2, "right": right - block.width}
    return list(block.moved(x[aligned(paste.style, matter)], top + (bottom - top - block.height) / 2).texts)
