from __future__ import annotations

import cv2
import numpy as np
import pytest
import torch

from duck_and_cover.errors import BadInput
from duck_and_cover.evaluation.swd import laplacian_pyramid, sliced_wasserstein


def pictures(count: int, seed: int, side: int = 32) -> np.ndarray:
    """Soft random blobs on a random ground, with a little grain."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (count, 5, 5, 3)).astype(np.float32)
    soft = np.stack([cv2.resize(c, (side, side), interpolation=cv2.INTER_CUBIC) for c in coarse])
    return np.clip(soft + rng.normal(0, 12, soft.shape), 0, 255).astype(np.uint8)


def test_levels_and_the_pyramid_add_up() -> None:
    assert list(sliced_wasserstein(pictures(4, 0, 64), pictures(4, 1, 64), patches=8, directions=16)) == [64, 32, 16]
    x = torch.randn(2, 3, 64, 64)
    levels = laplacian_pyramid(x)
    assert [level.shape[-1] for level in levels] == [64, 32, 16]


def test_equal_sets_are_near_and_their_order_does_not_matter() -> None:
    real = pictures(200, 0)
    floor = sliced_wasserstein(real[:100], real[100:])
    same = sliced_wasserstein(real[:100], real[:100][::-1].copy())
    assert all(same[level] < floor[level] for level in floor)


def test_blur_raises_the_fine_level() -> None:
    real = pictures(200, 0)
    blurred = np.stack([cv2.GaussianBlur(p, (0, 0), 1.2) for p in real[100:]])
    floor, found = sliced_wasserstein(real[:100], real[100:]), sliced_wasserstein(real[:100], blurred)
    assert found[32] > 2 * floor[32]
    assert found[32] / floor[32] > 1.5 * found[16] / floor[16]


def test_other_shapes_raise_the_coarse_level() -> None:
    real = pictures(200, 0)
    flat = np.stack([cv2.resize(cv2.resize(p, (1, 1), interpolation=cv2.INTER_AREA), (32, 32)) for p in real[100:]])
    assert sliced_wasserstein(real[:100], flat)[16] > 2 * sliced_wasserstein(real[:100], real[100:])[16]


def test_it_is_repeatable_and_the_seed_matters_little() -> None:
    one, other = pictures(80, 0), pictures(80, 1)[..., ::-1].copy() // 2
    first = sliced_wasserstein(one, other)
    assert first == sliced_wasserstein(one, other)
    second = sliced_wasserstein(one, other, seed=1)
    assert first != second
    assert all(second[level] == pytest.approx(first[level], rel=0.25) for level in first)


@pytest.mark.parametrize(
    ("a", "b", "said"),
    [((4, 32), (5, 32), "as many pictures"), ((4, 24), (4, 24), "power of two"), ((4, 8), (4, 8), "16 or more")],
)
def test_sets_that_cannot_be_compared(a: tuple, b: tuple, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        sliced_wasserstein(*(np.zeros((n, r, r, 3), np.uint8) for n, r in (a, b)))
