"""How far a number would move on other pictures of the same kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["bootstrap"]


def bootstrap(statistic: Callable[..., float], *sets: NDArray[Any], times: int = 20, seed: int = 0) -> float:
    """Standard error of `statistic(*sets)`: its spread over sets drawn again from the same rows, with repetition.

    Reference: Efron 1979, Bootstrap methods: another look at the jackknife.
    """
    rng = np.random.default_rng(seed)
    found = [statistic(*(each[rng.integers(0, len(each), len(each))] for each in sets)) for _ in range(times)]
    return float(np.std(found, ddof=1))
