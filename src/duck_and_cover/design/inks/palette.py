"""Palettes: a sheet of paper and two to six inks, taken from the drawer or from the art itself.

Numbers are OKLab throughout: lightness 0 to 1, chroma about 0 to 0.35, hue in radians (see `colour`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from types import MappingProxyType

import cv2
import numpy as np

from duck_and_cover import colour
from duck_and_cover.colour import Colour, Floats
from duck_and_cover.design.inks.swatches import SWATCHES

__all__ = [
    "Palette",
    "chroma",
    "dominant_hue",
    "from_art",
    "from_colours",
    "lightness",
    "named",
    "palettes_for",
    "tinted",
    "year_weight",
]

FROM_ART = "art"
"""The name of a palette taken from the art: what `--palette` calls it, so that a report can be asked for again."""

LEAST_SPREAD = 0.45
"""Lightness between the darkest and the lightest colour of a palette, below which a print has no body."""

LIGHT_SHARE = 0.42
"""Share of light area from which on a picture is taken to be on light paper."""

_BORROWED = ("#c8372d", "#e2571e", "#e0b020", "#1f5a9c", "#16807f")
"""Accents for art that has no colour of its own."""


@dataclass(frozen=True)
class Palette:
    """A paper, two to six inks from dark to light, and one accent.

    families: affinity 0 to 1 by genre family; years: those it evokes, None leaves an end open.
    Raises ValueError when there are too few or too many inks, or when all of it is about equally light.
    """

    name: str
    paper: Colour
    inks: tuple[Colour, ...]
    accent: Colour
    families: Mapping[str, float] = field(default_factory=dict, compare=False)
    years: tuple[int | None, int | None] = (None, None)

    def __post_init__(self) -> None:
        if not 2 <= len(self.inks) <= 6:
            raise ValueError(f"palette {self.name!r} has {len(self.inks)} inks; a palette has two to six")
        for one in (self.paper, self.accent, *self.inks):
            if len(one) != 3 or not all(0 <= v <= 1 for v in one):
                raise ValueError(f"palette {self.name!r} holds {one}, which is no sRGB colour of three values 0 to 1")
        object.__setattr__(self, "inks", tuple(sorted(self.inks, key=lightness)))
        found = lightness(self.lightest) - lightness(self.darkest)
        if found < LEAST_SPREAD - 0.005:
            raise ValueError(f"palette {self.name!r} spans {found:.2f} of lightness; it wants {LEAST_SPREAD} or more")

    @property
    def dark(self) -> bool:
        """Whether the paper is dark, so that light inks are printed on it."""
        return lightness(self.paper) < 0.5

    @property
    def light(self) -> bool:
        """Whether the paper is light, so that dark inks are printed on it."""
        return not self.dark

    @property
    def colours(self) -> tuple[Colour, ...]:
        """Paper and inks from dark to light, without the accent."""
        return tuple(sorted({self.paper, *self.inks}, key=lightness))

    @property
    def darkest(self) -> Colour:
        return self.colours[0]

    @property
    def lightest(self) -> Colour:
        return self.colours[-1]

    @property
    def key(self) -> Colour:
        """The ink that stands out most from the paper: it prints lines, dots and small type."""
        return max(self.inks, key=lambda ink: abs(lightness(ink) - lightness(self.paper)))

    @property
    def seconds(self) -> tuple[Colour, ...]:
        """The inks without the key, most colourful first; the accent where there is no other."""
        rest = [ink for ink in self.inks if ink != self.key]
        return tuple(sorted(rest, key=lambda ink: -chroma(ink))) or (self.accent,)

    def ramp(self, n: int = 256) -> Floats:
        """A table of `n` colours from the darkest to the lightest, even in lightness."""
        colours = self.colours
        tones = [lightness(c) for c in colours]
        stops = [
            (0.65 * (t - tones[0]) / (tones[-1] - tones[0]) + 0.35 * i / (len(tones) - 1)) for i, t in enumerate(tones)
        ]
        return colour.ramp(colours, n, stops)

    def levels(self, n: int) -> tuple[Colour, ...]:
        """`n` flat colours from dark to light: the palette's own where it has enough, else mixed between
        them."""
        own = self.colours
        if len(own) == n:
            return own
        if len(own) > n:
            keep = np.rint(np.linspace(0, len(own) - 1, n)).astype(int)
            return tuple(own[i] for i in keep)
        mixed = colour.ramp(own, n)
        return tuple(colour.as_colour(c) for c in mixed)


def lightness(one: Colour) -> float:
    """OKLab lightness of a colour."""
    return float(colour.srgb_to_oklab(one)[0])


def chroma(one: Colour) -> float:
    """OKLab chroma of a colour: how far it is from grey."""
    lab = colour.srgb_to_oklab(one)
    return float(np.hypot(lab[1], lab[2]))


@lru_cache(maxsize=1)
def named() -> Mapping[str, Palette]:
    """Every palette of the drawer by name."""
    found: dict[str, Palette] = {}
    for row in SWATCHES:
        families: dict[str, float] = {}
        for part in row.families.split(","):
            family, _, weight = part.strip().rpartition(" ")
            families[family] = float(weight)
        inks = tuple(colour.parse_hex(ink) for ink in row.inks.split())
        found[row.name] = Palette(
            row.name,
            colour.parse_hex(row.paper),
            inks,
            colour.parse_hex(row.accent),
            MappingProxyType(families),
            (row.since, row.until),
        )
    return MappingProxyType(found)


def year_weight(years: tuple[int | None, int | None], year: int | None) -> float:
    """How well a year sits in a span: 1 inside or where none is asked, falling to 0.1 over two decades
    outside."""
    if year is None:
        return 1.0
    since, until = years
    away = max((since or year) - year, year - (until or year), 0)
    return max(0.1, 1.0 - away / 20)


def palettes_for(family: str, year: int | None = None) -> list[tuple[Palette, float]]:
    """Palettes that suit a genre family and a year, best first, with weights above 0 for a weighted choice.

    A family nobody has heard of gets the whole drawer at a low weight.
    """
    found = []
    for palette in named().values():
        weight = palette.families.get(family, 0.0) * year_weight(palette.years, year)
        if weight > 0:
            found.append((palette, weight))
    if not found:
        found = [(palette, 0.1 * year_weight(palette.years, year)) for palette in named().values()]
    return sorted(found, key=lambda pair: (-pair[1], pair[0].name))


def from_art(art: Floats, k: int = 5, seed: int = 0) -> Palette:
    """The art's own colours made into inks.

    art: `(h, w, 3)` sRGB 0 to 1. k: how many colours to look for, paper included; fewer come back when the
    art has fewer. Colours are weighted k-means centres in OKLab (colourful pixels count up to three times,
    so that a small bright thing keeps its ink), merged when closer than 0.07, then stretched in lightness
    and a little in chroma until the darkest and lightest are at least `LEAST_SPREAD` apart.
    """
    if not 3 <= k <= 7:
        raise ValueError(f"k is {k}; a palette takes 3 to 7 colours, paper included")
    small = cv2.resize(np.ascontiguousarray(art, np.float32), (48, 48), interpolation=cv2.INTER_AREA)
    lab = colour.srgb_to_oklab(small.reshape(-1, 3))
    weight = 1 + np.minimum(2.0, np.hypot(lab[:, 1], lab[:, 2]) / 0.12)
    centres, share = _cluster(lab, weight, k, np.random.default_rng((seed, 11)))
    return from_colours(FROM_ART, centres, share, light=float((lab[:, 0] > 0.5).mean()) > LIGHT_SHARE, seed=seed)


def from_colours(name: str, centres: Floats, share: Floats, *, light: bool | None = None, seed: int = 0) -> Palette:
    """A palette of found colours: `(n, 3)` OKLab and their shares, n 3 to 7.

    light: whether the paper is the lightest of them, else the darkest; None goes by what most of the area is. They are
    stretched in lightness and a little in chroma until the ends are at least `LEAST_SPREAD` apart. The accent is the
    most colourful for its share and neither nearly black nor nearly white; greys borrow one decisive colour by the
    seed, as black and white photographs on sleeves do.
    """
    if light is None:
        light = float(share[centres[:, 0] > 0.5].sum() / share.sum()) > LIGHT_SHARE
    centres = _stretch(centres)
    order = np.argsort(centres[:, 0])
    centres, share = centres[order], share[order]
    paper, inks = (centres[-1], centres[:-1]) if light else (centres[0], centres[1:])
    strength = np.hypot(inks[:, 1], inks[:, 2]) / np.sqrt(0.05 + (share[:-1] if light else share[1:]))
    seen = np.clip(np.minimum(inks[:, 0] - 0.2, 1.0 - inks[:, 0]) / 0.15, 0.1, 1.0)
    accent = colour.into_gamut(inks[int(np.argmax(strength * seen))])
    if float(np.hypot(centres[:, 1], centres[:, 2]).max()) < 0.04:
        borrowed = _BORROWED[int(np.random.default_rng((seed, 12)).integers(len(_BORROWED)))]
        accent = colour.parse_hex(borrowed)
    return Palette(name, colour.into_gamut(paper), tuple(colour.into_gamut(i) for i in inks), accent)


def _cluster(lab: Floats, weight: Floats, k: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Weighted k-means (Lloyd) with k-means++ seeding; centres `(n, 3)` and their shares, near ones merged,
    n >= 3."""
    scaled = lab * np.array([1.0, 1.8, 1.8], np.float32)
    centres = scaled[[rng.choice(len(scaled), p=weight / weight.sum())]]
    for _ in range(k - 1):
        far = ((scaled[:, None] - centres[None]) ** 2).sum(2).min(1) * weight + 1e-9
        centres = np.vstack([centres, scaled[rng.choice(len(scaled), p=far / far.sum())]])
    label = np.zeros(len(scaled), np.intp)
    for _ in range(12):
        label = ((scaled[:, None] - centres[None]) ** 2).sum(2).argmin(1)
        for j in range(k):
            if (label == j).any():
                centres[j] = np.average(scaled[label == j], axis=0, weights=weight[label == j])
    share = np.bincount(label, weight, k) / weight.sum()
    keep: list[int] = []
    for j in np.argsort(-share):
        if share[j] > 0 and all(((centres[j] - centres[i]) ** 2).sum() > 0.07**2 for i in keep):
            keep.append(int(j))
    found = centres[keep] / np.array([1.0, 1.8, 1.8])
    while len(found) < 3:
        step = 0.25 if found[:, 0].mean() < 0.5 else -0.25
        found = np.vstack([found, found[-1] + np.array([step, 0.01, 0.02])])
    return found.astype(np.float32), np.r_[share[keep], np.zeros(len(found) - len(keep))].astype(np.float32)


def _stretch(centres: Floats) -> Floats:
    """Lightness pulled apart so that the ends are decisive and neighbours are not alike; chroma up by a
    fifth."""
    out = np.array(centres, np.float32)
    low, high = float(out[:, 0].min()), float(out[:, 0].max())
    new_low, new_high = min(low * 0.75, 0.26), max(high + 0.4 * (1 - high), 0.84)
    even = np.argsort(np.argsort(out[:, 0])) / (len(out) - 1)
    tone = 0.6 * (out[:, 0] - low) / max(high - low, 1e-3) + 0.4 * even
    out[:, 0] = new_low + (new_high - new_low) * tone
    strength = np.hypot(out[:, 1], out[:, 2])
    room = np.minimum(1.0, 0.35 + 2.2 * np.minimum(out[:, 0], 1 - out[:, 0] + 0.1))
    out[:, 1:] *= (1.2 * room * np.minimum(1.0, 0.26 / (strength * 1.2 + 1e-6)))[:, None]
    return out


def dominant_hue(art: Floats) -> tuple[float, float]:
    """Hue angle of the art's colour and how much it leads, 0 (grey or every hue alike) to about 0.3."""
    small = cv2.resize(np.ascontiguousarray(art, np.float32), (32, 32), interpolation=cv2.INTER_AREA)
    mean = colour.srgb_to_oklab(small.reshape(-1, 3))[:, 1:].mean(0)
    return float(np.arctan2(mean[1], mean[0])), float(np.hypot(*mean))


def tinted(palette: Palette, art: Floats, most: float = 0.3) -> Palette:
    """The palette turned gently towards the art's dominant hue.

    The inks keep lightness, chroma and their distances in hue; the whole wheel turns by at most `most`
    radians, and less where the art is nearly grey. A palette already near the art's hue, or art without
    colour, comes back as it is.
    """
    hue, lead = dominant_hue(art)
    lab = colour.srgb_to_oklab(np.asarray(palette.inks, np.float32))
    strengths = np.hypot(lab[:, 1], lab[:, 2])
    main = int(np.argmax(strengths))
    if lead < 0.015 or strengths[main] < 0.03:
        return palette
    gaps = [(hue - np.arctan2(row[2], row[1]) + np.pi) % (2 * np.pi) - np.pi for row in lab[strengths > 0.04]]
    gap = float(min(gaps, key=abs, default=0.0))
    turn = float(np.clip(gap, -most, most)) * min(1.0, lead / 0.05)
    if abs(turn) < 0.05:
        return palette
    cos, sin = np.cos(turn), np.sin(turn)

    def turned(one: Colour) -> Colour:
        light, a, b = colour.srgb_to_oklab(one)
        return colour.into_gamut([light, a * cos - b * sin, a * sin + b * cos])

    return replace(
        palette,
        inks=tuple(turned(i) for i in palette.inks),
        accent=turned(palette.accent),
        paper=palette.paper,
    )
