"""Style: which finish, palette, lettering and layout a cover gets, and why those.

Four axes, each drawn by its own seed from weights that come from the genre families, the year and what the axes say
about each other. Naming an axis locks it; changing one seed draws one axis anew (an axis that goes with it may follow).
A seed means other luck in another family or decade, so that the same record looks its genre and its time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from duck_and_cover.album import Album
from duck_and_cover.design import faces as typefaces
from duck_and_cover.design import palette as inks
from duck_and_cover.design.archetypes import LAYOUTS, layout_named
from duck_and_cover.design.faces import FACES, Case, Face
from duck_and_cover.design.finish import FINISHES, Finish, finish_named
from duck_and_cover.design.layout import Layout, Voices
from duck_and_cover.design.looks import (
    FACE_CLASSES,
    INK_ON,
    LOOKS,
    OWN_COLOURS,
    SHORT_ONLY,
    UNDER_TYPE,
    Look,
    pairing,
)
from duck_and_cover.design.palette import Palette
from duck_and_cover.design.prior import Prior
from duck_and_cover.errors import UnknownChoice
from duck_and_cover.genres import mixed_families, words_of

__all__ = ["Seeds", "Style", "choose_style", "choose_styles"]

SHARPNESS = {"finish": 1.5, "palette": 1.6, "type": 1.7, "layout": 1.2}
"""Power to which weights are raised: the best looks are likely, the others possible."""

ALL_ROUND: Mapping[str, float] = {"indie": 0.25, "pop": 0.2, "rock": 0.2, "electronic": 0.2, "soundtrack": 0.15}
"""What an album without genres is taken for."""

SMALL_READS_FROM = 20
"""A face that tires within so many characters (`SHORT_ONLY`) is not used for lesser lines."""

_FADE_YEARS = 12
_REPEATED = {"finish": 0.12, "layout": 0.12, "type": 0.2, "palette": 0.35}


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
class Style:
    """A point on four independent axes: finish, palette, type, layout.

    lead_face, lead_weight:     lettering of the leading name (the title, or the artist where that leads).
    second_face, second_weight: of the other name.
    case:                       letter case of the leading name.
    """

    finish: Finish
    palette: Palette
    lead_face: Face
    lead_weight: int
    second_face: Face
    second_weight: int
    case: Case
    layout: Layout

    @property
    def voices(self) -> Voices:
        """The lettering as layouts take it."""
        small = SHORT_ONLY.get(self.lead_face.id, 60) > SMALL_READS_FROM
        return Voices((self.lead_face, self.lead_weight), (self.second_face, self.second_weight), self.case, small)


def choose_style(
    album: Album,
    art: NDArray[np.uint8],
    seeds: Seeds,
    *,
    finish: str | None = None,
    palette: str | None = None,
    type: str | None = None,
    layout: str | None = None,
    avoid: Sequence[Style] = (),
) -> Style:
    """A style that fits the record's genres and year.

    art:    uint8 (R, R, 3); its colours are one of the palettes.
    finish, palette, type, layout: names that lock an axis; palette "art" takes the colours of the art.
    avoid:  styles of siblings, whose choices become less likely.
    Raises UnknownChoice for a name no table holds.
    """
    genre = _Genre.of(album)
    lead_length = _lead_lengths(album)
    print_ = _finish(genre, seeds.finish, finish, avoid)
    sheet = _palette(genre, art, print_, seeds.palette, name=palette, avoid=avoid)
    lead = _face(genre, print_, max(lead_length.values()), seeds.type, name=type, avoid=avoid)
    plan = _layout(genre, album, print_, lead, lead_length, seed=seeds.layout, name=layout, avoid=avoid)
    second = _second(genre, lead, seeds.type)
    case = lead.case  # capitals are a way of setting a name; small letters would misspell it, so they are never made
    if case == "upper" and lead_length["title"] > 60:
        case = "as typed"
    if case == "upper" and genre.main == "jazz" and _uniform("case", lead.id, seeds.type) < 0.5:
        case = "as typed"
    weight = lead.title_weight
    if genre.main in ("ambient", "classical") and {"sans", "serif"} & FACE_CLASSES.get(lead.id, frozenset()):
        weight = lead.text_weight
    return Style(print_, sheet, lead, weight, second, _reading_weight(second), case, plan)


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


@dataclass(frozen=True)
class _Genre:
    """What is known of the music: family weights, year, and the looks that apply with how strongly."""

    families: Mapping[str, float]
    year: int | None
    looks: tuple[tuple[Look, float], ...]

    @classmethod
    def of(cls, album: Album) -> _Genre:
        families = mixed_families(album.genres) or ALL_ROUND
        words = {w for genre in album.genres for w in words_of(genre)}
        year = album.year
        looks = []
        for look in LOOKS:
            share = families.get(look.family, 0.0)
            if look.words:
                share = max(share, 0.7) if look.words & words and share else 0.0
            strength = min(1.0, 1.5 * share) * _inside(look.years, year)
            if not album.genres or year is None:
                strength *= 0.5  # less is known, so more is possible
            if strength > 0.05:
                looks.append((look, strength))
        return cls(families, year, tuple(looks))

    @property
    def main(self) -> str:
        """The family with the largest share."""
        return max(self.families, key=lambda f: self.families[f])

    @property
    def prior(self) -> Prior:
        """What real covers of this mixture and year do."""
        total = sum(self.families.values()) or 1.0
        return Prior({family: weight / total for family, weight in self.families.items()}, self.year)

    @property
    def luck(self) -> tuple[str, int | None]:
        """What a seed's luck holds for: one family in one decade."""
        return self.main, None if self.year is None else self.year // 10

    def factor(self, axis: str, name: str) -> float:
        """What the looks make of a name on an axis: a product of their factors, each as strong as it applies."""
        out = 1.0
        for look, strength in self.looks:
            out *= getattr(look, axis).get(name, 1.0) ** strength
        return out

    def mixed(self, weights: Mapping[str, float]) -> float:
        """Affinity of something to this mixture of families."""
        return sum(share * weights.get(family, 0.0) for family, share in self.families.items())


def _inside(years: tuple[int | None, int | None], year: int | None) -> float:
    """1 inside a span of years, fading to 0; an unknown year counts as recent, and a little as any time."""
    asked = 2016 if year is None else year
    since, until = years
    away = max((since or asked) - asked, asked - (until or asked), 0)
    inside = max(0.0, 1.0 - away / _FADE_YEARS)
    return inside if year is not None else max(inside, 0.3)


def _uniform(*key: object) -> float:
    """A number in 0..1 that depends on the words and numbers given and on nothing else."""
    digest = hashlib.blake2b(repr(key).encode(), digest_size=8).digest()
    return (int.from_bytes(digest, "big") + 0.5) / 2.0**64


def _drawn(axis: str, weights: Mapping[str, float], *luck: object) -> str:
    """A name drawn by weight (Gumbel-max): a small change of one weight rarely changes the draw."""
    sharp = SHARPNESS[axis]
    best, chosen = -np.inf, ""
    for name, weight in weights.items():
        if weight <= 0:
            continue
        score = sharp * float(np.log(weight)) - float(np.log(-np.log(_uniform(axis, name, *luck))))
        if score > best:
            best, chosen = score, name
    return chosen


def _less_repeated(axis: str, weights: dict[str, float], taken: Iterable[str]) -> dict[str, float]:
    """The weights with what siblings have already chosen made unlikely."""
    for name in taken:
        if name in weights:
            weights[name] *= _REPEATED[axis]
    return weights


def _finish(genre: _Genre, seed: int, name: str | None, avoid: Sequence[Style]) -> Finish:
    if name is not None:
        if name not in {f.name for f in FINISHES}:
            raise UnknownChoice("finish", name, (f.name for f in FINISHES))
        return finish_named(name)
    prior = genre.prior
    weights = {
        f.name: (genre.mixed(f.families) + 0.01)
        * inks.year_weight(f.years, genre.year)
        * genre.factor("finishes", f.name)
        * prior.suits_finish(f.name)
        for f in FINISHES
    }
    weights = _less_repeated("finish", weights, (s.finish.name for s in avoid))
    return finish_named(_drawn("finish", weights, seed, *genre.luck))


def _palette(
    genre: _Genre, art: NDArray[np.uint8], finish: Finish, seed: int, *, name: str | None, avoid: Sequence[Style]
) -> Palette:
    drawer = inks.named()
    if name is not None and name != inks.FROM_ART:
        if name not in drawer:
            raise UnknownChoice("palette", name, (*drawer, inks.FROM_ART))
        return drawer[name]
    if name is None:
        prior = genre.prior
        on_dark, on_light = INK_ON.get(finish.name, (1.0, 1.0))
        weights = {
            p.name: (genre.mixed(p.families) + 0.002)
            * inks.year_weight(p.years, genre.year)
            * genre.factor("palettes", p.name)
            * (on_dark if p.dark else on_light)
            * prior.suits_palette(p.paper, p.inks, p.accent)
            for p in drawer.values()
        }
        weights[inks.FROM_ART] = 0.8 * max(weights.values()) * OWN_COLOURS.get(finish.name, 0.0)
        weights = _less_repeated("palette", weights, (s.palette.name for s in avoid))
        name = _drawn("palette", weights, seed, *genre.luck)
    if name != inks.FROM_ART:
        return drawer[name]
    return inks.from_art(np.asarray(art, np.float32) / np.float32(255), seed=seed)


def _face(genre: _Genre, finish: Finish, length: int, seed: int, *, name: str | None, avoid: Sequence[Style]) -> Face:
    titled = {f.id: f for f in FACES.values() if f.role in ("display", "both")}
    if name is not None:
        if name not in titled:
            raise UnknownChoice("typeface", name, titled)
        return titled[name]
    weights: dict[str, float] = {}
    for face in titled.values():
        suits = sum(share * typefaces.affinity(face, family, genre.year) for family, share in genre.families.items())
        limit = SHORT_ONLY.get(face.id, 60)
        weights[face.id] = (suits + 0.004) * genre.factor("faces", face.id) * min(1.0, (limit / max(length, 1)) ** 4)
        if finish.name == "neon" and "neon" in FACE_CLASSES.get(face.id, frozenset()):
            weights[face.id] *= 1.4
    weights = _less_repeated("type", weights, (s.lead_face.id for s in avoid))
    return titled[_drawn("type", weights, seed, *genre.luck)]


def _second(genre: _Genre, lead: Face, seed: int) -> Face:
    """A quiet face beside the leading one: the same where it reads well small, or one that goes with its class."""
    beside = pairing(FACE_CLASSES.get(lead.id, frozenset(("sans",))))
    if lead.role == "both" and lead.id in beside:
        beside[lead.id] = beside.get(lead.id, 0.0) + 0.5
    weights = {}
    for id, weight in beside.items():
        suits = sum(
            share * typefaces.affinity(FACES[id], family, genre.year) for family, share in genre.families.items()
        )
        weights[id] = weight * (0.25 + suits)
    return FACES[_drawn("type", weights, seed + 1, *genre.luck)]


def _reading_weight(face: Face) -> int:
    """The weight for small lines: the lightest of at least 400."""
    return next((w for w in face.weights if w >= 400), face.weights[-1])


def _lead_lengths(album: Album) -> dict[str, int]:
    """Length of the leading name for layouts led by the artist and by the title."""
    artist, title = album.artist or "", album.title or ""
    return {"artist": len(artist or title), "title": len(title or artist)}


def _layout(
    genre: _Genre,
    album: Album,
    finish: Finish,
    lead: Face,
    lengths: Mapping[str, int],
    *,
    seed: int,
    name: str | None,
    avoid: Sequence[Style],
) -> Layout:
    if name is not None:
        return layout_named(name)
    if not album.artist and not album.title:
        return layout_named("no words")
    prior, classes = genre.prior, FACE_CLASSES.get(lead.id, frozenset())
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
            (genre.mixed(one.families) + 0.01)
            * inks.year_weight(one.years, genre.year)
            * one.finishes.get(finish.name, 1.0)
            * lettering
            * genre.factor("layouts", one.name)
            * _suits(prior, one, length)
            * max(fits, 0.002)
            * min(1.0, (SHORT_ONLY.get(lead.id, 60) / max(length, 1)) ** 3)
            * (
                UNDER_TYPE.get(finish.name, 1.0)
                if one.floats and not any(m.hugs is not None for m in one.marks)
                else 1.0
            )
        )
    weights = _less_repeated("layout", weights, (s.layout.name for s in avoid))
    return layout_named(_drawn("layout", weights, seed, genre.main))


def _suits(prior: Prior, layout: Layout, length: int) -> float:
    """A factor for a layout: are its words led, placed, set and sized as on covers of this genre and year?"""
    block, item = next(((b, i) for b in layout.blocks for i in b.items if i.part == "lead"), (None, None))
    if block is None or item is None:
        return 1.0
    left, top, right, bottom = block.box
    size = min(item.max_size, item.share * (bottom - top) / 1.2, 1.7 * (right - left) / max(length, 1))
    row = "top" if top < 0.25 else "foot" if bottom > 0.8 else "middle"
    column = {"left": "left", "center": "centre", "right": "right"}[block.align]
    return (
        prior.likelier("leads", {layout.lead: 1.0})
        * prior.likelier(f"{layout.lead} place", {f"{row} {column}": 1.0})
        * prior.likelier(f"{layout.lead} side", {column: 1.0})
        * prior.nearer(f"{layout.lead} height", 0.8 * size)
    )
