"""All pieces of a release, one at a time, each in the style of its front.

Like this, so that one is in memory at a time:

    for name, make in pieces(album, art, style, seeds, catalogue="QH 001"):
        piece = make()
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache, partial

import cv2
import numpy as np
from numpy.typing import NDArray

from duck_and_cover.album import Album
from duck_and_cover.design.compose import Design, compose
from duck_and_cover.design.pieces import scenes
from duck_and_cover.design.pieces.backs import back
from duck_and_cover.design.pieces.cassettes import card
from duck_and_cover.design.pieces.divisions import by_work, on_disc, on_sides
from duck_and_cover.design.pieces.formats import sheet_named
from duck_and_cover.design.pieces.labels import label
from duck_and_cover.design.pieces.matter import Matter
from duck_and_cover.design.pieces.pasteup import DPI, Pasteup
from duck_and_cover.design.pieces.sheet import Piece
from duck_and_cover.design.pieces.spines import spine
from duck_and_cover.design.pieces.tracklist import Section, sided
from duck_and_cover.design.style import Seeds, Style

__all__ = ["pieces"]

_CD_MM, _SEVEN_MM, _LP_MM, _MC_MM = 120.0, 184.0, 315.0, 65.0
"""Sides of the front on each carrier. The largest is composed, the others are that one made small: composed anew, a
small front might take other inks where two read about alike."""


def pieces(
    album: Album,
    art: NDArray[np.uint8],
    style: Style,
    seeds: Seeds,
    *,
    catalogue: str | None = None,
    legal: str | None = None,
    dpi: float = DPI,
) -> Iterator[tuple[str, Callable[[], Piece]]]:
    """The names of a release's pieces, each with what makes it; nothing is drawn before it is called.

    art:        uint8 (R, R, 3) sRGB, what the front was made from.
    catalogue:  number of the release, printed on spines, backs and labels.
    legal:      line of rights; None writes "© YEAR ARTIST" where both are known, "" none.
    dpi:        of the grounds; 300 for the press, less for the screen.
    A CD has a label for each disc, a record one for each side. Raises `BadInput`, at once, for a track list that cannot
    be read, and when a piece is made for one that cannot be printed.
    """
    matter = Matter.of(album, catalogue, legal)
    return _each(album, art, style, seeds, matter=matter, dpi=dpi)


def _each(album: Album, art: NDArray[np.uint8], style: Style, seeds: Seeds, *, matter: Matter,
          dpi: float) -> Iterator[tuple[str, Callable[[], Piece]]]:  # fmt: skip
    on_record = replace(matter, tracks=by_work(on_sides(matter.tracks)))

    def paste(name: str, cover_mm: float) -> Pasteup:
        return Pasteup(sheet_named(name), style, seeds, cover_mm, dpi)

    @cache
    def largest() -> Design:
        made = compose(art, album, style, seeds, round(_LP_MM / 25.4 * dpi), keep_ground=True)
        return replace(made, pixels=made.ground)

    def front_on(made: Pasteup) -> None:
        panel = made.sheet.panel("front")
        made.front(panel.box, _reduced(largest(), round(panel.width_mm / 25.4 * dpi)))

    def front(sheet: str, cover_mm: float) -> Piece:
        made = paste(sheet, cover_mm)
        front_on(made)
        return made.piece(arrangement=style.layout.name)

    def tray() -> Piece:
        made = paste("cd-tray", _CD_MM)
        taken = back(made, made.sheet.panel("back").box, art, replace(matter, tracks=by_work(on_disc(matter.tracks))))
        tone = scenes.spine_tone(style, seeds, scenes.sheet_tone(style, seeds))
        whole = True
        for panel in made.sheet.panels:
            if "spine" in panel.name:
                made.bare(panel.box, tone, 5)
                whole &= spine(made, panel, matter)
        return made.piece(arrangement=taken, spine_whole=whole)

    def disc(sheet: str, cover_mm: float, section: Section, mark: str) -> Piece:
        made = paste(sheet, cover_mm)
        taken, told = label(made, art, matter, section, mark)
        return made.piece(arrangement=taken, tracks_told=told)

    def jacket() -> Piece:
        made = paste("lp-jacket", _LP_MM)
        taken = back(made, made.sheet.panel("back").box, art, on_record)
        front_on(made)
        made.bare(made.sheet.panel("spine").box, scenes.spine_tone(style, seeds, scenes.sheet_tone(style, seeds)), 5)
        return made.piece(arrangement=taken, spine_whole=spine(made, made.sheet.panel("spine"), matter))

    def seven() -> Piece:
        made = paste("7-inch-back", _SEVEN_MM)
        return made.piece(arrangement=back(made, made.sheet.panel("back").box, art, on_record))

    def cassette() -> Piece:
        made = paste("j-card", _MC_MM)
        return made.piece(tracks_told=card(made, art, _reduced(largest(), round(made.px_per_cover)), matter, seeds))

    yield "cd-front", partial(front, "cd-front", _CD_MM)
    yield "cd-tray", tray
    discs = matter.tracks.discs
    for number in discs:
        own = tuple(track for s in matter.tracks.sections if s.disc == number for track in s.tracks)
        mark = str(number) if len(discs) > 1 else ""
        yield f"cd-label-{mark}".rstrip("-"), partial(disc, "cd-label", _CD_MM, Section(own, disc=number), mark)
    yield "lp-jacket", jacket
    for section in sided(matter.tracks) or (Section((), side="A"), Section((), side="B")):
        side = section.side or "A"
        yield f"lp-label-{side.lower()}", partial(disc, "lp-label", _CD_MM, section, side)
    yield "7-inch-front", partial(front, "7-inch-front", _SEVEN_MM)
    yield "7-inch-back", seven
    yield "j-card", cassette


def _reduced(design: Design, size_px: int) -> Design:
    """A front made small, its words still outlines."""
    assert design.ground is not None
    if size_px >= design.size_px:
        return design
    ground = np.asarray(cv2.resize(design.ground, (size_px, size_px), interpolation=cv2.INTER_AREA), np.uint8)
    return replace(design, pixels=ground, ground=ground)
