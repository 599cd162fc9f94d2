"""How art moves in a loop: a few slow movements, each of which returns to where it began.

A movement depends on time by whole turns only (`sin` and `cos` of 2 pi n t), so that the frame after the last is the
first, with its speed and direction: there is no seam to hide. Lengths are cover units, waves are counted in cycles to
the cover unit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from duck_and_cover.design.choosing.taste import Taste, uniform
from duck_and_cover.design.style import Seeds, Style
from duck_and_cover.errors import UnknownChoice

__all__ = ["KINDS", "Move", "Wave", "check_kind", "move_for"]


@dataclass(frozen=True)
class Wave:
    """A plane wave. kx, ky: cycles to the cover unit. turns: whole cycles in a loop, the sign its direction.
    phase: radians. reach: its height.
    """

    kx: float
    ky: float
    turns: int
    phase: float
    reach: float


@dataclass(frozen=True)
class Move:
    """One way of moving.

    drift:   half axes of the closed path on which the art goes round, cover units.
    turn:    by how much that path is turned, radians; `start`: where on it the loop begins.
    zoom:    how much nearer the art comes in the middle of the loop, as a share.
    depth:   how much farther light parts go on the path than dark ones: 0 all alike, 1 from nothing to double.
    flow:    waves that push the art aside, across their own direction; they neither gather nor thin it out.
    tide:    waves of light that pass over it, as a share of white: dots swell, contours and levels travel.
    tint:    waves along the art's own main colour axis: its warm and its cool side change places.
    """

    name: str
    drift: tuple[float, float] = (0.0, 0.0)
    turn: float = 0.0
    start: float = 0.0
    zoom: float = 0.0
    depth: float = 0.0
    flow: tuple[Wave, ...] = ()
    tide: tuple[Wave, ...] = ()
    tint: tuple[Wave, ...] = ()


KINDS: Mapping[str, str] = MappingProxyType({
    "drift": "the art goes round on a small closed path beneath the print",
    "breathe": "it comes nearer and goes back",
    "parallax": "its lights go farther than its shadows",
    "flow": "it is stirred by slow waves",
    "tide": "a wave of light passes: dots swell, levels travel",
    "tint": "its warm and its cool side change places",
})  # fmt: skip
"""Name of a movement -> what is seen."""

_BY_FINISH: Mapping[str, Mapping[str, float]] = MappingProxyType({
    "halftone": {"tide": 1.0, "drift": 0.8, "flow": 0.6, "breathe": 0.5},
    "rosette": {"tide": 0.7, "drift": 0.7, "tint": 1.0, "flow": 0.5},
    "riso": {"tint": 1.0, "flow": 0.7, "drift": 0.6, "tide": 0.6},
    "xerox": {"drift": 1.0, "breathe": 0.8, "tide": 0.6},
    "contours": {"flow": 1.0, "tide": 0.7, "drift": 0.4},
    "mirror": {"flow": 1.0, "breathe": 0.8, "tide": 0.6},
    "isolines": {"tide": 1.0, "flow": 1.0},
    "ridges": {"flow": 1.0, "tide": 1.0, "drift": 0.5},
    "engraving": {"flow": 1.0, "drift": 0.6, "tide": 0.6},
    "woodcut": {"flow": 0.8, "drift": 0.8, "tide": 0.5},
    "tiles": {"tide": 1.0, "drift": 0.6},
    "neon": {"flow": 1.0, "breathe": 0.8, "parallax": 0.6, "tide": 0.5},
    "paint": {"flow": 1.0, "drift": 0.5, "parallax": 0.5},
    "film": {"parallax": 1.0, "breathe": 0.9, "drift": 0.8, "flow": 0.4},
})  # fmt: skip
"""Finish -> how well each movement suits it, 0 to 1."""

_BY_FAMILY: Mapping[str, tuple[float, Mapping[str, float]]] = MappingProxyType({
    "ambient": (0.75, {"flow": 1.4, "breathe": 1.3}),
    "classical": (0.75, {"parallax": 1.3, "breathe": 1.3, "drift": 1.2}),
    "folk": (0.85, {"drift": 1.3, "parallax": 1.2}),
    "jazz": (0.9, {"tide": 1.2, "drift": 1.2}),
    "soundtrack": (0.85, {"parallax": 1.4, "breathe": 1.2}),
    "spoken": (0.8, {}),
    "techno": (1.15, {"tide": 1.5}),
    "electronic": (1.05, {"tide": 1.2, "flow": 1.2}),
    "synth": (1.05, {"breathe": 1.3}),
    "metal": (1.15, {"breathe": 1.3, "flow": 1.2}),
    "punk": (1.2, {"drift": 1.3}),
    "hip hop": (1.1, {"breathe": 1.2, "tint": 1.2}),
    "reggae": (1.0, {"flow": 1.3}),
    "rock": (1.05, {}),
})  # fmt: skip
"""Genre family -> how far its art goes beside 1, and which movements it likes better."""

_COOL = 0.7
"""Below 1 the movements that suit best are drawn more often than their weights say."""

_SENSITIVE = 0.6
"""Beside that, how far light goes over isolines, of which a little moves many."""

_PACE = (0.7, 1.25)
"""Least and most reach beside 1 of any mixture of genres."""


def check_kind(kind: str | None) -> None:
    """Raises `UnknownChoice` for a movement that no table holds; None is none."""
    if kind is not None and kind not in KINDS:
        raise UnknownChoice("movement", kind, KINDS)


def move_for(taste: Taste, style: Style, seeds: Seeds, kind: str | None = None) -> Move:
    """A movement that suits the finish and the music, drawn by the finish's seed.

    kind: one of `KINDS`; None lets the seed choose.
    """
    if kind is None:
        weights = dict(_BY_FINISH.get(style.finish.name, {"drift": 1.0, "breathe": 0.5}))
        for family, share in taste.families.items():
            for name, factor in _BY_FAMILY.get(family, (1.0, {}))[1].items():
                if name in weights:
                    weights[name] *= factor**share
        kind = max(
            weights, key=lambda n: np.log(weights[n]) / _COOL - np.log(-np.log(uniform("motion", n, seeds.finish)))
        )
    total = sum(taste.families.values()) or 1.0
    pace = sum(share * _BY_FAMILY.get(family, (1.0, {}))[0] for family, share in taste.families.items()) / total
    pace = float(np.clip(pace, *_PACE)) * (_SENSITIVE if style.finish.name == "isolines" and kind == "tide" else 1.0)
    return _made(kind, pace, np.random.default_rng((seeds.finish, 53)))


def _made(kind: str, pace: float, rng: np.random.Generator) -> Move:
    turn, start = (float(v) for v in rng.uniform(0, 2 * np.pi, 2))
    wide, tall = 0.026 * pace, 0.014 * pace
    sway = Move(kind, (wide, tall), turn, start)
    if kind == "drift":
        return replace(sway, drift=(1.35 * wide, 1.2 * tall), zoom=0.02 * pace)
    if kind == "breathe":
        return replace(sway, drift=(0.35 * wide, 0.35 * tall), zoom=0.085 * pace)
    if kind == "parallax":
        return replace(sway, drift=(1.2 * wide, 0.8 * tall), depth=0.85, zoom=0.03 * pace)
    if kind == "flow":
        waves = _waves(rng, ((0.55, 0.024, 1), (0.95, 0.015, -1), (1.7, 0.006, 1), (1.3, 0.007, 2)), pace)
        return replace(sway, drift=(0.3 * wide, 0.3 * tall), flow=waves)
    gentle = _waves(rng, ((0.6, 0.012, 1), (1.1, 0.007, -1)), pace)
    light = _waves(rng, ((0.8, 0.075, 1), (1.35, 0.05, -1), (0.5, 0.035, 1)), pace)
    if kind == "tide":
        return replace(sway, drift=(0.3 * wide, 0.3 * tall), flow=gentle, tide=light)
    return replace(sway, drift=(0.6 * wide, 0.6 * tall), flow=gentle, tint=_waves(rng, ((0.45, 0.2, 1), (0.8, 0.1, -1)),
                                                                              pace))  # fmt: skip


def _waves(rng: np.random.Generator, rows: tuple[tuple[float, float, int], ...], pace: float) -> tuple[Wave, ...]:
    """Waves of given cycles to the cover unit, reach and turns, each in a direction of its own."""
    first = rng.uniform(0, 2 * np.pi)
    out = []
    for number, (cycles, reach, turns) in enumerate(rows):
        angle = first + 2.4 * number + rng.uniform(-0.35, 0.35)
        k = cycles * rng.uniform(0.85, 1.15)
        out.append(Wave(float(k * np.cos(angle)), float(k * np.sin(angle)), turns, float(rng.uniform(0, 2 * np.pi)),
                        reach * pace))  # fmt: skip
    return tuple(out)
