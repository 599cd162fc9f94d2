"""What real covers of a genre and a time do, as factors for what the design chooses.

`priors/covers.json` holds statistics that were learned from real covers (`duckcover dataset priors`), numbers only;
`priors/finishes.json` what each finish makes of art (`tools/measure_finishes.py`). A factor says how much likelier
something is on covers of these genres and this year than on all covers; it is 1 where the covers did not tell.

    S  size of a statistic: 1 for a number, else its classes
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from duck_and_cover.colour import COLOUR_BINS, Colour, Floats, colour_bin, srgb_to_oklab

__all__ = ["MOST", "Prior", "finish_measures", "typical_palettes"]

MOST = 3.0
"""No factor is larger than this or smaller than its inverse: taste has the last word."""

_LEAST_SHARE = 1e-3
_AREAS = (0.45, 0.5, 0.05)
"""Of a palette's paper, its inks together, and its accent on a cover."""


@dataclass(frozen=True)
class Prior:
    """What is expected of covers of a mixture of families, weights summing to 1, and a year, None for any."""

    families: Mapping[str, float]
    year: int | None
    _known: dict[str, Floats | None] = field(default_factory=dict, init=False, repr=False, compare=False)

    def expected(self, name: str) -> Floats | None:
        """(S,) of a statistic: a number, or shares of its classes; None where covers do not tell."""
        if name not in self._known:
            self._known[name] = self._expected(name)
        return self._known[name]

    def _expected(self, name: str) -> Floats | None:
        table = _learned().get(name)
        if table is None:
            return None
        value = np.array(table["all"], np.float64)
        years = _near_decades(self.year)
        for family, weight in self.families.items():
            value += weight * _effect(table["family"], family, len(value))
            for decade, near in years.items():
                value += weight * near * _effect(table["both"], f"{family} {decade}", len(value))
        for decade, near in years.items():
            value += near * _effect(table["decade"], str(decade), len(value))
        return _as_shares(value) if table["labels"] else value.astype(np.float32)

    def likelier(self, name: str, shares: Mapping[str, float], strength: float = 1.0) -> float:
        """How much likelier shares of classes are here than on all covers: the likelihood ratio, `strength` times over.

        shares:  class -> share; classes that the statistic does not have count for nothing.
        """
        expected = self.expected(name)
        if expected is None:
            return 1.0
        table = _learned()[name]
        everywhere = _as_shares(np.array(table["all"], np.float64))
        ratio = dict(zip(table["labels"], np.log(expected / everywhere), strict=True))
        return _limited(strength * sum(share * float(ratio.get(label, 0.0)) for label, share in shares.items()))

    def nearer(self, name: str, value: float, strength: float = 1.0) -> float:
        """How much likelier a number is here than on all covers, where covers lie about their mean as they do."""
        expected = self.expected(name)
        if expected is None:
            return 1.0
        table = _learned()[name]
        spread, everywhere = float(table["spread"][0]), float(table["all"][0])
        away, plainly = (value - float(expected[0])) / spread, (value - everywhere) / spread
        return _limited(strength * (plainly**2 - away**2) / 2)

    @property
    def schemes(self) -> Mapping[str, float]:
        """Typical palette -> its share of covers here, summing to 1; empty where covers do not tell."""
        expected = self.expected("palette")
        return {} if expected is None else dict(zip(_learned()["palette"]["labels"], expected.tolist(), strict=True))

    def suits_palette(self, paper: Colour, inks: tuple[Colour, ...], accent: Colour) -> float:
        """A factor for a palette: are its colours those of covers of this genre and year?"""
        return self.likelier("colours", _areas(paper, inks, accent), strength=1.5)

    def suits_finish(self, finish: str) -> float:
        """A factor for a finish: does it leave texture and calm as covers of this genre and year have it?"""
        told = finish_measures().get(finish, {})
        return _limited(sum(float(np.log(self.nearer(name, value, strength=0.5))) for name, value in told.items()))


@functools.lru_cache(512)
def _areas(paper: Colour, inks: tuple[Colour, ...], accent: Colour) -> Mapping[str, float]:
    """Class of colour -> share of the area that a palette gives it."""
    areas = (_AREAS[0], *([_AREAS[1] / len(inks)] * len(inks)), _AREAS[2])
    shares: dict[str, float] = {}
    for index, area in zip(colour_bin(srgb_to_oklab(np.array((paper, *inks, accent)))), areas, strict=True):
        shares[COLOUR_BINS[index]] = shares.get(COLOUR_BINS[index], 0.0) + area
    return shares


def _effect(table: Mapping[str, list[float]], group: str, size: int) -> NDArray[np.float64]:
    return np.array(table.get(group) or [0.0] * size, np.float64)


def _near_decades(year: int | None) -> dict[int, float]:
    """The decades about a year and how near they are, so that effects pass smoothly from one into the next."""
    if year is None:
        return {}
    place = (year - 5) / 10
    low = int(np.floor(place))
    return {low * 10: 1 - (place - low), low * 10 + 10: place - low}


def _as_shares(values: Any) -> Floats:
    raised = np.maximum(values, _LEAST_SHARE)
    return (raised / raised.sum()).astype(np.float32)


def _limited(logarithm: float) -> float:
    return float(np.exp(np.clip(logarithm, -np.log(MOST), np.log(MOST))))


@functools.cache
def typical_palettes() -> Mapping[str, Floats]:
    """Label -> (5, 4) OKLab and share of the area, dark to light: the palettes that covers come in."""
    found = _file("covers")
    labels = found["statistics"].get("palette", {}).get("labels", ())
    return dict(zip(labels, np.array(found.get("palettes", ()), np.float32), strict=True))


@functools.cache
def finish_measures() -> Mapping[str, Mapping[str, float]]:
    """Finish -> statistic -> its mean on pictures of that finish."""
    return _file("finishes")


def _learned() -> Mapping[str, Any]:
    return _file("covers")["statistics"]


@functools.cache
def _file(name: str) -> Mapping[str, Any]:
    return json.loads(resources.files("duck_and_cover.design").joinpath(f"priors/{name}.json").read_text("utf-8"))
