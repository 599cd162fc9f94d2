"""Lettering: what is done to the leading name of a cover beside setting it, one row each.

A row bends the words (`bends`), works their surface (`effects`), or both. It belongs to classes of faces, to genre
families and to years, as all that is chosen does; most names stand plain. Where letters are too thin, the line too long
or too little of its size would be left, the name stands plain as well.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from duck_and_cover.design.shapes.outline import Outline
from duck_and_cover.design.type import bends, effects
from duck_and_cover.design.type.typography import Align, Setting
from duck_and_cover.errors import BadInput, UnknownChoice

__all__ = ["LETTERINGS", "PLAIN", "Lettered", "Lettering", "lettered", "lettering_named"]

PLAIN = "plain"

LEAST_SIZE = 0.075
"""Em below which a name stays plain, cover units."""

LEAST_LEFT = 0.72
"""A name is not bent or shadowed where its size would fall below this part of the plain one's."""

Bend = Callable[[Outline], Outline]
Surface = Callable[[Outline, float], tuple[Outline, Outline | None]]
"""Letters and their em -> the letters as printed, and what is printed behind them in a second ink."""


@dataclass(frozen=True)
class Lettering:
    """One treatment.

    bend, surface:  how it is done; None leaves the words as set.
    flat:      only on paper or a panel: the ground shows through the letters.    fine: what is left of them is lines.
    classes:   weight by class of face (`looks.FACE_CLASSES`), beside which plain is 1; `families`: by genre family.
    years:     those it evokes.    length: fewest and most characters.    lines: most lines.
    """

    name: str
    sentence: str
    classes: Mapping[str, float]
    families: Mapping[str, float]
    years: tuple[int | None, int | None] = (None, None)
    bend: Bend | None = None
    surface: Surface | None = None
    flat: bool = False
    fine: bool = False
    length: tuple[int, int] = (2, 40)
    lines: int = 3


@dataclass(frozen=True)
class Lettered:
    """A name after its treatment: letters and what lies behind them, in a box whose corner is at 0, 0."""

    setting: Setting
    face: Outline
    behind: Outline | None = None
    name: str = PLAIN

    @property
    def height(self) -> float:
        """Of all its ink, which begins at y = 0."""
        return (self.face if self.behind is None else self.face + self.behind).bounds[3]


def _block(reach: float, rise: float) -> Surface:
    return lambda words, em: (words, effects.extruded(words, reach * em, rise * em))


def _shadow(reach: float) -> Surface:
    def shade(words: Outline, em: float) -> tuple[Outline, Outline | None]:
        gap = max(effects.FINEST * 1.5, 0.018 * em)
        return Outline.joined((words, effects.shaded(words, reach * em, reach * em, gap))), None

    return shade


def _weights(text: str) -> Mapping[str, float]:
    pairs = (part.strip().rpartition(" ") for part in text.split(","))
    return MappingProxyType({name: float(weight) for name, _, weight in pairs})


def _row(name: str, sentence: str, classes: str, families: str, **rest: object) -> Lettering:
    return Lettering(name, sentence, _weights(classes), _weights(families), **rest)  # type: ignore[arg-type]


# fmt: off
_ROWS = (
    _row("block", "A solid block in a second ink behind the letters.",
         "fat .9, grotesque .8, wood .7, horror .4, dirt .3, script .4, sans .4",
         "funk 1, hip hop .8, reggae .8, latin .8, pop .7, rock .6, punk .5, r&b .6, country .4, soundtrack .4,"
         " synth .4",
         years=(1958, 2004), surface=_block(0.055, 0.055)),
    _row("long block", "A deep block that falls to the foot, as on posters of the west and of the cinema.",
         "fat .5, grotesque .6, wood .6", "soundtrack .8, funk .7, country .5, hip hop .6, latin .6, rock .4",
         years=(1955, 1989), surface=_block(0.0, 0.14)),
    _row("shadow", "A shadow of the same ink, parted from the letters by a line of paper.",
         "wood .9, fat .7, grotesque .6, serif .3, deco .4, script .4",
         "country .9, blues .8, jazz .5, folk .5, funk .6, reggae .5, r&b .5, gospel .6, latin .6, pop .5, spoken .5",
         years=(1925, 1979), surface=_shadow(0.05), flat=True),
    _row("inline", "A line of paper along the middle of every stroke.",
         "grotesque .7, fat .6, sans .6, wood .4, serif .2",
         "jazz .6, funk .8, synth .8, pop .6, electronic .5, soundtrack .5, rock .5, r&b .5, latin .5, hip hop .4",
         years=(1928, 1990), length=(2, 22),
         surface=lambda words, em: (effects.inlined(words, 0.35), None), flat=True),
    _row("engraved", "A fine line of paper inside the edge of every letter.",
         "fat .8, wood .6, grotesque .5, serif .5",
         "country .7, classical .4, folk .5, rock .5, blues .5, gospel .6, funk .6, metal .3, soundtrack .4",
         years=(1900, 1985),
         surface=lambda words, em: (effects.inlined(words, 0.13, 0.22), None), flat=True),
    _row("hollow", "The outline of the letters alone.",
         "grotesque .8, sans .6, fat .4", "techno .9, electronic .8, punk .5, hip hop .6, pop .6, indie .6, rock .4,"
         " experimental .7", years=(1968, None),
         surface=lambda words, em: (effects.outlined(words, max(0.042 * em, effects.FINEST * 2)), None), flat=True,
         fine=True),
    _row("bow", "Letters that grow towards the middle under a bow.",
         "fat .8, wood .8, blackletter .5, grotesque .6, serif .3, horror .6",
         "rock .8, country .9, funk .7, blues .7, hip hop .6, metal .5, gospel .6, reggae .6, soundtrack .5",
         years=(1900, 1999), bend=lambda words: bends.arched(words, 0.5), lines=2, length=(4, 30)),
    _row("arc", "Words on the arc of a circle.",
         "fat .7, wood .8, script .6, serif .4, grotesque .5, deco .5",
         "country .9, folk .7, blues .6, gospel .8, reggae .7, r&b .6, rock .5, funk .6, pop .5, jazz .4",
         years=(1920, 1995), bend=lambda words: bends.arced(words, 55), lines=1, length=(5, 22)),
    _row("wave", "Words that ride on a wave.",
         "fat .9, script .4, hand .5", "rock .7, funk .8, pop .6, reggae .6, latin .6, electronic .4, experimental .4",
         years=(1964, 1979), bend=lambda words: bends.waved(words, 0.3), lines=2, length=(5, 24)),
    _row("lens", "Letters largest in the middle, as through a lens.",
         "fat .9, grotesque .6, dirt .4", "rock .6, funk .8, hip hop .6, pop .6, electronic .4, reggae .5",
         years=(1965, 1998), bend=lambda words: bends.bulged(words, 0.7), lines=2, length=(3, 18)),
    _row("receding", "Letters that recede, as written on a floor that runs to the horizon.",
         "machine .8, grotesque .6, sans .5, horror .3", "soundtrack .8, synth .9, metal .4, electronic .5, techno .5",
         years=(1968, 1999), bend=lambda words: bends.flared(words, 0.4), lines=3, length=(4, 40)),
    _row("bow and block", "A bow with a block behind it.",
         "fat .7, wood .6, grotesque .5, horror .5", "rock .7, hip hop .8, funk .8, country .6, metal .4,"
         " reggae .6, soundtrack .5",
         years=(1965, 1999), bend=lambda words: bends.arched(words, 0.4), surface=_block(0.045, 0.06), lines=2,
         length=(4, 26)),
    _row("horns", "Letters that grow towards the ends, as painted logos do; layouts with a logo ask for it.", "fat 0",
         "metal 0", bend=lambda words: bends.arched(words, -0.43, base=words.bounds[1]), lines=1, length=(1, 60)),
)
# fmt: on

LETTERINGS: Mapping[str, Lettering] = MappingProxyType(
    {PLAIN: Lettering(PLAIN, "The letters as they are.", {}, {}), **{row.name: row for row in _ROWS}}
)
"""Every treatment by name, the plain one first."""


def lettering_named(name: str) -> Lettering:
    """The treatment of that name; raises UnknownChoice, which names the nearest ones."""
    if name not in LETTERINGS:
        raise UnknownChoice("lettering", name, LETTERINGS)
    return LETTERINGS[name]


def lettered(
    setting: Setting, lettering: Lettering, room: tuple[float, float], align: Align, *, flat: bool
) -> Lettered:
    """A set name under a treatment, made to fit its room of width and height again; plain where it cannot be done well.

    align:  where it stands in the width.    flat: whether its ground is paper or a panel.
    """
    plain = Lettered(setting, setting.outline.moved(0.0, -setting.bounds[1]))
    letters = len(setting.text.replace("\n", ""))
    low, high = lettering.length
    if lettering.name == PLAIN or (lettering.flat and not flat) or setting.size < LEAST_SIZE:
        return plain
    if not low <= letters <= high or len(setting.lines) > lettering.lines:
        return plain
    words = plain.face.moved(-setting.bounds[0], 0.0)
    try:
        bent = lettering.bend(words) if lettering.bend else words
        face, behind = lettering.surface(bent, setting.size) if lettering.surface else (bent, None)
    except BadInput:  # too thin for the surface, or too tall for the bend
        return plain
    x0, y0, x1, y1 = face.bounds if behind is None else (face + behind).bounds
    scale = min(room[0] / (x1 - x0), room[1] / (y1 - y0), 1.0)
    if scale < LEAST_LEFT:
        return plain
    at = {"left": 0.0, "center": 0.5, "right": 1.0}[align] * (room[0] - scale * (x1 - x0))
    matrix = [[scale, 0, at - scale * x0], [0, scale, -scale * y0]]
    origins = tuple((x * scale, y * scale) for x, y in setting.origins)
    return Lettered(
        replace(setting, origins=origins, size=setting.size * scale),
        face.transformed(matrix),
        None if behind is None else behind.transformed(matrix),
        lettering.name,
    )
