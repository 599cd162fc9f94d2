"""Taste: what suits a mixture of genres and a year, as weights, and how a choice is drawn from weights.

Three voices are multiplied: what each thing says of itself (families and years in its own table), the looks of
`looks.py`, and what real covers do (`prior.py`). A seed means other luck in another family or decade, so that the same
record looks its genre and its time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from duck_and_cover.album import Album
from duck_and_cover.design.choosing.looks import LOOKS, Look
from duck_and_cover.design.choosing.prior import Prior
from duck_and_cover.genres import mixed_families, words_of

__all__ = ["SHARPNESS", "Taste", "drawn", "leading", "less_repeated", "uniform"]

SHARPNESS = {"finish": 1.5, "palette": 1.6, "type": 1.7, "layout": 1.2, "lettering": 1.2}
"""Power to which weights are raised: the best looks are likely, the others possible."""

ALL_ROUND: Mapping[str, float] = {"indie": 0.25, "pop": 0.2, "rock": 0.2, "electronic": 0.2, "soundtrack": 0.15}
"""What an album without genres is taken for."""

_FADE_YEARS = 12
_REPEATED = {"finish": 0.12, "layout": 0.12, "type": 0.2, "palette": 0.35}


@dataclass(frozen=True)
class Taste:
    """What is known of the music: family weights, year, and the looks that apply with how strongly."""

    families: Mapping[str, float]
    year: int | None
    looks: tuple[tuple[Look, float], ...]

    @classmethod
    def of(cls, album: Album) -> Taste:
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


def uniform(*key: object) -> float:
    """A number in 0..1 that depends on the words and numbers given and on nothing else."""
    digest = hashlib.blake2b(repr(key).encode(), digest_size=8).digest()
    return (int.from_bytes(digest, "big") + 0.5) / 2.0**64


def drawn(axis: str, weights: Mapping[str, float], *luck: object) -> str:
    """A name drawn by weight (Gumbel-max): a small change of one weight rarely changes the draw."""
    return next(iter(leading(axis, weights, 1, *luck)), "")


def leading(axis: str, weights: Mapping[str, float], count: int, *luck: object) -> dict[str, float]:
    """The first `count` of a draw without return and their scores, best first. To add to a score is to weigh by its
    exponential.
    """
    sharp = SHARPNESS[axis]
    scores = {
        name: sharp * float(np.log(weight)) - float(np.log(-np.log(uniform(axis, name, *luck))))
        for name, weight in weights.items()
        if weight > 0
    }
    return dict(sorted(scores.items(), key=lambda item: -item[1])[:count])


def less_repeated(axis: str, weights: dict[str, float], taken: Iterable[str]) -> dict[str, float]:
    """The weights with what siblings have already chosen made unlikely."""
    for name in taken:
        if name in weights:
            weights[name] *= _REPEATED[axis]
    return weights
