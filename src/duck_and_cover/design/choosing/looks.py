"""What belongs together: looks of a genre in its years, and which finish likes which palette and lettering.

Rows only. A look multiplies the weights that the finishes, palettes, faces and layouts give themselves, so an
unlisted genre or year still gets what its parts agree on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["COARSE", "Look", "pairing"]


@dataclass(frozen=True)
class Look:
    """One row.

    family:  genre family it belongs to; `words`: words of which a genre must hold one, empty for any.
    years:   where it applies fully; it fades over twelve years outside; None leaves an end open.
    finishes, palettes, faces, layouts: factors above 1 by name; faces lead the cover.
    """

    family: str
    words: frozenset[str]
    years: tuple[int | None, int | None]
    finishes: Mapping[str, float]
    palettes: Mapping[str, float]
    faces: Mapping[str, float]
    layouts: Mapping[str, float]


def _table(text: str) -> dict[str, float]:
    pairs = (part.strip().rpartition(" ") for part in text.split(",") if part.strip())
    return {name: float(value) for name, _, value in pairs}


def _look(
    family: str,
    since: int | None,
    until: int | None,
    finishes: str,
    palettes: str,
    faces: str,
    layouts: str,
    words: str = "",
) -> Look:
    return Look(
        family,
        frozenset(words.split()),
        (since, until),
        _table(finishes),
        _table(palettes),
        _table(faces),
        _table(layouts),
    )


# fmt: off
LOOKS: tuple[Look, ...] = (
    _look("jazz", 1950, 1969, "halftone 3, tiles 1.4",
          "blue hour 2, orange session 2, red cellar 1.6, green hat 1.5",
          "anton 2, league-gothic 2, archivo-black 1.6, oswald 1.4, abril-fatface 1.3, alfa-slab-one 1.3",
          "label grid 1.9, overprint 1.6, label foot 1.4, poster 1.5, strip 1.3, ring .6"),
    _look("jazz", 1970, 1989, "film 2, paint 1.4", "cool school 1.5, nocturne 1.6, indigo cloth 1.3",
          "inter 2, jost 1.6, righteous 1.2, playfair-display 1.3",
          "gallery 1.6, field 1.5, strip 1.8, label foot 1.4"),
    _look("jazz", 1990, None, "film 1.8, tiles 1.6, riso 1.3", "intelligent mauve 1.2, mist 1.2",
          "inter 1.6, jost 1.5, space-grotesk 1.4, dm-serif-display 1.3",
          "strip 1.5, gallery 1.4, spine 1.4, poster 1.3"),
    _look("metal", 1980, 1993, "mirror 1.7, engraving 2.2, contours 1.7, paint 1.2, woodcut 1, film .7",
          "thrash lime 3, toxic violet 1.8, blood moon 2, airbrushed eighties 1.6",
          "metal-mania 2.5, new-rocker 2, pirata-one 1.6, unifrakturcook .9, nosifer .8, black-ops-one 1.2",
          "logo 2.4, logo foot 2.4, framed logo .5, corner logo 2.2, tape .2"),
    _look("metal", 1994, None, "mirror .7, engraving 1.4, paint 2.2, woodcut 1.5, film 1.8, xerox 1.3",
          "blood moon 1.6, doom earth 1.6, bone and charcoal 1.4", "pirata-one 1.5, grenze-gotisch 1.4, cinzel 1.3",
          "logo 1.7, logo foot 1.8, framed logo .5, corner logo 1.8, title card 1.3, letterbox 1.2, corner label 1.2"),
    _look("metal", 1987, None, "engraving 2.5, xerox 2, woodcut 2, paint 1.8, film 1.6, mirror .5",
          "bone and charcoal 6, frozen forest 6, thrash lime .1, toxic violet .2, "
          "airbrushed eighties .1, blood moon .6",
          "unifrakturcook 3, grenze-gotisch 2, pirata-one 1.8, im-fell-english 1.3, nosifer .1, metal-mania .4",
          "logo 1.6, logo foot 1.4, corner logo 1.6, obi .4, letterbox 1.4, corner label 1.3",
          "black blackgaze atmospheric depressive raw"),
    _look("metal", 1970, None, "mirror 1.8, contours 1.8, paint 1.5", "doom earth 4, poster psychedelia 2",
          "new-rocker 1.6, pirata-one 1.6, caprasimo 2", "logo 1.4, framed logo .7, framed picture 1.2",
          "doom stoner sludge"),
    _look("synth", 1976, 1992, "neon 3, tiles .7, film .8",
          "sunset synthwave 2.5, night drive 2.5, new romantic 1.4",
          "monoton 2, audiowide 1.6, orbitron 1.6, pacifico 1.6, righteous 1.2", "title card 2.6, logo 2, tape .5"),
    _look("synth", None, None, "neon 2.5", "sunset synthwave 2, night drive 2",
          "orbitron 1.4, monoton 1.6, pacifico 1.3", "title card 2, logo 1.8", "synthwave outrun retrowave"),
    _look("synth", 2009, None, "neon 1.5, riso 1.6, film 1.4", "mall pastel 5, bedroom lilac 1.6, cloud rap 1.5",
          "vt323 2, noto-serif 1.4, bodoni-moda 2.5, abril-fatface 1.6, comfortaa .1, jost .5",
          "field 1.4, poster 1.3, disc 1.4",
          "vaporwave vapor signalwave hypnagogic chillwave"),
    _look("folk", 1962, 1982, "contours 3, paint 1.8, woodcut 1.5, film .5, engraving .9",
          "meadow 2.5, harvest ochre 2.2, wool and bracken 1.8, river baptism 1.2, winter fable 1.2",
          "im-fell-english 2.2, eb-garamond 1.4, caprasimo 1.4, dm-serif-display 1.3, ruslan-display .3",
          "framed picture 3.5, label foot .8, disc .8"),
    _look("folk", 1995, None, "film 1.5, woodcut 1.5, contours 1.4, paint 1.3",
          "wool and bracken 1.5, winter fable 1.5", "cormorant-garamond 1.6, amatic-sc 1.4, josefin-sans 1.4",
          "framed picture 1.4, corner label 1.4, label foot 1.3"),
    _look("hip hop", 1984, 1999, "xerox 2.2, halftone 1.8, film .7, tiles .3, neon .1, riso .5",
          "boom bap 2.5, golden age 2.2, g funk 1.4, basement show 1.3",
          "anton 2, bebas-neue 1.6, bowlby-one 1.4, archivo-black 1.4, unifrakturcook .3, "
          "bungee-shade .6, vt323 .1, special-elite .4", "band 3, overprint 1.6, stacked 1.2"),
    _look("hip hop", 2008, None, "film 2, riso 1.2, xerox 1.2, neon 1.1",
          "trap house 2, cloud rap 1.8, slow jam 1.3",
          "anton 1.3, inter 1.4, unbounded 1.4, unifrakturcook 1.3, bebas-neue 1.2",
          "caption 2, stacked 1.3, whisper 1.3"),
    _look("techno", 1988, 2005, "isolines 3, ridges 1.6, tiles 1.1, xerox .8, film .4, neon .6",
          "acid 2.5, warehouse 1.8, white label 1.5, signal red 1.3, deep house .8",
          "michroma 2.5, space-grotesk 1.5, inter 1.4, orbitron .9, russo-one .8", "field 3, gallery 1.4, spine 1.2"),
    _look("techno", 2006, None, "isolines 1.8, ridges 1.6, tiles 1.4, film 1.2",
          "white label 1.6, acid 1.4, warehouse 1.4", "syne 1.5, space-grotesk 1.5, inter 1.5, michroma 1.2",
          "field 2, spine 1.4, caption 1.3, gallery 1.3"),
    _look("electronic", 1990, None, "isolines 1.6, ridges 1.5, tiles 1.5, film 1.3",
          "intelligent mauve 1.4, warehouse 1.3, deep house 1.3", "space-grotesk 1.5, syne 1.3, inter 1.4, jost 1.2",
          "field 1.6, gallery 1.3, spine 1.4"),
    _look("classical", None, 1999, "paint 3, film 1.3, engraving 1.2, tiles .5, isolines .3, ridges .2, woodcut .7",
          "ivory and burgundy 3, gramophone gold 1.8, baroque green 1.6, conservatoire grey 1.2",
          "cormorant-garamond 2.2, bodoni-moda 1.8, eb-garamond 1.6, playfair-display 1.5, "
          "cinzel 1.2, inter .4, monsieur-la-doulaise .4, josefin-sans .4, jost .5",
          "recital 4, label grid .8, framed picture .9"),
    _look("classical", 2000, None, "paint 1.6, film 1.8, isolines 1.2, tiles 1.2",
          "conservatoire grey 1.8, nocturne 1.6, mist 1.6",
          "cormorant-garamond 1.6, eb-garamond 1.3, inter 1.5, jost 1.3",
          "gallery 1.8, recital 1.6, strip 1.6, label foot 1.3"),
    _look("indie", 2005, None, "riso 3, film 1.6, ridges .8, woodcut .4, isolines .6, tiles .8",
          "riso coral 2.2, riso mint 2, bedroom lilac 1.5, shoegaze rose 1.2, factory grey .5, cold wave .6",
          "caprasimo 2.2, dm-serif-display 1.8, syne 1.5, playfair-display 1.2, rock-salt .4, special-elite .6",
          "stacked 2.5, poster 1.1, disc 1"),
    _look("indie", 1980, 2004, "film 2, riso .8, contours 1.1, ridges 1.2",
          "factory grey 1.6, jangle 1.6, shoegaze rose 1.5",
          "jost 1.5, inter 1.4, special-elite 1.2, josefin-sans 1.2",
          "strip 1.6, gallery 1.4, corner label 1.4, obi 1.2"),
    _look("indie", None, None, "film 2.5, riso 1.5", "shoegaze rose 4, cold wave 1.5, infrared 1.4",
          "jost 1.4, inter 1.4", "whisper 2, caption 2", "shoegaze dream dreampop"),
    _look("pop", 2010, None, "film 2.6, riso 2.2, neon .7, rosette .5, tiles .6, halftone .5, contours .3",
          "blush 2, bedroom lilac 2, riso coral 1.5, hyper 1.2, memphis .5",
          "inter 2.2, syne 1.7, bodoni-moda 1.6, unbounded 1.4, dm-serif-display 1.3, "
          "abril-fatface .5, pacifico .2, anton .8", "caption 2, stacked 1.6, whisper 1.3, edge 1.2, overprint 1.1"),
    _look("pop", 1962, 1975, "rosette 2, halftone 1.8, riso .5, film .7", "beat club 2.5, bubblegum 1.6",
          "anton 1.4, caprasimo 1.6, shrikhand 1.3, archivo-black 1.3",
          "label grid 1.2, poster 1.5, stacked 1.4, overprint 1.2"),
    _look("pop", 1980, 1992, "neon 1.8, tiles 1.5, rosette 1.3", "new romantic 2.2, memphis 2.2",
          "monoton 1.2, righteous 1.4, bodoni-moda 1.3, pacifico 1.3", "spine 1.4, title card 1.5, poster 1.2"),
    _look("pop", 1976, 1992, "riso 2, film 2, neon 1.5, tiles .3, contours .4, woodcut .1",
          "airbrushed eighties 2.5, mall pastel 2, new romantic 1.8, memphis 1.5",
          "pacifico 1.3, monoton 1.3, righteous 1.3, inter 1.2", "obi 1.6, title card 1.4, letterbox 1.3", "city"),
    _look("punk", 1975, 1992, "xerox 3, halftone 1.4",
          "ransom note 2, safety orange 1.8, newsprint 1.6, basement show 1.4",
          "rubik-dirt 1.6, special-elite 1.5, permanent-marker 1.4, anton 1.4, black-ops-one 1.2",
          "band 2.2, overprint 2, poster 1.2"),
    _look("punk", None, None, "ridges 3, xerox .7, film 1.4", "factory grey 3, cold wave 3, ransom note .3",
          "jost 2, inter 2, league-gothic 1.5, rubik-dirt .1, creepster .1, permanent-marker .1",
          "gallery 4, strip 2, band .4", "post-punk"),
    _look("punk", 1980, 1997, "xerox 3.5, halftone 1.5, mirror .1, film .4, paint .2",
          "ransom note 1.8, newsprint 1.8, safety orange 1.2",
          "rubik-dirt 1.8, black-ops-one 1.6, anton 1.5, permanent-marker 1.5, inter .15, jost .15, syne .1",
          "band 2, overprint 2, tape 1.4", "hardcore crust oi"),
    _look("rock", 1978, None, "film 2, xerox 1.6, engraving 1.5, ridges .3, contours .6",
          "cold wave 2, bone and charcoal 2, blood moon 1.3",
          "cinzel 2.2, im-fell-english 1.7, pirata-one 1.4, bodoni-moda 1.5, alfa-slab-one .1, caprasimo .1, "
          "shrikhand .1, chango .1, righteous .2", "gallery 1.5, letterbox 1.4, framed picture 1.4",
          "gothic goth deathrock"),
    _look("rock", 1965, 1974, "contours 2, rosette 1.6, mirror 1.6",
          "poster psychedelia 3, british blues 1.3, sunburst seventies 1.4",
          "caprasimo 2.5, shrikhand 2.2, new-rocker .5, chango 1.8, righteous 1.5",
          "stacked 1.4, framed picture 1.2, logo 1.3, disc 1.5"),
    _look("rock", 1975, 1989, "contours 1.3, film 1.4, paint 1.4", "stadium dusk 2, airbrushed eighties 1.6",
          "new-rocker 1.3, righteous 1.3, bebas-neue 1.2", "logo 2, stacked 1.2, title card 1.2"),
    _look("rock", 1990, None, "film 1.7, xerox 1.5, contours 1.2",
          "alternative rust 1.8, flannel 1.8, cold wave 1.2",
          "bebas-neue 1.3, special-elite 1.4, league-gothic 1.3, anton 1.2",
          "stacked 1.3, corner label 1.3, caption 1.2"),
    _look("r&b", 1958, 1979, "halftone 2, film 1, rosette 1.4",
          "velvet soul 2.5, brown sugar 1.5, orange session 1.2",
          "caprasimo 1.5, shrikhand 1.5, anton 1.4, abril-fatface 1.4",
          "label grid 1.2, stacked 1.5, poster 1.4, label foot 1.2"),
    _look("r&b", 1990, None, "film 2.4, riso 1", "slow jam 2, honey neo soul 1.8, quiet storm 1.4",
          "bodoni-moda 1.8, inter 1.4, dm-serif-display 1.4", "caption 1.8, stacked 1.3, whisper 1.2"),
    _look("funk", 1968, 1985, "contours 1.8, halftone 1.5, rosette 1.4",
          "sunburst seventies 2, brown sugar 2, mirror ball 1.6",
          "shrikhand 2, caprasimo 1.8, chango 1.5, righteous 1.4, monoton 1.2", "stacked 1.5, poster 1.6, logo 1.1"),
    _look("funk", 1973, 1986, "neon 1.8, rosette 2, film 1.6, contours .3, woodcut .1",
          "mirror ball 3, memphis 1.4, bubblegum 1.4, brown sugar .5",
          "monoton 1.8, righteous 1.8, pacifico 1.2, chango .4", "title card 1.5, stacked 1.4, disc 1.6",
          "disco boogie"),
    _look("reggae", 1965, None, "contours 1.6, woodcut 1.2, xerox 1",
          "dub plate 1.8, sound system 1.6, roots rock 1.5, rocksteady 1.3",
          "bowlby-one 1.5, chango 1.4, bungee 1.2, oswald 1.1", "poster 1.5, stacked 1.2, band 1.1"),
    _look("country", 1940, 1985, "woodcut 1.6, contours 1.4, engraving 1.5, film 1.1",
          "rodeo poster 2, dust road 2, roadhouse 1.5",
          "rye 2, sancreek 1.4, alfa-slab-one 1.6, lobster 1.2, pacifico .1",
          "framed picture 1.6, label foot 1.3, label grid 1.2"),
    _look("country", 1990, None, "film 2.2, engraving 1.1", "denim 1.8, dust road 1.4, nashville rose 1.4",
          "oswald 1.3, alfa-slab-one 1.3, josefin-sans 1.5, im-fell-english 1.2",
          "stacked 1.6, label foot 1.5, letterbox 1.3"),
    _look("blues", None, 1980, "halftone 1.8, woodcut 1.8, engraving 1.2",
          "delta indigo 2, red cellar 1.5, roadhouse 1.5",
          "league-gothic 1.4, alfa-slab-one 1.5, anton 1.3, rye 1.2",
          "label grid 1.1, label foot 1.4, poster 1.3, stacked 1.2"),
    _look("ambient", 1975, None, "film 2, isolines 1.4, ridges 1.4, paint 1.3",
          "mist 1.8, first light 1.6, tide pool 1.5, deep field 1.4",
          "jost 1.6, inter 1.4, cormorant-garamond 1.4, josefin-sans 1.3, poiret-one .6, grenze-gotisch .2",
          "gallery 2, whisper 1.8, field 1.4, obi 1.2"),
    _look("ambient", 1970, 1999, "paint 1.6, film 1.8, isolines .8", "first light 2, tide pool 1.8, mist 1.5",
          "cormorant-garamond 2, eb-garamond 1.6, poiret-one 1.2, jura .2, michroma .1, orbitron .1",
          "framed picture 1.4, recital 1.4, disc 1.3", "age meditation healing"),
    _look("electronic", 1991, 2005, "film 2.5, xerox 1.6, halftone 1.2, isolines .2, tiles .5",
          "nocturne 2, slow jam 1.6, acid .05, hyper .05", "inter 1.4, special-elite 1.3, space-mono 1.3, jost 1.3",
          "letterbox 1.5, corner label 1.5, tape 1.3", "trip downtempo"),
    _look("latin", 2000, None, "film 1.8, riso 1.5, tiles .6", "hyper .1, mambo night 1.3, bossa shore 1.3",
          "unbounded 1.3, syne 1.3, anton 1.2", "stacked 1.4, caption 1.2, poster 1.2"),
    _look("latin", 1950, 1979, "tiles 1.8, halftone 1.8, riso .5, rosette 1.3", "bossa shore 2, mambo night 2",
          "shrikhand 1.5, bungee 1.2, jost 1.5, oswald 1.3, lobster 1.2",
          "label grid 1.1, poster 1.8, disc 1.4, ring 1.3"),
    _look("soundtrack", 1955, 1985, "contours 1.5, halftone 1.4, film 1.4",
          "western title 1.8, giallo 1.8, night at the pictures 2", "bebas-neue 1.4, league-gothic 1.4, cinzel 1.1",
          "letterbox 1.8, title card 1.8, poster 1.2"),
    _look("soundtrack", 1958, 1985, "contours 2, halftone 2, woodcut 1.6, paint .4",
          "western title 3, rodeo poster 2, dust road 1.4", "rye 2.5, sancreek 2, alfa-slab-one 1.6, eb-garamond .1",
          "letterbox 1.8, title card 1.6, band 1.5, disc .3", "western spaghetti"),
    _look("soundtrack", 1986, None, "film 2.5", "deep field 1.6, space opera 1.5, night at the pictures 1.3",
          "cinzel 1.6, jost 1.4, bebas-neue 1.3", "title card 2, letterbox 2"),
    _look("spoken", None, None, "halftone 1.5, tiles 1.6", "paperback 2, newsprint 1.3, radio hour 1.5",
          "inter 1.4, special-elite 1.5, eb-garamond 1.4", "label grid 1.8, poster 1.5, strip 1.2"),
    _look("gospel", None, None, "paint 1.3, contours 1.3, film 1.3",
          "sunday white 1.6, choir robe 1.6, morning light 1.4",
          "playfair-display 1.5, dm-serif-display 1.3, josefin-sans 1.3", "recital 1.3, label foot 1.3, disc 1.2"),
)

SPARINGLY: Mapping[str, float] = {"tiles": 0.55, "ridges": 0.5}
"""Finishes whose pattern one sees again: used less than they suit."""

GREYS: Mapping[str, float] = {
    "metal": 1.0, "experimental": 0.9, "techno": 0.8, "ambient": 0.8, "classical": 0.7, "punk": 0.6, "indie": 0.5,
    "electronic": 0.5, "jazz": 0.4, "rock": 0.4, "spoken": 0.4, "hip hop": 0.3, "soundtrack": 0.4, "folk": 0.3,
}
"""How well colour schemes without colour suit a family."""

COARSE = frozenset(("riso", "rosette"))
"""Finishes whose screens are coarser than art of 64 px: finer art shows in none of their dots."""

INK_ON: Mapping[str, tuple[float, float]] = {
    "halftone": (0.25, 1.5), "xerox": (0.15, 1.5), "riso": (0.1, 1.6), "woodcut": (0.7, 1.2), "tiles": (0.8, 1.1),
    "neon": (1.7, 0.1), "isolines": (1.7, 0.8), "ridges": (1.6, 0.8), "mirror": (1.6, 0.5), "rosette": (0.25, 1.3),
    "engraving": (0.9, 1.1), "contours": (0.8, 1.2), "paint": (1.0, 1.0), "film": (1.0, 1.0),
}
"""How well a finish prints on dark and on light paper."""

UNDER_TYPE: Mapping[str, float] = {"tiles": 0.12, "woodcut": 0.12, "ridges": 0.35, "isolines": 0.35, "rosette": 0.9,
                                   "engraving": 0.8}
"""How well words stand on a full picture of a finish whose pattern cannot be calmed, against 1."""

OWN_COLOURS: Mapping[str, float] = {"paint": 0.9, "film": 0.45, "contours": 0.25, "mirror": 0.15, "riso": 0.1,
                                    "engraving": 0.15, "tiles": 0.2, "halftone": 0.1}
"""How much a finish likes the colours of the art itself, against the best palette of the drawer."""

_CLASSES = {
    "blackletter": "pirata-one grenze-gotisch unifrakturcook new-rocker",
    "horror": "metal-mania nosifer creepster",
    "fat": "caprasimo shrikhand chango abril-fatface bowlby-one chonburi rozha-one yeseva-one lalezar",
    "deco": "limelight poiret-one josefin-sans",
    "neon": "monoton pacifico audiowide",
    "script": "lobster pacifico monsieur-la-doulaise",
    "machine": "orbitron michroma russo-one jura audiowide",
    "mono": "vt323 share-tech-mono space-mono jetbrains-mono",
    "typewriter": "special-elite",
    "dirt": "rubik-dirt black-ops-one permanent-marker rock-salt",
    "hand": "rock-salt permanent-marker amatic-sc caveat",
    "grotesque": "oswald anton bebas-neue archivo-black league-gothic roboto-condensed bungee bowlby-one",
    "serif": "playfair-display cormorant-garamond bodoni-moda cinzel im-fell-english eb-garamond dm-serif-display "
             "noto-serif yeseva-one abril-fatface",
    "wood": "rye sancreek alfa-slab-one ruslan-display bungee-shade",
    "sans": "inter jost syne space-grotesk unbounded josefin-sans comfortaa noto-sans righteous",
}
FACE_CLASSES: Mapping[str, frozenset[str]] = {
    id: frozenset(c for c, ids in _CLASSES.items() if id in ids.split())
    for id in " ".join(_CLASSES.values()).split()
}
"""The classes of lettering a face belongs to."""

PAIRS: Mapping[str, str] = {
    "blackletter": "im-fell-english 1.4, eb-garamond 1.2, grenze-gotisch .8, oswald .6, cinzel 1",
    "horror": "oswald 1.3, roboto-condensed 1.2, bebas-neue 1, new-rocker .5",
    "fat": "jost 1.4, inter 1.2, archivo-black .8, josefin-sans 1, dm-serif-display .6, roboto-condensed .8, syne .8",
    "deco": "jost 1.5, josefin-sans 1.3, cormorant-garamond .8",
    "neon": "jost 1.2, jura 1.3, michroma 1.2, orbitron 1, inter .8",
    "script": "josefin-sans 1.3, jost 1.3, oswald .7",
    "machine": "share-tech-mono 1.3, space-grotesk 1.4, michroma 1, jura 1, inter 1",
    "mono": "space-mono 1.2, inter 1.2, space-grotesk 1.2, share-tech-mono 1",
    "typewriter": "special-elite 1.6, inter .5",
    "dirt": "special-elite 1.3, roboto-condensed 1.2, oswald 1, bebas-neue .8, space-mono .6",
    "hand": "amatic-sc 1, josefin-sans 1.2, caveat .8, special-elite .8, jost .8",
    "grotesque": "archivo-black 1.2, oswald 1.1, roboto-condensed 1.2, inter 1.1, bebas-neue .9, special-elite .4, "
                 "permanent-marker .4",
    "serif": "eb-garamond 1.1, cormorant-garamond 1.2, playfair-display .9, jost 1, inter .9, josefin-sans 1, "
             "bodoni-moda .6",
    "wood": "oswald 1.2, eb-garamond 1, im-fell-english 1, josefin-sans 1",
    "sans": "inter 1.2, jost 1.1, space-grotesk 1.1, syne .8, space-mono .7, unbounded .3, cormorant-garamond .5",
}
"""Which face may stand beside a class of lettering."""

ORNATE = frozenset(("rye", "sancreek", "bungee-shade", "monoton", "nosifer", "rubik-dirt", "metal-mania", "creepster",
                    "limelight", "special-elite", "vt323", "rock-salt", "cinzel"))
"""Faces whose letters are decorated, rough or fine already: nothing is done to their surface."""

SHORT_ONLY: Mapping[str, int] = {
    "monoton": 10, "bungee-shade": 9, "nosifer": 14, "monsieur-la-doulaise": 14, "rubik-dirt": 26, "michroma": 30,
    "unifrakturcook": 30, "metal-mania": 30, "creepster": 30, "orbitron": 30, "audiowide": 30, "rock-salt": 9,
    "poiret-one": 36, "pacifico": 34, "lobster": 40, "shrikhand": 40, "chango": 30, "unbounded": 30,
}
"""Characters beyond which a face tires the reader."""
# fmt: on


def pairing(classes: frozenset[str]) -> dict[str, float]:
    """Weights of the faces that may stand beside lettering of these classes."""
    out: dict[str, float] = {}
    for one in sorted(classes):
        for id, weight in _table(PAIRS[one]).items():
            out[id] = max(out.get(id, 0.0), weight)
    return out
