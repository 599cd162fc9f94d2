"""Effects of family and decade on a statistic, honest where few covers speak.

    value  =  mean of all  +  effect of the family  +  effect of the decade  +  effect of both together

fitted in that order, each on what the ones before it leave. An effect is drawn towards nothing by n / (n + k) where n
covers speak: k is the spread among covers of one group over the spread between the groups, as all groups show it. Where
groups do not differ by more than chance, k is infinite and there is no effect.

    N  covers    S  size of a statistic    F  families    Y  decades

References: Efron & Morris 1975, "Data analysis using Stein's estimator"; Searle 1971, method of moments.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Effects", "fit"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Effects:
    """everything (S,); family, decade and both: group -> (S,); spread (S,): deviation that is left; covers: N."""

    everything: Floats
    family: Mapping[str, Floats]
    decade: Mapping[int, Floats]
    both: Mapping[tuple[str, int], Floats]
    spread: Floats
    covers: int

    def expect(self, family: str | None, decade: int | None) -> Floats:
        """(S,) of a cover of a family and a decade; unknown ones have no effect."""
        zero = np.zeros_like(self.everything)
        value = self.everything + self.family.get(family or "", zero) + self.decade.get(decade or 0, zero)
        return value + self.both.get((family or "", decade or 0), zero)


def fit(values: Floats, families: Sequence[str | None], decades: Sequence[int | None]) -> Effects:
    """Fit values (N, S) of covers whose family and decade are given, None where unknown."""
    everything = values.mean(0)
    rest = values - everything
    family = _effects(rest, families)
    rest = rest - _taken(family, families, rest)
    decade = _effects(rest, decades)
    rest = rest - _taken(decade, decades, rest)
    pairs = [(f, d) if f is not None and d is not None else None for f, d in zip(families, decades, strict=True)]
    both = _effects(rest, pairs)
    rest = rest - _taken(both, pairs, rest)
    return Effects(everything, family, decade, both, rest.std(0), len(values))  # type: ignore[arg-type]


def _effects(rest: Floats, groups: Sequence[object]) -> dict[object, Floats]:
    known = [group for group in groups if group is not None]
    rows = {group: [] for group in dict.fromkeys(known)}
    for i, group in enumerate(groups):
        if group is not None:
            rows[group].append(i)
    if len(rows) < 2:
        return {}
    counts = np.array([len(r) for r in rows.values()], np.float64)
    means = np.stack([rest[r].mean(0) for r in rows.values()])
    within = sum(float(((rest[r] - mean) ** 2).sum()) for r, mean in zip(rows.values(), means, strict=True))
    freedom = max(1.0, float(counts.sum()) - len(rows))
    noise = within / freedom
    # what the spread of group means would be by chance alone is taken off
    size = float(counts.sum() - (counts**2).sum() / counts.sum())
    middle = (counts[:, None] * means).sum(0) / counts.sum()
    between = float((counts[:, None] * (means - middle) ** 2).sum())
    signal = (between - (len(rows) - 1) * noise) / max(size, 1e-9)
    if signal <= 0:
        return {}
    pull = noise / signal
    return {group: n / (n + pull) * mean for group, n, mean in zip(rows, counts, means, strict=True)}


def _taken(effects: Mapping[object, Floats], groups: Sequence[object], like: Floats) -> Floats:
    zero = np.zeros(like.shape[1])
    return np.stack([effects.get(group, zero) if group is not None else zero for group in groups])
