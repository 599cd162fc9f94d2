"""Backs: names, track list and small print on one of several grounds, arranged by the front's own manner.

First the words are set, then the ground is drawn round them: a picture gets the room that they leave.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from duck_and_cover.colour import Colour
from duck_and_cover.design.choosing.taste import drawn, uniform
from duck_and_cover.design.pieces import scenes
from duck_and_cover.design.pieces.letters import (
    LEAST_PT,
    LEGAL_PT,
    Text,
    fitted,
    lined,
    reach,
    readers,
    small_print,
    voices,
)
from duck_and_cover.design.pieces.listing import Block, Manner, columns
from duck_and_cover.design.pieces.matter import Matter
from duck_and_cover.design.pieces.pasteup import Pasteup
from duck_and_cover.design.pieces.tracklist import TrackList
from duck_and_cover.design.shapes.outline import Box
from duck_and_cover.design.style import Seeds, Style
from duck_and_cover.design.type.typography import Align, DoesNotFit
from duck_and_cover.errors import BadInput

__all__ = ["BACKS", "aligned", "back", "listed", "manner_of"]

BACKS = ("sheet", "strip", "field", "fade", "ghost")
"""Arrangements: a bare sheet; a picture above it; a field upon a picture; a picture that fades; a pale picture."""

_SMALL = {"names": 18.0, "list": 9.0, "foot": 5.5}
_SIDE_MM = 137.0
"""A back of this width takes the sizes above, pt; larger ones by the square root of theirs: arms grow less."""


@dataclass(frozen=True)
class _Set:
    """The words of a back in their place, and the highest and lowest of their ink."""

    heading: tuple[Text, ...]
    list: Block | None
    foot: tuple[Text, ...]
    top: float

    @property
    def texts(self) -> tuple[Text, ...]:
        return (*self.heading, *(self.list.texts if self.list else ()), *self.foot)


def manner_of(style: Style, matter: Matter, seeds: Seeds) -> Manner:
    """How lists are set: numbers where they help, leaders with book faces of old records."""
    bookish = {"eb-garamond", "cormorant-garamond", "im-fell-english", "special-elite", "courier-prime"}
    return Manner(
        numbers=len(matter.tracks) > 8 or uniform("numbers", seeds.type) < 0.6,
        leaders=style.second_face.id in bookish and uniform("leaders", seeds.type) < 0.7,
    )


def back(paste: Pasteup, box: Box, art: NDArray[np.uint8], matter: Matter, *, arrangement: str | None = None) -> str:
    """Print a back into a box of the sheet, mm, bleed and all; returns the arrangement taken.

    arrangement:  one of `BACKS`; None lets style and seed choose. Where the words do not fit it a bare sheet has them.
    Raises `BadInput` for a track list that no back of this size can hold.
    """
    wanted = arrangement or _chosen(paste, matter)
    refusal: BadInput | None = None
    for name, tight in dict.fromkeys(((wanted, False), ("sheet", False), ("sheet", True))):
        try:
            made = _arranged(paste, box, matter, name, tight=tight)
        except BadInput as error:
            refusal = error
            continue
        tone = _ground(paste, box, art, made, matter=matter, name=name)
        paste.type(made.texts, toward=tone, within=box)
        return name
    assert refusal is not None
    raise refusal


def _chosen(paste: Pasteup, matter: Matter) -> str:
    soft = paste.style.finish.name in scenes.SOFT
    weights = {"sheet": 0.8, "strip": 1.0, "field": 0.9, "fade": 1.4 if soft else 0.0, "ghost": 0.2 if soft else 0.7}
    if len(matter.tracks) > 24:
        weights |= {"strip": 0.15, "field": 0.5}
    if not len(matter.tracks):
        weights |= {"sheet": 0.0, "ghost": 0.3}
    return drawn("layout", {name: w for name, w in weights.items() if w}, "back", paste.seeds.layout)


def _arranged(paste: Pasteup, box: Box, matter: Matter, name: str, *, tight: bool) -> _Set:
    """Set the words: names at the head or over the list, the list on the foot, small print below.

    tight:  with little white round them.
    """
    left, top, right, bottom = box
    wide = right - left
    grow = max(1.0, (wide / _SIDE_MM) ** 0.85)
    margin = _margin(paste, box, tight) + (0.02 * wide if name == "field" else 0.0)
    inset = margin + (0.035 * wide if name == "field" else 0.0)
    left, top, right, bottom = left + inset, top + inset, right - inset, bottom - inset
    align = aligned(paste.style, matter)
    foot = _foot(matter, paste, (left, top, right, bottom), size=LEGAL_PT + (_SMALL["foot"] - LEGAL_PT) * grow**2,
                 align=align)  # fmt: skip
    floor = min((text.bounds[1] for text in foot), default=bottom + 2 * grow) - (3.2 * grow if foot else 2.0 * grow)
    share = {"strip": 0.62, "fade": 0.68}.get(name, 1.0)
    if len(matter.tracks) > 16:
        share = max(share, 0.74)
    ceiling = floor - share * (floor - top)
    many = tight or len(matter.tracks) > 20
    high = (floor - ceiling) * (0.14 if many else 0.34)
    heading = _heading(matter, paste, right - left, high, grow=grow, align=align)
    tall = reach(heading)[3] if heading else 0.0
    gap = (0.0 if not len(matter.tracks) else 3.0 if many else 4.2) * grow
    block = None
    if len(matter.tracks):
        few = 1.0 + 0.25 * float(len(matter.tracks) <= 6)
        manner = manner_of(paste.style, matter, paste.seeds)
        block = listed(matter.tracks, paste.style, right - left, floor - ceiling - tall - gap,
                       most_pt=_SMALL["list"] * grow * few, manner=manner)  # fmt: skip
        x = {"left": left, "center": (left + right - block.width) / 2, "right": right - block.width}[align]
        block = block.moved(x, floor - block.height)
    under = floor - (block.height + gap if block else 0.0) - tall
    apart = _apart(paste, matter) and name in ("sheet", "ghost", "field")
    y = top if apart else under
    heading = tuple(text.moved(left, y) for text in heading)
    first = min([text.bounds[1] for text in (*heading, *foot)] + ([floor - block.height] if block else []),
                default=bottom)  # fmt: skip
    return _Set(heading, block, foot, first)


def _apart(paste: Pasteup, matter: Matter) -> bool:
    """Whether the names stand at the head, far from the list; never without one, where all would be white."""
    return len(matter.tracks) > 2 and uniform("apart", paste.seeds.layout) < 0.6


def _margin(paste: Pasteup, box: Box, tight: bool = False) -> float:
    """White round the words of a back, mm."""
    usual = 0.055 * min(box[2] - box[0], box[3] - box[1])
    return max(paste.sheet.safe_mm + 0.5, usual * (0.6 if tight else 1.0))


def listed(tracks: TrackList, style: Style, width: float, height: float, *, most_pt: float, manner: Manner) -> Block:
    """A track list in a box of millimetres, in the style's own face or, where that is too wide for it, a narrow one.

    Raises `BadInput` where neither can be read there.
    """
    refusal: BadInput | None = None
    for voice in readers(style):
        try:
            return columns(tracks, voice, width, height, most_pt=most_pt, manner=manner)
        except BadInput as error:
            refusal = error
    assert refusal is not None
    raise refusal


def aligned(style: Style, matter: Matter) -> Align:
    """On the axis where the front's names stand on one; else from the side on which its titles begin."""
    if any(block.align == "center" for block in style.layout.blocks):
        return "center"
    return "left" if matter.tracks.rightward and not _leftward(matter) else "right"


def _leftward(matter: Matter) -> bool:
    from duck_and_cover.design.type.writing import base_level

    return bool(base_level(matter.title or matter.artist)) if matter.title or matter.artist else False


def _heading(matter: Matter, paste: Pasteup, width: float, height: float, *, grow: float,
             align: Align) -> tuple[Text, ...]:  # fmt: skip
    """Both names from x = 0, y = 0, the leading one loud. Raises `DoesNotFit` where they cannot be read."""
    first, second = matter.names(paste.style)
    if not first:
        return ()
    lead, quiet = voices(paste.style)
    most = _SMALL["names"] * grow
    small = paste.style.voices.small
    refusal: DoesNotFit | None = None
    for voice, least, lines in ((lead, 9.0 if small else 14.0, 2), (quiet, 9.0, 3), (quiet, LEAST_PT, 12)):
        try:
            one = fitted(first, voice, width, height * (0.62 if second else 1.0), most_pt=most, least_pt=least,
                         max_lines=lines, align=align, name="names")  # fmt: skip
            if not second:
                return (one,)
            gap = 1.5 * grow
            other = fitted(second, quiet, width, height - one.bounds[3] - gap, most_pt=max(0.55 * one.size_pt, 7.0),
                           least_pt=LEAST_PT, max_lines=lines, align=align, tone="plain", name="names")  # fmt: skip
            return one, other.moved(0.0, one.bounds[3] + gap)
        except DoesNotFit as error:
            refusal = error
    assert refusal is not None
    raise refusal


def _foot(matter: Matter, paste: Pasteup, box: Box, *, size: float, align: Align) -> tuple[Text, ...]:
    """Line of rights and catalogue number on the floor of a box; one above the other where they meet."""
    left, _, right, bottom = box
    quiet = voices(paste.style)[1]
    legal = ()
    if matter.legal:
        legal = (small_print(matter.legal, quiet, 0.72 * (right - left), 12.0, most_pt=size, align=align),)
    number = ()
    if matter.catalogue:
        number = (lined(matter.catalogue, quiet, max(LEAST_PT, size), tone="quiet", name="catalogue"),)
    out = []
    for text, at_left in [(text, align != "right") for text in legal] + [(text, align == "right") for text in number]:
        out.append(text.moved(left if at_left else right - text.bounds[2], bottom - max(text.bounds[3], 0.0)))
    if align == "center" and len(out) == 1:
        text = out[0]
        out = [text.moved((left + right) / 2 - (text.bounds[0] + text.bounds[2]) / 2, 0.0)]
    return tuple(out)


def _ground(paste: Pasteup, box: Box, art: NDArray[np.uint8], made: _Set, *, matter: Matter,
            name: str) -> Colour:  # fmt: skip
    """Draw what lies beneath; returns the colour that words stand on."""
    left, top, right, bottom = box
    tone = scenes.sheet_tone(paste.style, paste.seeds)
    aspect = (right - left) / (bottom - top)
    if not made.texts:
        paste.picture(box, scenes.detail(art, aspect, 0.8, calm=True))
    elif name == "sheet":
        paste.bare(box, tone, 3)
        _stamp(paste, box, art, made)
    elif name == "ghost":
        scenes.ghost(paste, box, scenes.detail(art, aspect, 0.8, calm=False), tone)
    elif name == "strip":
        pad = 0.045 * (right - left)
        edge = max(top + 0.2 * (bottom - top), made.top - pad)
        paste.bare(box, tone, 3)
        upper: Box = (left, top, right, edge)
        paste.picture(upper, scenes.detail(art, (right - left) / (edge - top), 0.92, calm=False))
    elif name == "fade":
        paste.picture(box, scenes.detail(art, aspect, 0.9, calm=False))
        scenes.fading(paste, box, (left, made.top, right, bottom), tone)
    else:
        paste.picture(box, scenes.detail(art, aspect, 0.7, calm=True))
        pad = 0.035 * (right - left)
        x0, y0, x1, y1 = reach(made.texts) if made.texts else (left, bottom, right, bottom)
        inset = _margin(paste, box) + 0.02 * (right - left)
        if _apart(paste, matter) or x1 - x0 > 0.6 * (right - left):
            x0, x1 = left + inset, right - inset
        else:
            x0, x1 = x0 - pad, x1 + pad
        if made.texts:
            paste.bare((x0, max(top, y0 - pad), x1, min(bottom, y1 + pad)), tone, 3)
    return tone


def _stamp(paste: Pasteup, box: Box, art: NDArray[np.uint8], made: _Set) -> None:
    """A small picture on a bare sheet, in the room between names and list or above both, where there is enough; always
    where there is much, which would look forgotten.
    """
    left, top, right, bottom = box
    margin = _margin(paste, box)
    above = [text.bounds[3] for text in made.heading]
    below = min((text.bounds[1] for text in (made.list.texts if made.list else made.foot)), default=bottom - margin)
    first = min((text.bounds[1] for text in made.heading), default=below)
    if first - top > 2.5 * margin:
        high, low = top + margin, first - margin
    else:
        high, low = max(above, default=top) + margin, below - margin
    side = min(low - high, 0.42 * (bottom - top))
    share = side / (bottom - top)
    if share < 0.2 or (share < 0.3 and uniform("stamp", paste.seeds.layout) < 0.4):
        return
    texts = made.texts
    x0, _, x1, _ = reach(texts) if texts else (left + margin, 0.0, right - margin, 0.0)
    middle = (x0 + x1) / 2
    if abs(middle - (left + right) / 2) < 0.04 * (right - left) and made.heading and \
            abs(sum(reach(made.heading)[::2]) / 2 - middle) < 0.04 * (right - left):  # fmt: skip
        x, y = middle - side / 2, (high + low - side) / 2
    else:
        x = left + margin if made.heading and made.heading[0].bounds[0] < (left + right) / 2 else right - margin - side
        y = high if first - top > 2.5 * margin else low - side
    paste.picture((x, y, x + side, y + side), scenes.detail(art, 1.0, 0.62, calm=False))
