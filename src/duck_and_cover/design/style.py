"""Style: which finish, palette, lettering and layout a cover gets.

Four axes, each drawn by its own seed (`choosing`) from weights that come from the genre families, the year and what the
axes say about each other (`taste`). Naming an axis locks it; changing one seed draws one axis anew (an axis that goes
with it may follow).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from duck_and_cover.album import Album
from duck_and_cover.design.choosing import picking
from duck_and_cover.design.choosing.looks import FACE_CLASSES, SHORT_ONLY
from duck_and_cover.design.choosing.prior import Prior
from duck_and_cover.design.choosing.taste import Taste, uniform
from duck_and_cover.design.finish import Finish
from duck_and_cover.design.inks.palette import Palette
from duck_and_cover.design.layouts.archetypes import layout_named
from duck_and_cover.design.layouts.arranging import arranged
from duck_and_cover.design.layouts.layout import Layout, Voices
from duck_and_cover.design.layouts.scoring import loss
from duck_and_cover.design.layouts.seeing import see
from duck_and_cover.design.type.faces import Case, Face
from duck_and_cover.design.type.lettering import PLAIN
from duck_and_cover.design.type.typography import DoesNotFit

__all__ = ["Look", "Seeds", "Style", "choose_style", "choose_styles"]

SMALL_READS_FROM = 20
"""A face that tires within so many characters (`SHORT_ONLY`) is not used for lesser lines."""


@dataclass(frozen=True)
class Seeds:
    """One seed for the art and one for each axis of style, so that any may change alone."""

    art: int
    finish: int
    palette: int
    type: int
    layout: int

    @classmethod
    def of(cls, seed: int) -> Seeds:
        """Five independent seeds from one; the art's is the number itself, as networks know it."""
        drawn = np.random.SeedSequence(abs(int(seed))).generate_state(4)
        return cls(int(seed), *(int(v) & 0x7FFFFFFF for v in drawn))

    def with_(self, **changed: int) -> Seeds:
        """The same with some replaced: `seeds.with_(finish=7)`."""
        return replace(self, **changed)


@dataclass(frozen=True)
class Look:
    """The names of a style's choices: what siblings look at, so as to differ."""

    finish: str
    palette: str
    type: str
    lettering: str
    layout: str


@dataclass(frozen=True)
class Style:
    """A point on four independent axes: finish, palette, type, layout. Lettering belongs to type.

    lead_face, lead_weight:     lettering of the leading name (the title, or the artist where that leads).
    second_face, second_weight: of the other name.
    case:                       letter case of the leading name.
    lettering:                  what is done to it beside setting it (`lettering.LETTERINGS`).
    prior:                      what real covers of the genre and year do; the inks of words ask it.
    """

    finish: Finish
    palette: Palette
    lead_face: Face
    lead_weight: int
    second_face: Face
    second_weight: int
    case: Case
    layout: Layout
    lettering: str = PLAIN
    prior: Prior | None = field(default=None, compare=False, repr=False)

    @property
    def look(self) -> Look:
        """Its choices by name; naming them all makes it again from the same seeds."""
        return Look(self.finish.name, self.palette.name, self.lead_face.id, self.lettering, self.layout.name)

    @property
    def voices(self) -> Voices:
        """The lettering as layouts take it."""
        small = SHORT_ONLY.get(self.lead_face.id, 60) > SMALL_READS_FROM
        return Voices(
            (self.lead_face, self.lead_weight), (self.second_face, self.second_weight), self.case, small, self.lettering
        )


def choose_style(
    album: Album,
    art: NDArray[np.uint8],
    seeds: Seeds,
    *,
    finish: str | None = None,
    palette: str | None = None,
    type: str | None = None,
    lettering: str | None = None,
    layout: str | None = None,
    avoid: Sequence[Style | Look] = (),
) -> Style:
    """A style that fits the record's genres and year.

    art:    uint8 (R, R, 3); its colours are one of the palettes.
    finish, palette, type, lettering, layout: names that lock an axis; palette "art" takes the colours of the art.
    avoid:  styles of siblings, or their looks, whose choices become less likely.
    Raises UnknownChoice for a name no table holds.
    """
    taste = Taste.of(album)
    lengths = picking.lead_lengths(album)
    taken = [each.look if isinstance(each, Style) else each for each in avoid]
    print_ = picking.finish_for(taste, seeds.finish, finish, [s.finish for s in taken])
    sheet = picking.palette_for(taste, art, print_, seeds.palette, name=palette, taken=[s.palette for s in taken])
    lead = picking.face_for(taste, print_, max(lengths.values()), seeds.type, name=type, taken=[s.type for s in taken])
    second = picking.second_face(taste, lead, seeds.type)
    weight, case = lead.title_weight, _case(lead, lengths["title"], taste, seeds.type)
    if taste.main in ("ambient", "classical") and {"sans", "serif"} & FACE_CLASSES.get(lead.id, frozenset()):
        weight = lead.text_weight
    treated = picking.lettering_for(taste, lead, max(lengths.values()), seeds.type, lettering)
    style = Style(
        print_, sheet, lead, weight, second, picking.reading_weight(second), case, layout_named("no words"), treated,
        taste.prior,
    )  # fmt: skip
    view = see(art) if layout is None else None

    def lost(tried: Layout) -> float:
        assert view is not None
        try:
            return loss(arranged(tried, album, style.voices, view, seeds.layout, patience=1), view).total
        except DoesNotFit:
            return float("inf")

    plan = picking.layout_for(
        taste, album, print_, lead, lengths, seed=seeds.layout, name=layout,
        taken=[s.layout.partition("@")[0] for s in taken], lost=lost,
    )  # fmt: skip
    return replace(style, layout=plan)


def _case(lead: Face, length: int, taste: Taste, seed: int) -> Case:
    """Capitals are a way of setting a name; small letters would misspell it, so they are never made."""
    if lead.case != "upper" or length > 60:
        return "as typed" if lead.case == "upper" else lead.case
    return "as typed" if taste.main == "jazz" and uniform("case", lead.id, seed) < 0.5 else "upper"


def choose_styles(
    album: Album, arts: Sequence[NDArray[np.uint8]], seeds: Sequence[Seeds], **locked: str | None
) -> tuple[Style, ...]:
    """Styles of siblings, one for each art, that differ from each other as far as the genre allows.

    The first is what `choose_style` gives alone; each next one avoids what those before it chose.
    """
    out: list[Style] = []
    for art, seed in zip(arts, seeds, strict=True):
        out.append(choose_style(album, art, seed, avoid=tuple(out), **locked))
    return tuple(out)
