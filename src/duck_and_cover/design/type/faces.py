"""The typefaces: what each one is for, when it was fashionable, and who stands in for it in other alphabets.

One row a face. A new face is a row here and a line in `tools/vendor_fonts.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from duck_and_cover.errors import UnknownChoice

__all__ = ["Face", "affinity", "face", "faces_for"]

Role = Literal["display", "text", "both", "sibling"]
Case = Literal["upper", "lower", "title", "as typed"]

# fmt: off
FAMILIES = (
    "pop", "rock", "punk", "indie", "metal", "hip hop", "r&b", "funk", "jazz", "blues", "country", "folk",
    "classical", "electronic", "techno", "synth", "ambient", "experimental", "reggae", "latin", "world",
    "gospel", "soundtrack", "spoken",
)
# fmt: on
"""The genre families that faces are matched to."""

NOW = 2100
"""The end of an era that has not ended."""


@dataclass(frozen=True)
class Face:
    """A typeface family and its manners.

    id:        folder in fonts/ and name in the npm package.
    family:    the name its designers gave it.
    weights:   what is vendored, light to heavy.
    role:      'display' for titles, 'text' for smaller lines, 'both', or 'sibling': only stands in.
    families:  genre family -> affinity, 0 to 1.
    years:     first and last year of the era it evokes.
    case:      letter case that suits it in titles.
    tracking:  letter spacing in em that suits it in titles.
    gap:       em added to its word space; display faces are often drawn without a useful one.
    heft:      weight a sibling needs to match its colour; many display faces are black at a nominal 400.
    joined:    its Latin letters connect, so it is never tracked or set in capitals.
    siblings:  ids of the faces that take over, in order, when it lacks a script; they end in the Noto faces.
    """

    id: str
    family: str
    weights: tuple[int, ...]
    role: Role
    families: Mapping[str, float]
    years: tuple[int, int]
    case: Case = "as typed"
    tracking: float = 0.0
    gap: float = 0.0
    heft: int | None = None
    joined: bool = False
    siblings: tuple[str, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        strange = set(self.families) - set(FAMILIES)
        if strange:
            raise ValueError(f"{self.id}: no genre family {sorted(strange)}; there are {FAMILIES}")
        if self.joined and (self.tracking or self.case == "upper"):
            raise ValueError(f"{self.id}: a connected script takes neither tracking nor capitals")
        object.__setattr__(self, "families", MappingProxyType(dict(self.families)))

    def __hash__(self) -> int:
        return hash(self.id)

    @property
    def title_weight(self) -> int:
        """The weight for titles: the heaviest."""
        return self.weights[-1]

    @property
    def text_weight(self) -> int:
        """The weight for small lines: the lightest."""
        return self.weights[0]


# fmt: off
# Who stands in, by colour of the page. Each list reaches every script that is vendored at all.
_NOTO = {
    "hebrew": "Hebrew", "arabic": "Arabic", "devanagari": "Devanagari", "thai": "Thai", "jp": "JP",
    "kr": "KR", "sc": "SC", "armenian": "Armenian", "georgian": "Georgian", "bengali": "Bengali",
    "gurmukhi": "Gurmukhi",
    "gujarati": "Gujarati", "tamil": "Tamil", "telugu": "Telugu", "kannada": "Kannada",
    "malayalam": "Malayalam", "ethiopic": "Ethiopic", "symbols": "Symbols",
}
_SCRIPTS = (*(f"noto-sans-{script}" for script in _NOTO), "roboto", "noto-sans-symbols-2")
_SANS = ("inter", "noto-sans", *_SCRIPTS)
_WIDE = ("unbounded", "comfortaa", *_SANS)
_NARROW = ("oswald", "roboto-condensed", "lalezar", "noto-sans", *_SCRIPTS)
_BLACK = ("russo-one", "noto-sans", "rubik-dirt", "lalezar", *_SCRIPTS)
_SERIF = ("playfair-display", "eb-garamond", "noto-serif", "noto-sans", *_SCRIPTS)
_BOOK = ("eb-garamond", "cormorant-garamond", "noto-serif", "noto-sans", *_SCRIPTS)
_FAT = ("yeseva-one", "noto-serif", "rozha-one", "chonburi", "lalezar", "noto-sans", *_SCRIPTS)
_ROUND = ("lobster", "comfortaa", "noto-serif", "lalezar", "noto-sans", *_SCRIPTS)
_GOTHIC = ("grenze-gotisch", "ruslan-display", "noto-serif", "noto-sans", *_SCRIPTS)
_MACHINE = ("russo-one", "jura", "noto-sans", *_SCRIPTS)
_MONO = ("jetbrains-mono", "noto-sans", *_SCRIPTS)
_HAND = ("amatic-sc", "caveat", "noto-sans", *_SCRIPTS)
_DECO = ("poiret-one", "comfortaa", "noto-sans", *_SCRIPTS)

# fmt: on


def _face(
    id: str,
    family: str,
    weights: tuple[int, ...],
    role: Role,
    years: tuple[int, int],
    siblings: tuple[str, ...],
    families: str,
    **manners: Any,
) -> Face:
    """A row: `families` reads 'metal 1, punk .4'."""
    pairs = (item.strip().rpartition(" ") for item in families.split(","))
    others = tuple(s for s in siblings if s != id)
    return Face(id, family, weights, role, {n: float(v) for n, _, v in pairs}, years, siblings=others, **manners)


# fmt: off
_ROWS = (  # noqa: RUF005  (a table, then its siblings)
    # blackletter, metal, horror
    _face("metal-mania", "Metal Mania", (400,), "display", (1980, 1995), _GOTHIC,
          "metal 1, rock .4, punk .3", case="upper", tracking=-0.005, heft=800),
    _face("pirata-one", "Pirata One", (400,), "display", (1970, NOW), _GOTHIC,
          "metal .9, folk .3, rock .3, hip hop .3", heft=600),
    _face("new-rocker", "New Rocker", (400,), "display", (1975, 2005), _GOTHIC,
          "metal .9, rock .6, punk .5, blues .2", heft=800),
    _face("grenze-gotisch", "Grenze Gotisch", (400, 800), "both", (1990, NOW), _GOTHIC[1:],
          "metal .9, experimental .5, hip hop .4, folk .3, ambient .2"),
    _face("unifrakturcook", "UnifrakturCook", (700,), "display", (1968, NOW), _GOTHIC,
          "metal 1, hip hop .3, classical .2, experimental .3", heft=900),
    _face("nosifer", "Nosifer", (400,), "display", (1978, 1995), _BLACK,
          "metal .5, punk .3, soundtrack .3", case="upper", heft=900),
    _face("creepster", "Creepster", (400,), "display", (1955, 1985),
          ("new-rocker", "ruslan-display", *_BLACK),
          "punk .5, soundtrack .4, rock .3, metal .2", heft=800),
    _face("ruslan-display", "Ruslan Display", (400,), "display", (1900, NOW),
          ("grenze-gotisch", "noto-serif", "noto-sans", *_SCRIPTS),
          "folk .4, world .4, metal .4", heft=700),
    # the sixties and seventies
    _face("caprasimo", "Caprasimo", (400,), "display", (1966, 1980), _FAT,
          "funk .9, indie .8, pop .6, r&b .6, rock .4, reggae .4, folk .3",
          tracking=-0.01, heft=900),
    _face("shrikhand", "Shrikhand", (400,), "display", (1966, 1982), _ROUND,
          "funk 1, latin .7, reggae .6, world .6, r&b .5, pop .4", heft=900),
    _face("chango", "Chango", (400,), "display", (1966, 1980), _BLACK,
          "funk .8, reggae .8, latin .7, world .4, hip hop .3, pop .3", tracking=0.005, heft=900),
    _face("abril-fatface", "Abril Fatface", (400,), "display", (1930, 1982), _FAT,
          "funk .6, pop .6, soundtrack .5, r&b .5, jazz .4, indie .4, latin .4, classical .3", heft=900),
    _face("righteous", "Righteous", (400,), "display", (1968, 1986), _WIDE,
          "funk .8, synth .5, reggae .6, electronic .4, gospel .4, pop .4", tracking=0.005, heft=700),
    _face("limelight", "Limelight", (400,), "display", (1925, 1950), _DECO,
          "jazz .8, soundtrack .7, gospel .4, latin .4, blues .3", tracking=0.01, heft=700),
    _face("bowlby-one", "Bowlby One", (400,), "display", (1955, 1985), _BLACK,
          "hip hop .7, jazz .6, reggae .7, funk .6, blues .5, gospel .5", case="upper", heft=900),
    _face("yeseva-one", "Yeseva One", (400,), "display", (1940, NOW), ("noto-serif", "noto-sans", *_SCRIPTS),
          "classical .5, soundtrack .5, r&b .4, gospel .5, latin .4", heft=700),
    _face("chonburi", "Chonburi", (400,), "display", (1930, NOW), _FAT,
          "world .6, soundtrack .5, r&b .5, latin .4, jazz .3", tracking=0.01, heft=700),
    _face("lobster", "Lobster", (400,), "display", (1945, 1978),
          ("comfortaa", "noto-serif", "noto-sans", *_SCRIPTS),
          "latin .6, country .5, blues .5, pop .4, reggae .4", heft=800, joined=True),
    # the eighties and their machines
    _face("monoton", "Monoton", (400,), "display", (1972, 1990), _DECO,
          "synth .9, funk .6, electronic .6, pop .4, soundtrack .4",
          case="upper", tracking=0.01, gap=0.18, heft=400),
    _face("audiowide", "Audiowide", (400,), "display", (1980, 2008), _MACHINE,
          "synth .9, electronic .7, techno .7, soundtrack .3", case="upper", tracking=0.02, heft=700),
    _face("orbitron", "Orbitron", (500, 800), "both", (1978, NOW), _MACHINE,
          "synth .9, techno .8, electronic .7, soundtrack .4", case="upper", tracking=0.06),
    _face("michroma", "Michroma", (400,), "both", (1965, NOW), ("unbounded", "jura", *_SANS),
          "techno 1, synth .7, electronic .8, ambient .5, experimental .4",
          case="upper", tracking=0.06, heft=500),
    _face("vt323", "VT323", (400,), "both", (1978, NOW), _MONO,
          "experimental .7, synth .6, electronic .6, hip hop .3, techno .4", gap=-0.1, heft=500),
    _face("share-tech-mono", "Share Tech Mono", (400,), "text", (1985, NOW), _MONO,
          "techno .9, electronic .8, experimental .7, synth .7, ambient .5, hip hop .3, soundtrack .3",
          tracking=0.04, gap=-0.2, heft=500),
    _face("russo-one", "Russo One", (400,), "display", (1985, NOW), ("jura", "noto-sans", *_SCRIPTS),
          "techno .7, hip hop .6, electronic .6, rock .4, synth .4", case="upper", tracking=0.01, heft=900),
    _face("jura", "Jura", (400, 700), "both", (1985, NOW), ("noto-sans", *_SCRIPTS),
          "ambient .7, techno .6, synth .6, electronic .6, soundtrack .5", tracking=0.05),
    _face("space-mono", "Space Mono", (400, 700), "both", (1965, NOW), _MONO,
          "experimental .9, techno .7, electronic .7, hip hop .4, indie .4, ambient .5, spoken .6",
          gap=-0.25),
    _face("jetbrains-mono", "JetBrains Mono", (400, 700), "text", (2000, NOW), ("noto-sans", *_SCRIPTS),
          "techno .6, experimental .6, electronic .6, spoken .4", gap=-0.2),
    # typewriter, dirt, marker, stencil
    _face("special-elite", "Special Elite", (400,), "both", (1940, NOW), _MONO,
          "punk .8, indie .7, folk .6, spoken .9, blues .6, experimental .6, hip hop .4, country .4, rock "
          ".4, jazz .3", heft=600),
    _face("rubik-dirt", "Rubik Dirt", (400,), "display", (1977, NOW), _BLACK,
          "punk .9, rock .6, metal .4, hip hop .5, techno .3",
          case="upper", tracking=-0.01, gap=0.08, heft=900),
    _face("rock-salt", "Rock Salt", (400,), "display", (1988, NOW), _HAND,
          "punk .6, rock .5, indie .5, blues .4", heft=600),
    _face("permanent-marker", "Permanent Marker", (400,), "both", (1977, NOW), _HAND,
          "punk .9, hip hop .7, rock .5, indie .5, reggae .3", heft=800),
    _face("black-ops-one", "Black Ops One", (400,), "display", (1978, NOW), _BLACK,
          "punk .6, hip hop .6, techno .5, metal .4, reggae .3", case="upper", tracking=0.01, heft=900),
    _face("bungee", "Bungee", (400,), "display", (1965, NOW), _BLACK,
          "hip hop .7, funk .5, reggae .7, latin .6, pop .4, world .5", case="upper", gap=0.04, heft=900),
    _face("bungee-shade", "Bungee Shade", (400,), "display", (1955, 1985), _BLACK,
          "funk .6, latin .6, hip hop .5, country .4, pop .3", case="upper", heft=900),
    # grotesques
    _face("oswald", "Oswald", (400, 700), "both", (1950, NOW),
          ("roboto-condensed", "lalezar", "noto-sans", *_SCRIPTS),
          "jazz .8, hip hop .7, rock .8, blues .7, r&b .6, gospel .6, soundtrack .7, punk .6, metal .4, "
          "funk .5, reggae .6, latin .6, world .5, country .4, spoken .5", case="upper"),
    _face("anton", "Anton", (400,), "display", (1955, NOW), _NARROW,
          "jazz .9, hip hop 1, rock .8, punk .7, pop .7, funk .5, soundtrack .6, blues .6, reggae .5",
          case="upper", tracking=0.0, heft=800),
    _face("bebas-neue", "Bebas Neue", (400,), "both", (1970, NOW), _NARROW,
          "hip hop .9, rock .8, electronic .6, soundtrack .8, pop .6, punk .6, r&b .6, metal .3, blues .4",
          case="upper", tracking=0.01, heft=700),
    _face("archivo-black", "Archivo Black", (400,), "both", (1957, NOW), _BLACK[1:],
          "hip hop .8, jazz .7, pop .7, punk .7, electronic .6, techno .6, rock .6, r&b .6, gospel .5, "
          "reggae .5", tracking=-0.02, heft=900),
    _face("league-gothic", "League Gothic", (400,), "display", (1920, NOW), _NARROW,
          "jazz .9, rock .7, blues .7, hip hop .6, punk .6, soundtrack .6, folk .4, country .4, gospel .5",
          case="upper", tracking=0.005, heft=700),
    _face("roboto-condensed", "Roboto Condensed", (400, 700), "text", (1970, NOW),
          ("noto-sans", "lalezar", *_SCRIPTS),
          "rock .7, hip hop .7, jazz .5, pop .5, blues .4, soundtrack .5, metal .6, punk .5, latin .5, "
          "reggae .6, funk .5, gospel .4, electronic .4", tracking=0.02),
    _face("alfa-slab-one", "Alfa Slab One", (400,), "display", (1890, 1980), _FAT,
          "blues .8, country .7, gospel .7, reggae .5, hip hop .5, rock .5, folk .3",
          tracking=0.01, heft=900),
    # serifs
    _face("playfair-display", "Playfair Display", (400, 800), "both", (1930, NOW), _SERIF,
          "classical .8, jazz .6, r&b .8, soundtrack .7, pop .5, gospel .7, indie .5, spoken .6, latin .5, "
          "blues .4"),
    _face("cormorant-garamond", "Cormorant Garamond", (400, 600), "both", (1920, NOW), _BOOK,
          "classical 1, ambient .8, folk .6, soundtrack .7, r&b .5, indie .5, spoken .7, jazz .4, world .5, "
          "gospel .4"),
    _face("bodoni-moda", "Bodoni Moda", (400, 700), "both", (1940, NOW), _SERIF,
          "classical .8, r&b .8, pop .7, jazz .6, electronic .4, soundtrack .6, latin .4"),
    _face("cinzel", "Cinzel", (400, 700), "both", (1900, NOW), _BOOK,
          "classical .8, soundtrack .9, metal .6, gospel .7, ambient .5, world .5, folk .3",
          case="upper", tracking=0.05),
    _face("im-fell-english", "IM Fell English", (400,), "both", (1900, NOW), _BOOK,
          "folk 1, classical .6, metal .5, country .5, spoken .7, ambient .4, world .4, experimental .3",
          heft=400),
    _face("eb-garamond", "EB Garamond", (400, 600), "both", (1900, NOW),
          ("noto-serif", "noto-sans", *_SCRIPTS),
          "classical .9, folk .8, spoken .8, jazz .5, world .7, gospel .6, country .5, blues .5, soundtrack "
          ".5, ambient .5, metal .5, latin .4"),
    _face("dm-serif-display", "DM Serif Display", (400,), "display", (1968, NOW), _SERIF,
          "r&b .8, indie .7, pop .7, jazz .6, soundtrack .6, folk .4, classical .5, gospel .5, spoken .6",
          tracking=-0.005, heft=800),
    # wood type, handwriting, script
    _face("rye", "Rye", (400,), "display", (1870, 1975), ("alfa-slab-one", "ruslan-display", *_FAT),
          "country 1, blues .7, folk .6, soundtrack .4, rock .3, gospel .3", tracking=0.01, heft=700),
    _face("sancreek", "Sancreek", (400,), "display", (1870, 1975), ("alfa-slab-one", "ruslan-display", *_FAT),
          "country .9, folk .5, blues .6, rock .3", tracking=0.01, heft=700),
    _face("amatic-sc", "Amatic SC", (400, 700), "both", (2005, NOW), ("caveat", "noto-sans", *_SCRIPTS),
          "folk .9, indie .8, country .6, world .5, pop .4, spoken .4"),
    _face("caveat", "Caveat", (500, 700), "both", (1990, NOW), ("amatic-sc", "noto-sans", *_SCRIPTS),
          "indie .8, folk .7, pop .5, spoken .5, country .4, ambient .3"),
    _face("pacifico", "Pacifico", (400,), "display", (1950, 1992), _ROUND,
          "synth .6, latin .7, reggae .6, pop .5, funk .3, country .3", heft=700, joined=True),
    _face("monsieur-la-doulaise", "Monsieur La Doulaise", (400,), "display", (1900, 1965),
          ("cormorant-garamond", *_BOOK),
          "classical .5, r&b .5, latin .5, folk .3", heft=400, joined=True),
    # pop, minimal
    _face("inter", "Inter", (400, 700), "both", (1957, NOW), ("noto-sans", *_SCRIPTS),
          "pop .8, electronic .8, indie .7, ambient .8, techno .7, hip hop .6, r&b .7, experimental .7, "
          "jazz .6, classical .5, soundtrack .6, rock .5, punk .3, spoken .6", tracking=-0.02),
    _face("jost", "Jost", (400, 600), "both", (1927, NOW), _SANS,
          "ambient .9, jazz .7, pop .6, indie .7, electronic .6, classical .5, soundtrack .6, folk .5, "
          "synth .5, r&b .6, funk .6, country .4, latin .6, gospel .6, world .6, reggae .5, spoken .5"),
    _face("syne", "Syne", (500, 800), "both", (2015, NOW), _WIDE,
          "electronic .9, experimental .9, indie .7, techno .7, pop .6, ambient .5"),
    _face("space-grotesk", "Space Grotesk", (400, 700), "both", (1990, NOW), _SANS,
          "electronic .9, techno .8, indie .8, pop .6, ambient .7, experimental .7, hip hop .5, synth .6, "
          "funk .4", tracking=-0.015),
    _face("unbounded", "Unbounded", (400, 800), "both", (1968, NOW), ("comfortaa", "noto-sans", *_SCRIPTS),
          "pop .8, electronic .8, techno .7, hip hop .7, r&b .5, experimental .5, synth .4"),
    _face("josefin-sans", "Josefin Sans", (300, 600), "both", (1925, NOW), ("jost", *_SANS),
          "indie .7, folk .6, jazz .6, ambient .7, pop .6, r&b .5, classical .4, gospel .5, blues .4, "
          "country .5, world .5, latin .5, soundtrack .5", tracking=0.03),
    _face("comfortaa", "Comfortaa", (400, 700), "both", (1970, NOW), ("noto-sans", *_SCRIPTS),
          "electronic .5, ambient .5, pop .5, synth .4"),
    _face("poiret-one", "Poiret One", (400,), "display", (1922, 1950), ("comfortaa", "noto-sans", *_SCRIPTS),
          "jazz .6, ambient .6, soundtrack .5, r&b .5, classical .4", tracking=0.03, heft=400),
    # the scripts of the world
    _face("lalezar", "Lalezar", (400,), "display", (1960, 1985), ("noto-sans", *_SCRIPTS),
          "world .8, funk .6, pop .5, soundtrack .4, latin .4, reggae .4", gap=0.04, heft=800),
    _face("rozha-one", "Rozha One", (400,), "display", (1960, NOW), _FAT,
          "world .7, r&b .6, pop .5, soundtrack .6, funk .5, indie .4", heft=900),
    _face("noto-sans", "Noto Sans", (500, 900), "both", (1990, NOW), _SCRIPTS,
          "world .7, spoken .5, pop .3, gospel .3, reggae .3"),
    _face("noto-serif", "Noto Serif", (500, 900), "both", (1950, NOW), ("noto-sans", *_SCRIPTS),
          "world .6, spoken .6, classical .4, gospel .4, folk .3"),
) + tuple(
    _face(id, family, weights, "sibling", (1900, NOW), ("noto-sans", *_SCRIPTS),
          "world .3, folk .2, spoken .2", heft=700)
    for id, family, weights in (
        *((f"noto-sans-{script}", f"Noto Sans {name}", (700,)) for script, name in _NOTO.items()),
        ("roboto", "Roboto", (700,)),
        ("noto-sans-symbols-2", "Noto Sans Symbols 2", (400,)),
        ("noto-emoji", "Noto Emoji", (500,)),
    )
)
# fmt: on

FACES: Mapping[str, Face] = MappingProxyType({row.id: row for row in _ROWS})
"""Every face by its id."""


def face(id: str) -> Face:
    """The face with this id; raises UnknownChoice, which names the nearest ones."""
    if id not in FACES:
        raise UnknownChoice("typeface", id, FACES)
    return FACES[id]


def affinity(face: Face, family: str, year: int | None = None) -> float:
    """How well a face suits a genre family in a year, 0 to 1.

    Outside its era a face keeps a third of its charm, for revivals; the rest halves every ten years.
    """
    base = face.families.get(family, 0.0)
    if year is None or not base:
        return base
    away = max(face.years[0] - year, year - face.years[1], 0)
    return base * (1 / 3 + 2 / 3 * 0.5 ** (away / 10))


def faces_for(family: str, year: int | None = None, role: Role = "display") -> tuple[tuple[Face, int], ...]:
    """Faces with the weight to use, the most fitting first.

    family:  one of FAMILIES.
    year:    of the release; None ignores eras.
    role:    'display' for titles (faces of role display and both), 'text' for smaller lines (text and both).
    """
    if family not in FAMILIES:
        raise UnknownChoice("genre family", family, FAMILIES)
    suited = [f for f in _ROWS if f.role in (role, "both") and f.families.get(family)]
    suited.sort(key=lambda f: (-affinity(f, family, year), f.id))
    return tuple((f, f.text_weight if role == "text" else f.title_weight) for f in suited)
