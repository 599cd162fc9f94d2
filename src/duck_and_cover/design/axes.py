"""The axes of a style by name, lettering among them: what there is on each, and whether a name is one of them."""

from __future__ import annotations

from collections.abc import Mapping

from duck_and_cover.colour import format_hex
from duck_and_cover.design.finish import FINISHES
from duck_and_cover.design.inks.palette import FROM_ART, Palette
from duck_and_cover.design.inks.schemes import OWN, PREFIX, drawer, palette_named
from duck_and_cover.design.layouts.archetypes import LAYOUTS, layout_named
from duck_and_cover.design.type.faces import FACES
from duck_and_cover.design.type.lettering import LETTERINGS
from duck_and_cover.errors import UnknownChoice

__all__ = ["AXES", "FROM_ART", "check", "names"]

AXES = ("finish", "palette", "type", "lettering", "layout")


def names(axis: str) -> Mapping[str, str]:
    """Name -> what it is, of every choice on "finish", "palette", "type", "lettering" or "layout"."""
    if axis == "finish":
        return {finish.name: finish.sentence for finish in FINISHES}
    if axis == "palette":
        art = {FROM_ART: "the colours of the art itself"}
        return art | {name: _colours(palette) if name.startswith(PREFIX) else _era(palette.years, palette.families)
                      for name, palette in drawer().items()}  # fmt: skip
    if axis == "type":
        shown = {id: face for id, face in FACES.items() if face.role in ("display", "both")}
        return {id: f"{face.family}, {_era(face.years, face.families)}" for id, face in shown.items()}
    if axis == "lettering":
        return {name: one.sentence for name, one in LETTERINGS.items()}
    if axis == "layout":
        return {name: layout.sentence for name, layout in LAYOUTS.items()}
    raise UnknownChoice("axis", axis, AXES)


def check(**chosen: str | None) -> None:
    """Raise `UnknownChoice` for the first name that its axis does not have; None leaves an axis open.

    Moved layouts and palettes of one's own are names too (`layout_named`, `palette_named`); raises `BadInput` for one
    that is written wrongly.
    """
    for axis, name in chosen.items():
        if name is not None and axis == "layout" and "@" in name:
            layout_named(name)
        elif name is not None and axis == "palette" and name.startswith(OWN):
            palette_named(name)
        elif name is not None and name not in names(axis):
            raise UnknownChoice({"type": "typeface"}.get(axis, axis), name, names(axis))


def _era(years: tuple[int | None, int | None], families: Mapping[str, float]) -> str:
    best = sorted(families, key=lambda family: -families[family])[:3]
    since, until = years
    span = f"{since or ''} to {until if until and until < 2100 else 'now'}" if since or until else "any year"
    return f"{', '.join(best)}; {span}"


def _colours(palette: Palette) -> str:
    """The ground and the inks of a scheme of real sleeves."""
    inks = " ".join(format_hex(ink) for ink in palette.inks)
    return f"as on real sleeves: {inks} on {format_hex(palette.paper)}"
