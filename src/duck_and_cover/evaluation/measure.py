"""Every number of a report. Each is measured twice: on drawn pictures, and on real covers in their place.

N  pictures    R  resolution in px    K  families    F  features
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from duck_and_cover.condition import Condition
from duck_and_cover.cover import Pixels
from duck_and_cover.errors import BadInput
from duck_and_cover.evaluation.control import FEWEST_A_CLASS, balanced_accuracy, confusion, rank_correlation
from duck_and_cover.evaluation.coverage import density_and_coverage
from duck_and_cover.evaluation.diversity import likeness
from duck_and_cover.evaluation.frechet import frechet_distance
from duck_and_cover.evaluation.kid import kernel_distance
from duck_and_cover.evaluation.palette import palette_distance
from duck_and_cover.evaluation.swd import sliced_wasserstein
from duck_and_cover.evaluation.uncertainty import bootstrap
from duck_and_cover.genres import main_family

__all__ = ["FIVE", "Eye", "Measured", "Opinions", "control", "distances", "inception_distance", "tellable"]

FIVE = ("jazz", "electronic", "rock", "hip hop", "metal")
"""Families that genre control is measured on: the clearest to look at, and those that others have reported on."""

Array = NDArray[np.floating]


class Opinions(Protocol):
    """What a judge says of N pictures: families (N, K), year (N,), features (N, F)."""

    @property
    def families(self) -> Array: ...
    @property
    def year(self) -> Array: ...
    @property
    def features(self) -> Array: ...


class Eye(Protocol):
    """A judge; `names` are its families."""

    @property
    def names(self) -> tuple[str, ...]: ...
    def opinion(self, pictures: Pixels) -> Opinions: ...


@dataclass(frozen=True)
class Measured:
    """A number and its standard error, or why there is none."""

    value: float = float("nan")
    error: float = float("nan")
    why_not: str = ""


def distances(
    real: Pixels, seen_real: Opinions, other: Pixels, seen_other: Opinions, seed: int = 0
) -> dict[str, Measured]:
    """How far `other` is from `real`. uint8 (N, R, R, 3) each, and what the judge sees in them.

    Metrics that want more or other pictures than there are say so in `why_not`.
    """
    one, two = np.asarray(seen_real.features), np.asarray(seen_other.features)
    try:
        found = _sliced(real, other, seed)
    except BadInput as error:  # pictures of an odd size
        found = {"swd": Measured(why_not=str(error))}
    found["frechet"] = _tried(lambda: (frechet_distance(one, two), bootstrap(frechet_distance, one, two, seed=seed)))
    found["kid"] = _tried(lambda: tuple(1000 * number for number in kernel_distance(one, two, seed=seed)))
    for i, name in enumerate(("density", "coverage")):
        found[name] = _tried(
            lambda i=i: (
                density_and_coverage(one, two)[i],
                bootstrap(lambda x: density_and_coverage(one, x)[i], two, times=5, seed=seed),
            )
        )
    found["likeness"] = _tried(lambda: likeness(other, seed=seed))
    found["palette"] = _tried(lambda: palette_distance(real, other, seed=seed))
    return found


def inception_distance(real: Array, other: Array) -> Measured:
    """FID of features (N, 2048) and (M, 2048): wants 4,096 pictures, since fewer do not determine a covariance.

    It has no error: drawing the pictures again would double the cost of a long measurement for each time.
    """
    return _tried(lambda: (frechet_distance(real, other), float("nan")))


def tellable(eye: Eye, *asked: Sequence[Condition]) -> tuple[str, ...]:
    """The families that the judge knows and that every one of some sets of conditions asks for often enough."""
    counts = [Counter(main_family(tuple(condition.genres)) for condition in each) for each in asked]
    return tuple(name for name in eye.names if all(count[name] >= FEWEST_A_CLASS for count in counts))


def control(
    eye: Eye, seen: Opinions, asked: Sequence[Condition], among: Sequence[str] | None = None, seed: int = 0
) -> dict[str, Measured]:
    """Whether pictures look like what was asked for. "... by chance" is the same with the pictures shuffled.

    among:  families that count, so that two sets can be compared; all that the judge knows by default.
    genre:  balanced accuracy among those of five families. families: among all of them.
    year:   rank correlation of the year asked for with the year judged.
    """
    known = tuple(among or eye.names)
    rng, found = np.random.default_rng(seed), {}
    family = [main_family(tuple(condition.genres)) or "" for condition in asked]
    for name, choices in (("genre", tuple(n for n in FIVE if n in known)), ("families", known)):
        places = [eye.names.index(choice) for choice in choices]
        rows = np.array([i for i, each in enumerate(family) if each in choices], int)
        wanted = np.array([choices.index(family[i]) for i in rows], int)
        judged = np.asarray(seen.families)[rows][:, places].argmax(1) if len(rows) else wanted
        count = len(choices)
        found[name] = _tried(lambda w=wanted, j=judged, k=count: balanced_accuracy(confusion(w, j, k)))
        found[f"{name} by chance"] = _tried(
            lambda w=wanted, j=judged, k=count: balanced_accuracy(confusion(w, rng.permutation(j), k))
        )
    rows = np.array([i for i, condition in enumerate(asked) if condition.year is not None], int)
    years = np.array([float(asked[i].year or 0) for i in rows])
    judged = np.asarray(seen.year, np.float64)[rows]
    pairs = np.stack([years, judged], 1)
    found["year"] = _tried(lambda: (_rank(pairs), bootstrap(_rank, pairs, times=100, seed=seed)))
    found["year by chance"] = _tried(lambda: (rank_correlation(years, rng.permutation(judged)), float("nan")))
    return found


def _sliced(real: Pixels, other: Pixels, seed: int) -> dict[str, Measured]:
    """By level, finest first, and their mean. The error is that of a quarter of the patches and directions."""
    if len(real) != len(other):
        count = min(len(real), len(other))
        real, other = real[:count], other[:count]
    levels = sliced_wasserstein(real, other, seed=seed, patches=32, directions=256)
    rng, again = np.random.default_rng(seed), []
    for i in range(5):
        rows, columns = rng.integers(0, len(real), (2, len(real)))
        again.append(sliced_wasserstein(real[rows], other[columns], seed=seed + i, patches=8, directions=64))
    errors = {level: float(np.std([each[level] for each in again], ddof=1)) for level in levels}
    found = {f"swd {level}": Measured(value, errors[level]) for level, value in levels.items()}
    means = [np.mean(list(each.values())) for each in again]
    return {"swd": Measured(float(np.mean(list(levels.values()))), float(np.std(means, ddof=1))), **found}


def _rank(pairs: Array) -> float:
    return rank_correlation(pairs[:, 0], pairs[:, 1])


def _tried(measure: object) -> Measured:
    try:
        value, error = measure()  # type: ignore[operator]
    except BadInput as error:
        return Measured(why_not=str(error))
    return Measured(float(value), float(error))
