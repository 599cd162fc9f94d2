"""The layouts of the house: one row each, nothing but numbers in cover units."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from duck_and_cover.design.layouts.layout import Block, Item, Layout, Mark, Picture
from duck_and_cover.errors import BadInput, UnknownChoice

__all__ = ["layout_named"]


def _weights(text: str) -> dict[str, float]:
    """'metal 1, punk .4' as a table."""
    pairs = (part.strip().rpartition(" ") for part in text.split(",") if part.strip())
    return {name: float(value) for name, _, value in pairs}


def _row(name: str, sentence: str, families: str, *, finishes: str = "", faces: str = "", **rest: Any) -> Layout:
    return Layout(
        name, sentence, families=_weights(families), finishes=_weights(finishes), faces=_weights(faces), **rest
    )


def _lead(**more: Any) -> Item:
    return Item("lead", **{"share": 0.75, "max_size": 0.26, "min_size": 0.05, "tone": "loud", **more})


def _second(**more: Any) -> Item:
    return Item(
        "second", **{"share": 0.2, "max_size": 0.058, "min_size": 0.028, "max_lines": 2, "voice": "second", **more}
    )


def _small(**more: Any) -> Item:
    """The second text in small spaced capitals."""
    return _second(**{"case": "upper", "tracking": 0.12, "max_size": 0.04, **more})


_FOOT = (0.06, 0.56, 0.94, 0.94)
_HEAD = (0.06, 0.06, 0.94, 0.44)
_BLEED = Picture()

# fmt: off
_ROWS = (
    _row("label grid", "Type on paper above, the picture below to the edges, as jazz labels did it.",
         "jazz 1, r&b .6, blues .7, latin .6, spoken .6, funk .5, soundtrack .3, classical .3, experimental .3, "
         "reggae .4, gospel .6, pop .3, world .4, rock .2",
         years=(None, None), finishes="halftone 1.6, tiles 1.3, rosette 1.2, woodcut 1.1, neon .3, isolines .7",
         faces="grotesque 1.5, fat 1.1, serif 1, blackletter .3, script .6", hug="below", length=(3, 60),
         blocks=(Block((0.055, 0.06, 0.945, 0.42),
                       (_lead(max_size=0.3, leading=1.0), _second(max_size=0.046, heavy=True)), gap=0.032),),
         pictures=(Picture((0.0, 0.2, 1.0, 1.0)),)),
    _row("label foot", "The picture above to the edges, type on paper below.",
         "jazz .6, blues .7, r&b .7, folk .5, country .7, world .7, gospel .7, latin .6, electronic .4, pop .4, "
         "soundtrack .4, classical .4, spoken .6, reggae .5, funk .4, ambient .4",
         finishes="halftone 1.2, film 1.2, neon .4", faces="blackletter .4", hug="above", length=(3, 60),
         blocks=(Block((0.055, 0.6, 0.945, 0.94), (_lead(max_size=0.2), _second()), valign="bottom", gap=0.028),),
         pictures=(Picture((0.0, 0.0, 1.0, 0.8)),)),
    _row("logo", "The name as a logo across the top of a full picture, the title at its foot.",
         "metal 1, punk .3, rock .6, synth .6, hip hop .3, funk .3, reggae .3",
         finishes="mirror 1.6, contours 1.2, engraving 1.2, neon 1.3, film .7, riso .6, isolines .6, paint 1.1",
         faces="blackletter 1.7, machine 1.3, neon 1.5, horror 1.5, serif .6, hand .6", lead="artist",
         length=(1, 22),
         blocks=(Block((0.06, 0.055, 0.94, 0.29), (_lead(share=1, max_size=0.24, max_lines=2, cased=0.006),),
                       align="center", lettering="horns"),
                 Block((0.12, 0.85, 0.88, 0.945),
                       (_second(share=1, voice="lead", max_size=0.062, max_lines=2, tone="loud"),),
                       align="center", valign="bottom"))),
    _row("logo foot", "The name as a logo across the foot of a full picture, the title small at its head.",
         "metal .9, rock .5, hip hop .4, punk .3, synth .4, reggae .4, funk .4",
         finishes="mirror 1.3, contours 1.3, engraving 1.3, paint 1.3, woodcut 1.2, film .9, neon 1.1, isolines .6",
         faces="blackletter 1.7, machine 1.2, horror 1.5, neon 1.2, grotesque 1.1, serif .7, hand .6", lead="artist",
         length=(1, 22),
         blocks=(Block((0.06, 0.7, 0.94, 0.945), (_lead(share=1, max_size=0.24, max_lines=2, cased=0.006),),
                       align="center", valign="bottom"),
                 Block((0.12, 0.055, 0.88, 0.14), (_second(share=1, voice="lead", max_size=0.058, tone="loud"),),
                       align="center"))),
    _row("framed logo", "The name as a logo above a picture in a frame, the title below, on a dark sheet.",
         "metal .8, rock .5, synth .3, soundtrack .3, hip hop .2", ground="dark",
         finishes="mirror 1.2, contours 1.3, engraving 1.5, paint 1.5, woodcut 1.3, film 1.1, neon .9",
         faces="blackletter 1.7, horror 1.5, machine 1.1, serif 1, fat .7, hand .5", lead="artist", length=(1, 22),
         blocks=(Block((0.07, 0.06, 0.93, 0.245), (_lead(share=1, max_size=0.2, max_lines=1),), align="center",
                       valign="middle"),
                 Block((0.12, 0.885, 0.88, 0.94), (_second(share=1, max_size=0.05, max_lines=1, tone="loud"),),
                       align="center", valign="middle")),
         pictures=(Picture((0.13, 0.275, 0.87, 0.855)),),
         marks=(Mark((0.12, 0.265, 0.88, 0.865), "accent", frame=0.003),)),
    _row("corner logo", "The name as a small logo in a corner of a full picture, the title in the opposite one.",
         "metal .7, rock .5, hip hop .4, electronic .3, punk .4, techno .3, soundtrack .4",
         finishes="paint 1.5, film 1.3, engraving 1.3, woodcut 1.1, mirror 1, contours 1.1, xerox 1.1",
         faces="blackletter 1.5, horror 1.3, machine 1.2, grotesque 1.2, dirt 1.2, serif .9, script .4", lead="artist",
         length=(2, 18),
         blocks=(Block((0.06, 0.06, 0.56, 0.2), (_lead(share=1, max_size=0.13, min_size=0.05, max_lines=2),)),
                 Block((0.46, 0.86, 0.94, 0.94), (_second(share=1, max_size=0.045, max_lines=2, tone="loud"),),
                       align="right", valign="bottom"))),
    _row("framed picture", "A picture with a rough edge on paper inside a ruled frame, type above.",
         "folk 1, country .8, classical .5, world .6, blues .5, gospel .6, ambient .3, spoken .5, rock .3",
         years=(None, None), finishes="contours 1.5, paint 1.4, woodcut 1.3, engraving 1.3, neon .1, isolines .5, "
         "film .8", faces="serif 1.5, wood 1.3, hand 1.3, fat 1.1, grotesque .7, machine .3", length=(3, 40),
         hug="below", air=0.045,
         blocks=(Block((0.12, 0.085, 0.88, 0.36), (_lead(max_size=0.12, share=.62), _second(share=.3, max_size=0.06)),
                       align="center", gap=0.03),),
         pictures=(Picture((0.09, 0.2, 0.91, 0.915), torn=0.008),),
         marks=(Mark((0.035, 0.035, 0.965, 0.965), "key", frame=0.004),)),
    _row("recital", "Spaced capitals, a short rule and a serif title above a painting with a hairline.",
         "classical 1, gospel .5, folk .4, spoken .5, jazz .2, ambient .4, soundtrack .4, world .3",
         finishes="paint 1.8, film 1.3, engraving 1.3, tiles .9, neon .05, xerox .3, riso .5, halftone .6",
         faces="serif 2, grotesque .5, deco 1.2, blackletter .3, machine .2, hand .4", length=(3, 70), hug="below",
         air=0.05,
         blocks=(Block((0.1, 0.075, 0.9, 0.35),
                       (_small(share=.22, tone="loud", max_size=0.034), _lead(share=.7, max_size=0.088, tone="plain")),
                       align="center", gap=0.05, rule=0.0014),),
         pictures=(Picture((0.06, 0.2, 0.94, 0.94)),),
         marks=(Mark((0.03, 0.03, 0.97, 0.97), "key", frame=0.0016),)),
    _row("band", "A torn bar of one ink across the picture, capitals as large as it holds.",
         "hip hop 1, punk 1, rock .6, techno .4, reggae .6, metal .3, funk .4, r&b .3, electronic .3, spoken .3",
         finishes="xerox 1.7, halftone 1.4, riso 1.1, rosette 1.2, neon .4, paint .5",
         faces="grotesque 1.6, dirt 1.5, machine 1.1, serif .4, script .4", length=(2, 32),
         blocks=(Block((0.055, 0.58, 0.945, 0.925),
                       (_lead(max_size=0.42, share=.76, case="upper", leading=1.0, max_lines=2),
                        _second(max_size=0.062, heavy=True, share=.2)), valign="bottom", gap=0.03),),
         marks=(Mark((-0.05, 0.4, 1.05, 1.05), "accent", hugs=0, sides="t", pad=0.045, torn=0.012),)),
    _row("field", "The picture as a large square in a field, type beneath its left edge.",
         "techno 1, electronic .9, ambient .8, experimental .8, indie .5, synth .5, classical .3, jazz .3, "
         "hip hop .3, soundtrack .4, pop .3, world .3",
         finishes="isolines 1.8, ridges 1.5, tiles 1.2, film 1.1, neon .7", hug="above", air=0.05,
         faces="machine 1.3, sans 1.4, mono 1.3, grotesque 1.1, blackletter .4, wood .2", length=(1, 40),
         blocks=(Block((0.06, 0.66, 0.94, 0.94), (_lead(max_size=0.115, share=.66), _second(max_size=0.042)),
                       valign="bottom", gap=0.036),),
         pictures=(Picture((0.06, 0.06, 0.94, 0.8)),)),
    _row("gallery", "A smaller picture hung high on a wide empty wall, a two-column caption at the foot.",
         "ambient 1, classical .7, experimental .8, electronic .6, indie .6, jazz .4, techno .6, folk .4, spoken .5, "
         "soundtrack .4",
         finishes="isolines 1.3, film 1.4, paint 1.2, ridges 1.3, tiles 1.2, neon .4, xerox .8",
         faces="sans 1.5, serif 1.2, mono 1.4, machine 1, fat .4, blackletter .3, wood .2", length=(4, 36),
         blocks=(Block((0.16, 0.84, 0.6, 0.935), (_lead(share=1, max_size=0.062, min_size=0.03, max_lines=3,
                                                        tone="plain"),)),
                 Block((0.62, 0.84, 0.84, 0.935), (_second(share=1, max_size=0.034, max_lines=3),), align="right")),
         pictures=(Picture((0.16, 0.1, 0.84, 0.78)),)),
    _row("stacked", "A full picture with large type stacked in its calmest corner.",
         "pop 1, indie 1, rock .9, r&b .7, hip hop .7, electronic .6, funk .7, latin .7, reggae .6, country .6, "
         "soundtrack .5, punk .5, world .5, folk .4, gospel .5, blues .5, synth .4",
         finishes="riso 1.5, film 1.3, contours 1.2, paint 1, xerox 1, isolines .6, tiles .7, neon .9",
         faces="fat 1.4, grotesque 1.3, sans 1.2, serif 1, blackletter .5", length=(2, 44),
         blocks=(Block(_FOOT, (_second(max_size=0.045), _lead(max_size=0.25, share=.8, leading=0.98, max_lines=4)),
                       valign="bottom", gap=0.032, others=((_HEAD, "left", "top"),)),)),
    _row("spine", "A coloured strip down the left edge with the names running up it.",
         "electronic .7, techno .6, jazz .5, ambient .5, indie .6, r&b .4, experimental .6, classical .4, hip hop .3, "
         "world .4, latin .4, punk .3, synth .4",
         finishes="film 1.2, halftone 1.1, tiles 1.1, isolines 1, riso 1.1", faces="grotesque 1.4, sans 1.3, mono 1.1,"
         " serif 1, blackletter .5, script .4, fat .8", length=(3, 26), ground="second",
         blocks=(Block((0.055, 0.06, 0.165, 0.94), (_lead(share=.7, max_size=0.12, max_lines=1, min_size=0.045),),
                       turn=1, align="right", valign="middle"),
                 Block((0.27, 0.06, 0.7, 0.13), (_small(share=1, max_size=0.03),),)),
         pictures=(Picture((0.22, 0.0, 1.0, 1.0)),)),
    _row("edge", "A full picture, the title standing upright along its right edge.",
         "indie .7, electronic .6, ambient .5, rock .5, pop .4, hip hop .4, soundtrack .5, experimental .5, r&b .4, "
         "techno .5, punk .4",
         finishes="film 1.4, riso 1.1, ridges 1.1, isolines .8", faces="grotesque 1.4, sans 1.2, serif 1, "
         "blackletter .4, script .2, hand .7", length=(3, 24),
         blocks=(Block((0.75, 0.06, 0.94, 0.94), (_lead(share=1, max_size=0.2, max_lines=2),), turn=3,
                       valign="top", align="left"),
                 Block((0.06, 0.87, 0.62, 0.94), (_second(share=1, max_size=0.04),), valign="bottom",
                       others=(((0.06, 0.06, 0.62, 0.13), "left", "top"),)))),
    _row("strip", "A narrow paper strip with both names above a full picture, parted by a hairline.",
         "classical .6, indie .6, electronic .6, ambient .6, folk .5, spoken .6, jazz .5, experimental .6, world .5, "
         "soundtrack .4, rock .4, country .4, techno .5",
         finishes="film 1.3, paint 1.1, engraving 1.1, isolines .9, neon .4", faces="serif 1.2, sans 1.3, mono 1.3, "
         "grotesque 1.1, fat .6, blackletter .4", length=(3, 34), hug="below", air=0.042,
         blocks=(Block((0.055, 0.055, 0.6, 0.17), (_lead(share=1, max_size=0.062, min_size=0.035, max_lines=2,
                                                        tone="loud"),)),
                 Block((0.64, 0.055, 0.945, 0.17), (_second(share=1, max_size=0.034, max_lines=2),), align="right")),
         pictures=(Picture((0.0, 0.1, 1.0, 1.0)),)),
    _row("disc", "The picture as a disc on paper, type above and below in the middle.",
         "jazz .5, world .8, electronic .6, ambient .7, latin .7, funk .6, reggae .6, experimental .5, folk .4, "
         "gospel .6, soundtrack .4, indie .4, synth .5, spoken .4",
         finishes="halftone 1.2, contours 1.2, riso 1.1, isolines 1.2, paint 1.1, xerox .7, woodcut 1.1",
         faces="deco 1.4, sans 1.2, fat 1.2, serif 1.1, blackletter .4", length=(2, 26),
         blocks=(Block((0.08, 0.06, 0.92, 0.2), (_lead(share=1, max_size=0.12, max_lines=1),),
                       align="center", valign="middle"),
                 Block((0.15, 0.885, 0.85, 0.94), (_small(share=1, max_size=0.034, max_lines=1),), align="center",
                       valign="middle")),
         pictures=(Picture((0.175, 0.215, 0.825, 0.865), shape="disc"),)),
    _row("ring", "The picture as a disc, the names set round it.",
         "folk .6, world .8, reggae .7, funk .7, country .6, gospel .6, experimental .5, latin .6, rock .5, indie .5, "
         "spoken .5, hip hop .4, electronic .5, blues .4, pop .4, jazz .3",
         finishes="halftone 1.2, contours 1.2, riso 1.1, isolines 1.2, paint 1.1, woodcut 1.3, engraving 1.2, neon .5",
         faces="grotesque 1.4, wood 1.4, fat 1.2, sans 1.2, serif 1.1, deco 1.2, blackletter .7, script .3, hand .6",
         length=(4, 24),
         blocks=(Block((0.05, 0.05, 0.95, 0.95), (_lead(share=1, max_size=0.14, min_size=0.055, case="upper",
                                                       max_lines=1),), ring=0.335),
                 Block((0.05, 0.05, 0.95, 0.95), (_small(share=1, max_size=0.052, min_size=0.03, max_lines=1),),
                       valign="bottom", ring=0.335)),
         pictures=(Picture((0.2, 0.2, 0.8, 0.8), shape="disc"),)),
    _row("tape", "A cassette's card: the title up a bar of ink, the artist on a ruled line below the picture.",
         "indie .8, punk .7, hip hop .6, electronic .6, synth .7, metal .4, ambient .6, experimental .7, techno .5, "
         "pop .4, rock .5, world .4, reggae .4, folk .3",
         years=(1978, None),
         finishes="xerox 1.4, riso 1.4, film 1.2, halftone 1.2, tiles 1.1, ridges 1.1, engraving .7",
         faces="grotesque 1.4, sans 1.3, mono 1.4, typewriter 1.4, hand 1.2, machine 1.2, serif .7, blackletter .6",
         length=(3, 30),
         blocks=(Block((0.055, 0.06, 0.165, 0.94), (_lead(share=1, max_size=0.12, max_lines=1, min_size=0.045),),
                       turn=1, valign="middle"),
                 Block((0.28, 0.8, 0.94, 0.905), (_second(share=1, max_size=0.06, max_lines=1),), valign="bottom")),
         pictures=(Picture((0.22, 0.0, 1.0, 0.74)),),
         marks=(Mark((0.0, 0.0, 0.22, 1.0), "key"), Mark((0.28, 0.925, 0.94, 0.927), "key"))),
    _row("overprint", "Type as large as it goes over the upper half of a full picture.",
         "punk .8, hip hop .8, pop .7, rock .7, electronic .6, techno .6, experimental .6, r&b .4, funk .6, indie .6, "
         "reggae .4, jazz .4",
         finishes="riso 1.4, halftone 1.3, xerox 1.4, film 1.1, rosette 1.2, isolines .5, engraving .6, mirror .6",
         faces="grotesque 1.7, fat 1.3, dirt 1.2, sans 1.1, serif .7, blackletter .5, script .3, mono .5",
         length=(2, 30),
         blocks=(Block((0.055, 0.06, 0.945, 0.62), (_lead(share=1, max_size=0.4, leading=0.96, max_lines=4),)),
                 Block((0.055, 0.88, 0.945, 0.94), (_second(share=1, max_size=0.045, heavy=True),), valign="bottom"))),
    _row("wall", "Type as large as the whole front holds, from edge to edge over a full picture.",
         "punk .6, hip hop .7, electronic .5, techno .5, experimental .7, pop .5, rock .5, indie .5, spoken .5, "
         "r&b .4, funk .4, jazz .3",
         finishes="riso 1.4, halftone 1.3, xerox 1.3, film 1.2, rosette 1.2, paint 1, isolines .2, engraving .4, "
         "mirror .5, woodcut .5, ridges .2",
         faces="grotesque 1.8, sans 1.2, fat 1.2, dirt 1.2, serif .8, blackletter .5, script .1, mono .4",
         length=(3, 22),
         blocks=(Block((0.055, 0.055, 0.945, 0.86), (_lead(share=1, max_size=0.62, leading=0.94, max_lines=5),)),
                 Block((0.055, 0.885, 0.945, 0.945), (_second(share=1, max_size=0.05, heavy=True),),
                       valign="bottom"))),
    _row("gatefold", "A photograph to the edges, the names small in one line at its head.",
         "rock .7, folk .6, ambient .6, soundtrack .5, jazz .5, indie .5, electronic .4, r&b .5, country .5, metal .3, "
         "pop .4, world .5",
         years=(1966, None), finishes="film 1.9, paint 1.5, rosette .8, halftone .4, riso .8, contours .4, xerox .4, "
         "woodcut .2, isolines .3, engraving .4, ridges .3, tiles .1, mirror .6",
         faces="sans 1.5, serif 1.5, deco 1.1, grotesque 1, mono 1, fat .4, blackletter .6, wood .5", length=(3, 26),
         blocks=(Block((0.055, 0.055, 0.54, 0.13), (_lead(share=1, max_size=0.052, min_size=0.034, max_lines=2),)),
                 Block((0.56, 0.055, 0.945, 0.13), (_small(share=1, max_size=0.036, min_size=0.024),), align="right"))),
    _row("obi", "A paper belt with thin rules across the lower part of a full picture.",
         "ambient .6, electronic .5, jazz .6, synth .6, indie .6, soundtrack .6, r&b .5, classical .4, world .5, "
         "pop .5, folk .4, country .4, rock .4, metal .2",
         finishes="film 1.3, paint 1.1, contours 1.1, riso 1, isolines 1, neon .7", faces="serif 1.2, sans 1.3, "
         "grotesque 1.1, deco 1.2, blackletter .8", length=(1, 36),
         blocks=(Block((0.08, 0.68, 0.92, 0.86), (_lead(max_size=0.095, share=.66, max_lines=2), _small()),
                       align="center", valign="middle", gap=0.028),),
         marks=(Mark((0.0, 0.5, 1.0, 0.95), "paper", hugs=0, pad=0.042),)),
    _row("poster", "A field of one strong ink: huge type above, the picture in a window below.",
         "pop .6, funk .8, latin .8, reggae .7, electronic .5, techno .5, punk .6, hip hop .5, jazz .5, r&b .5, "
         "spoken .6, world .6, soundtrack .5, rock .4",
         finishes="halftone 1.3, tiles 1.3, riso 1.2, woodcut 1.2, rosette 1.3, neon .3, film .8",
         faces="fat 1.5, grotesque 1.5, dirt 1.1, wood 1.2, serif .8, blackletter .3", ground="second",
         hug="below", air=0.05, length=(2, 34),
         blocks=(Block((0.06, 0.06, 0.94, 0.5), (_lead(max_size=0.3, share=.8, leading=0.98),
                                                _second(max_size=0.05, heavy=True)), gap=0.03),),
         pictures=(Picture((0.06, 0.2, 0.94, 0.94)),)),
    _row("corner label", "A small paper label with both names in the calmest corner of a full picture.",
         "indie .7, ambient .7, electronic .6, folk .6, rock .5, metal .3, experimental .7, country .4, r&b .3, "
         "spoken .6, jazz .4, techno .5, punk .5, classical .4, world .4",
         finishes="film 1.4, paint 1.2, xerox 1.2, contours 1.1, engraving 1.2, isolines 1.1, mirror 1, ridges 1.1",
         faces="mono 1.5, serif 1.2, sans 1.2, typewriter 1.6, grotesque 1, blackletter .8, fat .6", length=(4, 40),
         blocks=(Block((0.095, 0.72, 0.52, 0.9), (_lead(max_size=0.062, min_size=0.032, share=.68, tone="loud"),
                                                 _second(max_size=0.032)), gap=0.022, valign="bottom",
                       others=(((0.095, 0.1, 0.52, 0.28), "left", "top"), ((0.48, 0.72, 0.905, 0.9), "right", "bottom"),
                               ((0.48, 0.1, 0.905, 0.28), "right", "top"))),),
         marks=(Mark((0.05, 0.05, 0.95, 0.95), "paper", hugs=0, sides="lrtb", pad=0.036),)),
    _row("letterbox", "A wide photograph between two bars, the caption under it.",
         "soundtrack 1, ambient .7, indie .6, rock .6, classical .4, electronic .5, country .5, r&b .4, folk .4, "
         "metal .3, synth .4, hip hop .3",
         finishes="film 1.8, paint 1.2, contours .9, ridges 1.2, isolines 1, xerox .7, tiles .6",
         faces="sans 1.3, serif 1.3, grotesque 1.1, machine 1.1, blackletter .7, fat .5", ground="dark",
         length=(1, 40),
         blocks=(Block((0.06, 0.785, 0.94, 0.93), (_lead(max_size=0.088, share=.66, max_lines=2, tone="plain"),
                                                  _second(max_size=0.034)), gap=0.024, valign="top"),),
         pictures=(Picture((0.0, 0.12, 1.0, 0.73)),)),
    _row("whisper", "A full picture with a few small words in its middle.",
         "ambient 1, indie .6, electronic .6, pop .5, experimental .7, classical .4, r&b .5, soundtrack .5, techno .4,"
         " folk .3",
         years=(1995, None), finishes="film 1.6, riso 1.2, paint 1.2, isolines .5, neon 1, mirror .7, halftone .6",
         faces="sans 1.6, serif 1.2, mono 1.2, deco 1, grotesque .8, fat .5, blackletter .4", length=(3, 24),
         blocks=(Block((0.2, 0.42, 0.8, 0.58), (_lead(max_size=0.085, min_size=0.035, share=.6, max_lines=2),
                                               _second(max_size=0.034)), align="center", valign="middle", gap=0.026,
                       others=(((0.2, 0.12, 0.8, 0.28), "center", "middle"),
                               ((0.2, 0.74, 0.8, 0.9), "center", "middle"))),)),
    _row("caption", "A full picture, the names small in its two lower corners.",
         "pop .8, indie .8, r&b .8, electronic .7, ambient .6, hip hop .6, soundtrack .5, experimental .6, techno .6, "
         "rock .4, jazz .3",
         years=(1985, None), finishes="film 1.7, riso 1.2, neon 1, ridges 1.1, isolines .7, halftone .7",
         faces="sans 1.7, mono 1.4, serif 1, grotesque 1.1, machine 1.1, fat .5, blackletter .5, wood .3",
         length=(3, 26),
         blocks=(Block((0.055, 0.86, 0.6, 0.945),
                       (_lead(share=1, max_size=0.064, min_size=0.034, max_lines=2, heavy=True),), valign="bottom"),
                 Block((0.63, 0.86, 0.945, 0.945), (_second(share=1, max_size=0.032),), align="right",
                       valign="bottom"))),
    _row("title card", "Wide-set capitals across the lower third of a full picture, as on a film's last frame.",
         "soundtrack 1, synth .8, ambient .5, electronic .5, r&b .5, pop .5, metal .4, rock .5, gospel .5, world .5, "
         "funk .5, folk .3, country .5, latin .4",
         finishes="film 1.4, neon 1.7, paint 1.2, contours 1, ridges 1.1, xerox .7, mirror 1", length=(2, 28),
         faces="serif 1.2, deco 1.4, machine 1.4, neon 1.6, sans 1.2, script 1.3, grotesque 1, blackletter .9",
         blocks=(Block((0.08, 0.62, 0.92, 0.93), (_lead(max_size=0.15, share=.7, max_lines=2), _small(share=.2)),
                       align="center", valign="bottom", gap=0.038,
                       others=(((0.08, 0.07, 0.92, 0.38), "center", "top"),)),)),
    _row("no words", "The picture alone, to the edges.", "ambient .02, experimental .02", blocks=(), length=(0, 0)),
    _row("broadside", "A page of type: a long title set as a text above a shallow picture.",
         "spoken .4, experimental .4, folk .3, punk .3, indie .4, rock .2, ambient .2, jazz .3, metal .2, "
         "classical .3, world .2, hip hop .2, country .3, electronic .2, pop .2",
         finishes="engraving 1.3, woodcut 1.3, halftone 1.2, xerox 1.2", faces="serif 1.4, typewriter 1.4, sans 1.2, "
         "grotesque 1.2, mono 1.2", length=(45, 400), hug="below", air=0.05,
         blocks=(Block((0.06, 0.06, 0.94, 0.62), (_lead(share=.85, max_size=0.14, max_lines=9, min_size=0.03),
                                                 _second(share=.12, max_size=0.04)), gap=0.035),),
         pictures=(Picture((0.06, 0.2, 0.94, 0.94)),)),
)
# fmt: on

LAYOUTS: Mapping[str, Layout] = MappingProxyType({row.name: row for row in _ROWS})
"""Every layout by name."""

REFUGES = ("broadside", "label foot", "field")
"""Where words go that fit nowhere else, in this order."""


_MOVED = re.compile(r"@(lead|second)([+-]\d?\.\d{1,4})([+-]\d?\.\d{1,4})")


def layout_named(name: str) -> Layout:
    """The layout of that name; raises UnknownChoice, which names the nearest ones.

    A name may say how far words are moved from where the layout sets them, in cover units to the right and downwards:
    `poster@lead+.05-.1` or `poster@lead+.05-.1@second+.0+.2`. Texts of one block move together.
    """
    plain, at, moves = name.partition("@")
    if plain not in LAYOUTS:
        raise UnknownChoice("layout", plain, LAYOUTS)
    if not at:
        return LAYOUTS[plain]
    if not re.fullmatch(f"(?:{_MOVED.pattern})+", at + moves):
        raise BadInput(f"layout {name!r} moves its words by {at + moves!r}; wanted {plain}@lead+.05-.1")
    moved = {part: (float(x), float(y)) for part, x, y in _MOVED.findall(at + moves)}
    return replace(LAYOUTS[plain], name=name, moved=MappingProxyType(moved))
