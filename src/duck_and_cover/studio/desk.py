"""The desk: what a page shows of one cover and lets one change about it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from duck_and_cover.album import Album
from duck_and_cover.colour import contrast_ratio, parse_hex
from duck_and_cover.studio.covers import Cover
from duck_and_cover.studio.recipe import AXES, Recipe

__all__ = ["Desk", "Text", "desk_of"]

_LABELS = {"art": "Art", "finish": "Finish", "palette": "Colour", "type": "Type", "layout": "Layout"}
_UNITS = 1000


@dataclass(frozen=True)
class Text:
    """A text on the front.

    part:  "lead" or "second", as moved layouts call it.    x, y, width, height:  its box, thousandths of the cover.
    contrast, needed:  fifth percentile of its contrast, and the least that it must have.
    """

    name: str
    part: str
    text: str
    x: int
    y: int
    width: int
    height: int
    colour: str
    contrast: float
    needed: float
    face: str


@dataclass(frozen=True)
class Desk:
    """query: the recipe; picture: that of its picture, whatever is held, and of who drew it.

    rows: axis, label, what is chosen, whether it is held.    colours: paper, inks, accent; #rrggbb.

    layout:  name of the layout without its moves, as printed: another where the words found no room in the wanted one.
    apart:   contrast of paper and the ink that stands out most.
    """

    query: str
    picture: str
    album: Album
    rows: tuple[tuple[str, str, str, bool], ...]
    texts: tuple[Text, ...]
    colours: tuple[str, ...]
    layout: str
    moved: bool
    looks: Mapping[str, str]
    apart: float
    toward: int | None
    along: float
    own_art: bool
    report: Mapping[str, Any]
    card: str
    notes: tuple[str, ...]


def desk_of(cover: Cover) -> Desk:
    """The desk of a made cover."""
    recipe, report = cover.recipe, cover.report
    looks, palette = recipe.looks, report["palette"]
    colours = (palette["paper"], *palette["inks"], palette["accent"])
    named = {"art": _art_name(recipe, report), **looks}
    named["palette"] = _palette_name(looks["palette"])
    layout = report["layout"].partition("@")[0]
    named["layout"] = layout
    rows = tuple((axis, _LABELS[axis], named[axis], axis in recipe.held) for axis in AXES)
    paper = parse_hex(palette["paper"])
    apart = max(float(contrast_ratio(paper, parse_hex(ink))) for ink in palette["inks"])
    notes = []
    if cover.strange:
        notes.append("This link was written where another network draws; there the cover may look different.")
    if report["layout"] != report["layout_wanted"]:
        notes.append(
            f"The words found no room in the layout “{looks['layout'].partition('@')[0]}”; this is “{layout}”."
        )
    if texts := [
        each
        for each in report["texts"]
        if each["face"] != looks["type"] and each["name"] == _lead(layout, recipe.album)
    ]:
        notes.append(f"{looks['type']} lacks some of these letters; they are set in {texts[0]['face']}.")
    return Desk(
        query=recipe.query,
        picture=replace(recipe.plain, by=recipe.by).query,
        album=recipe.album,
        rows=rows,
        texts=tuple(_text(each, layout, recipe.album) for each in report["texts"]),
        colours=colours,
        layout=layout,
        moved="@" in looks["layout"],
        looks=looks,
        apart=round(apart, 1),
        toward=recipe.toward,
        along=recipe.along,
        own_art=recipe.art is not None,
        report=report,
        card=cover.card,
        notes=tuple(notes),
    )


def _lead(layout: str, album: Album) -> str:
    """Which name leads in a layout."""
    from duck_and_cover.design.layouts.archetypes import layout_named

    lead = layout_named(layout).lead
    other = "title" if lead == "artist" else "artist"
    return lead if getattr(album, lead) else other


def _text(told: Mapping[str, Any], layout: str, album: Album) -> Text:
    left, top, right, bottom = (round(value * _UNITS) for value in told["box"])
    part = "lead" if told["name"] == _lead(layout, album) else "second"
    return Text(
        told["name"],
        part,
        told["text"].replace("\n", " "),
        left,
        top,
        right - left,
        bottom - top,
        told["colour"],
        told["contrast_p5"],
        told["contrast_needed"],
        told["face"],
    )


def _art_name(recipe: Recipe, report: Mapping[str, Any]) -> str:
    if recipe.art:
        return "your picture"
    own = f"No. {report['seeds']['art']}"
    return f"{own}, {recipe.along:.0%} changed" if recipe.toward is not None and recipe.along else own


def _palette_name(name: str) -> str:
    if name == "art":
        return "the art’s own"
    if name.startswith("own "):
        return "your own"
    return re.sub(r"^sleeve (\d+)$", r"real sleeves, \1", name)
