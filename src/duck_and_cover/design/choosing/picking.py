"""Choosing on the four axes of a style: each thing weighed by `Taste`, by what goes with what was chosen before it, and
drawn by a seed of its own. A name given instead is taken as it is, or refused where no table holds it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from duck_and_cover.album import Album
from duck_and_cover.design.choosing.looks import (
    FACE_CLASSES,
    GREYS,
    INK_ON,
    ORNATE,
    OWN_COLOURS,
    SHORT_ONLY,
    SPARINGLY,
    UNDER_TYPE,
    pairing,
)
from duck_and_cover.design.choosing.prior import Prior
from duck_and_cover.design.choosing.taste import Taste, drawn, leading, less_repeated
from duck_and_cover.design.finish import FINISHES, Finish, finish_named
from duck_and_cover.design.inks import palette as inks
from duck_and_cover.design.inks.palette import Palette
from duck_and_cover.design.inks.schemes import OWN, drawer, palette_named, schemes
from duck_and_cover.design.layouts.archetypes import LAYOUTS, layout_named
from duck_and_cover.design.layouts.layout import Layout
from duck_and_cover.design.type import faces as typefaces
from duck_and_cover.design.type.faces import FACES, Face
from duck_and_cover.design.type.lettering import LETTERINGS, PLAIN, lettering_named
from duck_and_cover.errors import UnknownChoice

__all__ = [
    "face_for",
    "finish_for",
    "layout_for",
    "lead_lengths",
    "lettering_for",
    "palette_for",
    "reading_weight",
    "second_face",
]

TRIED = 4
"""Layouts that are set and held against the picture before one is taken."""

SHORT_TURNED = 0.02
"""How well a name of one to three letters stands on its side, where it is taken for another."""

COLOURED = 0.06
"""Chroma of its most colourful ink below which a scheme is grey."""

PLAINLY = 2.0
"""Weight of a name that stands plain beside a treatment that suits face, genre and year best."""

REAL = 0.2
"""Weight of the commonest colour scheme of real sleeves beside the best palette of an era."""


def finish_for(taste: Taste, seed: int, name: str | None, taken: Sequence[str]) -> Finish:
    """The finish that suits the record."""
    if name is not None:
        if name not in {f.name for f in FINISHES}:
            raise UnknownChoice("finish", name, (f.name for f in FINISHES))
        return finish_named(name)
    prior = taste.prior
    weights = {
        f.name: (taste.mixed(f.families) + 0.01)
        * inks.year_weight(f.years, taste.year)
        * taste.factor("finishes", f.name)
        * prior.suits_finish(f.name)
        * SPARINGLY.get(f.name, 1.0)
        for f in FINISHES
    }
    weights = less_repeated("finish", weights, taken)
    return finish_named(drawn("finish", weights, seed, *taste.luck))


def palette_for(
    taste: Taste, art: NDArray[np.uint8], finish: Finish, seed: int, *, name: str | None, taken: Sequence[str]
) -> Palette:
    """The palette that suits the record and prints well with the finish; "art" takes the colours of the art."""
    if name is not None and name != inks.FROM_ART:
        if name not in drawer() and not name.startswith(OWN):
            raise UnknownChoice("palette", name, (*drawer(), inks.FROM_ART))
        return palette_named(name)
    if name is None:
        prior = taste.prior
        on_dark, on_light = INK_ON.get(finish.name, (1.0, 1.0))
        weights = {
            p.name: (taste.mixed(p.families) + 0.002)
            * inks.year_weight(p.years, taste.year)
            * taste.factor("palettes", p.name)
            * (on_dark if p.dark else on_light)
            * prior.suits_palette(p.paper, p.inks, p.accent)
            for p in inks.named().values()
        }
        best = max(weights.values())
        common = max(prior.schemes.values(), default=1.0)
        greys = min(1.0, 0.2 + taste.mixed(GREYS))
        for p, share in zip(schemes().values(), prior.schemes.values(), strict=True):
            prints = (on_dark if p.dark else on_light) / max(on_dark, on_light)
            lively = max(map(inks.chroma, p.inks)) >= COLOURED
            weights[p.name] = REAL * best * share / common * prints * (1.0 if lively else greys)
        weights[inks.FROM_ART] = 0.8 * best * OWN_COLOURS.get(finish.name, 0.0)
        weights = less_repeated("palette", weights, taken)
        name = drawn("palette", weights, seed, *taste.luck)
    if name != inks.FROM_ART:
        return drawer()[name]
    return inks.from_art(np.asarray(art, np.float32) / np.float32(255), seed=seed)


def face_for(taste: Taste, finish: Finish, length: int, seed: int, *, name: str | None, taken: Sequence[str]) -> Face:
    """The face of the leading name, of so many characters."""
    titled = {f.id: f for f in FACES.values() if f.role in ("display", "both")}
    if name is not None:
        if name not in titled:
            raise UnknownChoice("typeface", name, titled)
        return titled[name]
    weights: dict[str, float] = {}
    for face in titled.values():
        suits = sum(share * typefaces.affinity(face, family, taste.year) for family, share in taste.families.items())
        limit = SHORT_ONLY.get(face.id, 60)
        weights[face.id] = (suits + 0.004) * taste.factor("faces", face.id) * min(1.0, (limit / max(length, 1)) ** 4)
        if finish.name == "neon" and "neon" in FACE_CLASSES.get(face.id, frozenset()):
            weights[face.id] *= 1.4
    weights = less_repeated("type", weights, taken)
    return titled[drawn("type", weights, seed, *taste.luck)]


def second_face(taste: Taste, lead: Face, seed: int) -> Face:
    """A quiet face beside the leading one: the same where it reads well small, or one that goes with its class."""
    beside = pairing(FACE_CLASSES.get(lead.id, frozenset(("sans",))))
    if lead.role == "both" and lead.id in beside:
        beside[lead.id] = beside.get(lead.id, 0.0) + 0.5
    weights = {}
    for id, weight in beside.items():
        suits = sum(
            share * typefaces.affinity(FACES[id], family, taste.year) for family, share in taste.families.items()
        )
        weights[id] = weight * (0.25 + suits)
    return FACES[drawn("type", weights, seed + 1, *taste.luck)]


def lettering_for(taste: Taste, lead: Face, length: int, seed: int, name: str | None = None) -> str:
    """The name of what is done to the leading name; most stand plain."""
    if name is not None:
        return lettering_named(name).name
    classes = FACE_CLASSES.get(lead.id, frozenset())
    weights: dict[str, float] = {}
    for one in LETTERINGS.values():
        low, high = one.length
        suits = max((one.classes.get(c, 0.0) for c in classes), default=0.0)
        if one.surface and lead.id in ORNATE:
            continue
        if low <= length <= high and not lead.joined:
            weights[one.name] = suits * taste.mixed(one.families) * inks.year_weight(one.years, taste.year)
    weights[PLAIN] = PLAINLY
    return drawn("lettering", weights, seed, *taste.luck)


def reading_weight(face: Face) -> int:
    """The weight for small lines: the lightest of at least 400."""
    return next((w for w in face.weights if w >= 400), face.weights[-1])


def lead_lengths(album: Album) -> dict[str, int]:
    """Length of the leading name for layouts led by the artist and by the title."""
    artist, title = album.artist or "", album.title or ""
    return {"artist": len(artist or title), "title": len(title or artist)}


def layout_for(
    taste: Taste,
    album: Album,
    finish: Finish,
    lead: Face,
    lengths: Mapping[str, int],
    *,
    seed: int,
    name: str | None,
    taken: Sequence[str],
    lost: Callable[[Layout], float],
) -> Layout:
    """The layout that suits record, finish, lettering and picture; lost: what one loses on the picture, in nats."""
    if name is not None:
        return layout_named(name)
    if not album.artist and not album.title:
        return layout_named("no words")
    prior, classes = taste.prior, FACE_CLASSES.get(lead.id, frozenset())
    weights: dict[str, float] = {}
    for one in LAYOUTS.values():
        low, high = one.length
        length = lengths[one.lead]
        if not one.blocks:
            continue
        fits = 1.0 if low <= length <= high else (length / low if length < low else (high / length) ** 2.5)
        lettering = max((one.faces.get(c, 1.0) for c in classes), default=1.0)
        if any(one.faces.get(c, 1.0) < 1 for c in classes):
            lettering = min(one.faces.get(c, 1.0) for c in classes)
        weights[one.name] = (
            (taste.mixed(one.families) + 0.01)
            * inks.year_weight(one.years, taste.year)
            * one.finishes.get(finish.name, 1.0)
            * lettering
            * taste.factor("layouts", one.name)
            * _suits(prior, one, getattr(album, one.lead) or "")
            * max(fits, 0.002)
            * (SHORT_TURNED if length <= 3 and any(b.turn for b in one.blocks) else 1.0)
            * min(1.0, (SHORT_ONLY.get(lead.id, 60) / max(length, 1)) ** 3)
            * (
                UNDER_TYPE.get(finish.name, 1.0)
                if one.floats and not any(m.hugs is not None for m in one.marks)
                else 1.0
            )
        )
    weights = less_repeated("layout", weights, taken)
    ahead = leading("layout", weights, TRIED, seed, taste.main)
    return layout_named(max(ahead, key=lambda name: ahead[name] - lost(layout_named(name))))


def _suits(prior: Prior, layout: Layout, name: str) -> float:
    """A factor for a layout: are its words led, placed, set and sized as on covers of this genre and year?"""
    block, item = next(((b, i) for b in layout.blocks for i in b.items if i.part == "lead"), (None, None))
    if block is None or item is None:
        return 1.0
    left, top, right, bottom = block.box
    wide, tall, length = right - left, item.share * (bottom - top), max(len(name), 1)
    # lines that make the type largest: as wide as the box and as tall as its share at once
    lines = min(max(1.0, (length * tall / (2.0 * wide)) ** 0.5), item.max_lines, len(name.split()) or 1)
    size = min(item.max_size, tall / (1.2 * lines), 1.7 * wide * lines / length)
    row = "top" if top < 0.25 else "foot" if bottom > 0.8 else "middle"
    column = {"left": "left", "center": "centre", "right": "right"}[block.align]
    return (
        prior.likelier("leads", {layout.lead: 1.0})
        * prior.likelier(f"{layout.lead} place", {f"{row} {column}": 1.0})
        * prior.likelier(f"{layout.lead} side", {column: 1.0})
        * prior.nearer(f"{layout.lead} height", 0.8 * size)
        * prior.nearer(f"{layout.lead} lines", lines)
    )
