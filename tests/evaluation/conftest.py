"""Pictures and features that the metrics are tried on."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from duck_and_cover.cover import Pixels


@pytest.fixture(scope="session")
def pictures() -> Callable[..., Pixels]:
    """`pictures(count, seed)`: soft random blobs on a random ground, with a little grain."""

    def make(count: int, seed: int, side: int = 32) -> Pixels:
        rng = np.random.default_rng(seed)
        coarse = rng.integers(0, 256, (count, 5, 5, 3)).astype(np.float32)
        soft = np.stack([cv2.resize(c, (side, side), interpolation=cv2.INTER_CUBIC) for c in coarse])
        return np.clip(soft + rng.normal(0, 12, soft.shape), 0, 255).astype(np.uint8)

    return make


@pytest.fixture(scope="session")
def features() -> Callable[..., np.ndarray]:
    """`features(count, seed)`: 8 numbers a picture, in three clusters; `kinds` of them."""

    def make(count: int, seed: int, kinds: int = 3, spread: float = 1.0) -> np.ndarray:
        rng = np.random.default_rng(seed)
        centres = np.random.default_rng(99).normal(0, 5, (3, 8))
        return centres[rng.integers(0, kinds, count)] + rng.normal(0, spread, (count, 8))

    return make
