"""Learn the priors of a dataset: fit every statistic, hold it against covers that it was not fitted on, and keep it
only where it says more about them than the mean of all covers does.

Covers are dealt into five folds by artist. Each fold is predicted from the four others; what is written down in the end
is fitted on all of them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from duck_and_cover.cover import Found
from duck_and_cover.dataset.letters import read_lines
from duck_and_cover.dataset.priors.observe import SCHEME, STATISTICS, Observation, Statistic, observe
from duck_and_cover.dataset.priors.palettes import COUNT, typical_palettes
from duck_and_cover.dataset.priors.shrink import Effects, fit
from duck_and_cover.dataset.reader import CoverDataset, split_place
from duck_and_cover.errors import BadInput, CannotWrite
from duck_and_cover.genres import main_family

__all__ = ["FEWEST", "Learned", "Seen", "as_shares", "learn", "save", "see"]

FEWEST = 200
"""Covers of which a statistic must be known to be learned."""

FOLDS = 5

TIMES = 400
_LEAST_SHARE = 1e-3


@dataclass(frozen=True)
class Seen:
    """What was counted on covers. families and decades: None where unknown; folds: 0 to 4; content: of the data.
    palettes: the typical ones, (T, K, 4) OKLab and share.
    """

    observations: tuple[Observation, ...]
    families: tuple[str | None, ...]
    decades: tuple[int | None, ...]
    folds: tuple[int, ...]
    content: str
    palettes: NDArray[np.float32] | None = None


@dataclass(frozen=True, eq=False)
class Learned:
    """A statistic, its effects, and how much better than the mean of all covers it says what covers kept back do.

    gain:   share of the squared error that goes (numbers), or bits a cover that are saved (shares).
    error:  its standard error, by drawing the covers anew.    kept: whether it is of use: gain beyond its error.
    """

    statistic: Statistic
    effects: Effects
    gain: float
    error: float
    held_out: int

    @property
    def kept(self) -> bool:
        return self.gain > self.error


def see(data: Path, letters: Path, progress: Callable[[int], None] = lambda done: None) -> Seen:
    """Count all covers of a dataset. letters: as `duckcover dataset letters` writes it."""
    rows = {row["id"]: row for row in read_lines(letters)}
    dataset = CoverDataset(data)
    observations: list[Observation] = []
    origins: list[Found] = []
    for cover in dataset:
        assert isinstance(cover.origin, Found)
        origins.append(cover.origin)
        observations.append(observe(cover.pixels, rows.get(cover.origin.id)))
        progress(len(origins))
    families = tuple(main_family(each.album.genres) for each in origins)
    schemes = typical_palettes([each[SCHEME] for each in observations])
    named = [{**each, "palette": np.eye(COUNT, dtype=np.float32)[which]}
             for each, which in zip(observations, schemes.members, strict=True)]  # fmt: skip
    decades = tuple(each.album.year // 10 * 10 if each.album.year else None for each in origins)
    folds = tuple(int(FOLDS * split_place(each.album.artist, each.id)) for each in origins)
    return Seen(tuple(named), families, decades, folds, dataset.content_hash, schemes.palettes)


def learn(seen: Seen, seed: int = 0) -> list[Learned]:
    """Fit every statistic that enough covers show. Raises `BadInput` where none is."""
    found = [each for statistic in STATISTICS if (each := _learn(seen, statistic, seed)) is not None]
    if not found:
        raise BadInput(f"{len(seen.folds)} covers teach nothing; wanted {FEWEST} or more, with genres and years")
    return found


def _learn(seen: Seen, statistic: Statistic, seed: int) -> Learned | None:
    rows = [i for i, each in enumerate(seen.observations) if statistic.name in each]
    if len(rows) < FEWEST:
        return None
    scores = []
    for fold in range(FOLDS):
        effects = _fitted(seen, statistic, [i for i in rows if seen.folds[i] != fold])
        asked = [i for i in rows if seen.folds[i] == fold and (seen.families[i] or seen.decades[i])]
        if asked:
            guess = np.stack([effects.expect(seen.families[i], seen.decades[i]) for i in asked])
            scores.append(_scores(statistic, _values(seen, statistic, asked), guess, effects.everything))
    if not scores:
        return None
    better, scale = (np.concatenate(parts) for parts in zip(*scores, strict=True))
    draws = np.random.default_rng(seed).integers(0, len(better), (TIMES, len(better)))
    gains = better[draws].sum(1) / np.maximum(scale[draws].sum(1), 1e-12)
    return Learned(statistic, _fitted(seen, statistic, rows), float(better.sum() / max(scale.sum(), 1e-12)),
                   float(gains.std()), len(better))  # fmt: skip


def _fitted(seen: Seen, statistic: Statistic, rows: Sequence[int]) -> Effects:
    return fit(_values(seen, statistic, rows), [seen.families[i] for i in rows], [seen.decades[i] for i in rows])


def _values(seen: Seen, statistic: Statistic, rows: Sequence[int]) -> NDArray[np.float64]:
    return np.stack([seen.observations[i][statistic.name] for i in rows]).astype(np.float64)


def _scores(statistic: Statistic, truth: NDArray[np.float64], guess: NDArray[np.float64],
            plain: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:  # fmt: skip
    """(what is gained over the plain mean, what it is counted in), of each cover."""
    if not statistic.labels:
        error = ((truth - plain) ** 2).sum(1)
        return error - ((truth - guess) ** 2).sum(1), error
    bits = (truth * (np.log2(as_shares(guess)) - np.log2(as_shares(plain)))).sum(1)
    return bits, np.ones(len(truth))


def as_shares(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values made to sum to 1, none of them nothing."""
    raised = np.maximum(values, _LEAST_SHARE)
    return raised / raised.sum(-1, keepdims=True)


def save(learned: Sequence[Learned], seen: Seen, path: Path) -> None:
    """Write what is kept as one file of numbers."""
    families = {name: seen.families.count(name) for name in sorted({f for f in seen.families if f})}
    told: dict[str, Any] = {"version": 1, "covers": len(seen.folds), "content": seen.content, "families": families,
                            "statistics":
                            {each.statistic.name: _as_json(each) for each in learned if each.kept}}  # fmt: skip
    if "palette" in told["statistics"] and seen.palettes is not None:
        told["palettes"] = [[_round(colour) for colour in each] for each in seen.palettes]
    partial = path.with_name(f".{path.name}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_text(json.dumps(told, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")
        partial.replace(path)
    except OSError as error:
        raise CannotWrite(f"{path}: cannot be written ({error.strerror or error})") from error


def _as_json(learned: Learned) -> dict[str, Any]:
    effects = learned.effects

    def table(groups: Mapping[Any, NDArray[np.float64]]) -> dict[str, list[float]]:
        return {(f"{key[0]} {key[1]}" if isinstance(key, tuple) else str(key)): _round(value)
                for key, value in sorted(groups.items(), key=lambda item: str(item[0]))}  # fmt: skip

    return {"labels": list(learned.statistic.labels), "covers": effects.covers, "gain": round(learned.gain, 4),
            "error": round(learned.error, 4), "all": _round(effects.everything), "spread": _round(effects.spread),
            "family": table(effects.family), "decade": table(effects.decade), "both": table(effects.both)}  # fmt: skip


def _round(values: NDArray[np.float64]) -> list[float]:
    return [round(float(value), 4) for value in values]
