"""Layouts: where the picture, the panels and the words of a cover stand.

A `Layout` is a small value (the table is in `archetypes`); `arranging.arranged` sets an album's words into it
and gives a `Plan` of outlines and boxes in cover units, which `compose` prints. All boxes are left, top, right,
bottom on the square 0..1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from duck_and_cover.design.shapes.outline import Box, Outline
from duck_and_cover.design.type.faces import Case, Face
from duck_and_cover.design.type.typography import Align, Setting, Valign

__all__ = ["Block", "Item", "Layout", "Mark", "Picture", "Placed", "Plan", "Voices"]

Name = Literal["title", "artist"]
Part = Literal["lead", "second"]
Tone = Literal["paper", "dark", "light", "key", "second", "accent"]
"""A colour by its part in the palette; see `ink.toned`."""

LEAST_MARGIN = 0.05
"""No text comes nearer to the edge than this, so that trimming and rounded corners spare it."""


@dataclass(frozen=True)
class Item:
    """One text of a block.

    part:       which of the album's two names; a lone name always leads.
    share:      how much of the block's height it may take.
    max_size, min_size: limits of the em, cover units.
    voice:      which of the style's two faces.
    case, tracking: None keeps the face's own manner; tracking in em.
    heavy:      None takes the style's weight, True the heaviest, False the lightest.
    tone:       'loud' likes colour, 'plain' likes the key ink.
    cased:      thickness of a dark keyline round the letters, cover units; for logos on busy pictures.
    """

    part: Part
    share: float = 1.0
    max_size: float = 0.2
    min_size: float = 0.03
    max_lines: int = 3
    voice: Part = "lead"
    case: Case | None = None
    tracking: float | None = None
    heavy: bool | None = None
    tone: Literal["loud", "plain"] = "plain"
    leading: float = 1.05
    justify: bool = False
    cased: float = 0.0


@dataclass(frozen=True)
class Block:
    """Texts set one below the other in a box, as one group.

    gap:    white between two texts, cover units.
    turn:   quarter turns anticlockwise; 1 reads from the foot to the head.
    rule:   thickness of a line between the texts, cover units; 0 for none.
    lettering:  what is done to the leading name here, whatever the style says; "" leaves it to the style.
    others: other boxes it may stand in; the quietest part of the picture wins.
    ring:   radius of a circle about the middle of its box on which its one line is set, 0 for straight lines: over its
            head where the block is aligned to the top, else under its foot. The box must hold the letters too.
    """

    box: Box
    items: tuple[Item, ...]
    align: Align = "left"
    valign: Valign = "top"
    gap: float = 0.03
    turn: int = 0
    rule: float = 0.0
    lettering: str = ""
    others: tuple[tuple[Box, Align, Valign], ...] = ()
    ring: float = 0.0


@dataclass(frozen=True)
class Mark:
    """A flat shape in ink: a panel, a bar, a rule or a frame.

    box:    its place; with `hugs` only its outer limits count.
    hugs:   number of the block it follows, or None; it stretches `pad` beyond the ink of its words.
    sides:  which sides follow the words ('tb' top and bottom, 'lrtb' all); the others stay at the box.
    frame:  thickness of the line when it is a frame, 0 when it is filled.
    torn:   how far its edges are torn, cover units.
    """

    box: Box
    tone: Tone
    hugs: int | None = None
    sides: str = "tb"
    pad: float = 0.04
    frame: float = 0.0
    torn: float = 0.0


@dataclass(frozen=True)
class Picture:
    """A place for the art: 'box' or 'disc'; `torn` roughens its edge by so many cover units."""

    box: Box = (0.0, 0.0, 1.0, 1.0)
    shape: Literal["box", "disc"] = "box"
    torn: float = 0.0


@dataclass(frozen=True)
class Layout:
    """One way to arrange a cover.

    lead:     which name leads: the artist's as a logo, or the title.
    ground:   the colour of the sheet where there is no picture.
    hug:      the picture's top ('below') or foot ('above') follows the words, `air` away from them.
    families: affinity 0 to 1 by genre family; `years`: those it evokes.
    finishes: how much better or worse than 1 it goes with a finish; `faces`: with a class of lettering.
    length:   fewest and most characters of the leading name it suits.
    moved:    part -> how far its block is moved, to the right and downwards, cover units; never beyond the margin.
    """

    name: str
    sentence: str
    blocks: tuple[Block, ...]
    pictures: tuple[Picture, ...] = (Picture(),)
    marks: tuple[Mark, ...] = ()
    lead: Literal["artist", "title"] = "title"
    ground: Tone = "paper"
    hug: Literal["below", "above"] | None = None
    air: float = 0.055
    families: Mapping[str, float] = field(default_factory=dict)
    years: tuple[int | None, int | None] = (None, None)
    finishes: Mapping[str, float] = field(default_factory=dict)
    faces: Mapping[str, float] = field(default_factory=dict)
    length: tuple[int, int] = (1, 40)
    moved: Mapping[Part, tuple[float, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for block in self.blocks:
            for box in (block.box, *(other[0] for other in block.others)):
                left, top, right, bottom = box
                if min(left, top, 1 - right, 1 - bottom) < LEAST_MARGIN - 1e-9 or left >= right or top >= bottom:
                    raise ValueError(f"layout {self.name!r}: text box {box} leaves no margin of {LEAST_MARGIN}")

    @property
    def floats(self) -> bool:
        """Whether words may lie on the picture."""
        return any(p.box == (0.0, 0.0, 1.0, 1.0) for p in self.pictures)


@dataclass(frozen=True)
class Voices:
    """The two faces of a style: face, weight and letter case for the leading text, face and weight for the other.

    small: whether the leading face can also be read in a lesser line.
    lettering: what is done to the leading name.
    """

    lead: tuple[Face, int]
    second: tuple[Face, int]
    case: Case = "as typed"
    small: bool = True
    lettering: str = "plain"


@dataclass(frozen=True)
class Placed:
    """A text in its place.

    name:    'title' or 'artist'; `lead`: whether it is the larger one.
    outline: its letters in cover units; `behind`: what a second ink prints below them.
    lettering: what was done to them.
    """

    name: Name
    lead: bool
    item: Item
    setting: Setting
    outline: Outline
    behind: Outline | None = None
    lettering: str = "plain"

    @property
    def bounds(self) -> Box:
        """The box around all its ink."""
        return (self.outline if self.behind is None else self.outline + self.behind).bounds


@dataclass(frozen=True)
class Plan:
    """An arranged cover, ready to print. panels: boxes of the marks that are filled, on which words stand clear."""

    layout: Layout
    pictures: tuple[tuple[Box, Outline | None], ...]
    marks: tuple[tuple[Outline, Tone], ...]
    texts: tuple[Placed, ...]
    panels: tuple[Box, ...] = ()

    def on_panel(self, box: Box) -> bool:
        """Whether a panel lies under all of a box."""
        return any(p[0] <= box[0] and p[1] <= box[1] and p[2] >= box[2] and p[3] >= box[3] for p in self.panels)
