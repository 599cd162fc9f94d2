"""Sliced Wasserstein distance between two sets of pictures, level by level of a Laplacian pyramid.

The coarsest level compares large shapes and colours, finer ones edges and texture. Patches of 7 x 7 pixels are taken as
points in 147 dimensions, normalised a channel, and compared along random directions, where the distance between sorted
values is exact.

    N  pictures        R  resolution in px        values are times 1000, as in the paper

Reference: Karras et al. 2018 (arXiv:1710.10196), section 5: 128 patches a picture and level, 512 directions.
"""

from __future__ import annotations

from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor

from duck_and_cover.cover import Pixels, to_network
from duck_and_cover.errors import BadInput

__all__ = ["COARSEST_PX", "laplacian_pyramid", "sliced_wasserstein"]

COARSEST_PX = 16
PATCH_PX = 7


def sliced_wasserstein(
    first: Pixels, second: Pixels, *, seed: int = 0, patches: int = 128, directions: int = 512
) -> dict[int, float]:
    """Distance at each level, level's side in px -> distance x 1000, finest first.

    first, second:  uint8 (N, R, R, 3), as many of each: the distance depends on the number. R a power of two, 16 or
    more.
    seed:           of patches and directions.
    """
    if first.shape != second.shape:
        raise BadInput(f"sets of shape {first.shape} and {second.shape}; wanted as many pictures of the same size")
    size = first.shape[1]
    if size < COARSEST_PX or size & (size - 1):
        raise BadInput(f"pictures of {size} px; wanted a power of two, {COARSEST_PX} or more")
    found = {}
    pyramids = [laplacian_pyramid(torch.from_numpy(to_network(pixels))) for pixels in (first, second)]
    for level, (one, other) in enumerate(zip(*pyramids, strict=True)):
        points = [
            _patches(pictures, patches, torch.Generator().manual_seed(seed * 2 + which))
            for which, pictures in enumerate((one, other))
        ]
        generator = torch.Generator().manual_seed(seed * 1009 + level)
        axes = F.normalize(torch.randn(points[0].shape[1], directions, generator=generator), dim=0)
        gaps = [
            (a.sort(0).values - b.sort(0).values).abs().mean(0)
            for a, b in zip((points[0] @ axes).split(128, 1), (points[1] @ axes).split(128, 1), strict=True)
        ]
        found[size >> level] = 1000 * float(torch.cat(gaps).mean())
    return found


def laplacian_pyramid(pictures: Tensor) -> list[Tensor]:
    """(N, 3, R, R) -> differences between levels, finest first; the last is what remains at 16 px."""
    levels = [pictures]
    while levels[-1].shape[-1] > COARSEST_PX:
        levels.append(_smoothed(levels[-1], 1.0)[:, :, ::2, ::2])
    return [fine - _doubled(coarse) for fine, coarse in pairwise(levels)] + [levels[-1]]


def _kernel(channels: int) -> Tensor:
    line = torch.tensor([1.0, 4.0, 6.0, 4.0, 1.0]) / 16
    return (line[:, None] * line)[None, None].expand(channels, 1, 5, 5)


def _smoothed(pictures: Tensor, gain: float) -> Tensor:
    padded = F.pad(pictures, (2, 2, 2, 2), mode="reflect")
    return F.conv2d(padded, gain * _kernel(pictures.shape[1]), groups=pictures.shape[1])


def _doubled(pictures: Tensor) -> Tensor:
    n, c, h, w = pictures.shape
    spread = pictures.new_zeros(n, c, 2 * h, 2 * w)
    spread[:, :, ::2, ::2] = pictures
    return _smoothed(spread, 4.0)


def _patches(pictures: Tensor, count: int, generator: torch.Generator) -> Tensor:
    """(N, 3, H, W) -> (N count, 147), every channel of the whole set brought to mean 0 and variance 1."""
    n, c, h, w = pictures.shape
    y = torch.randint(0, h - PATCH_PX + 1, (n, count), generator=generator)
    x = torch.randint(0, w - PATCH_PX + 1, (n, count), generator=generator)
    inside = torch.arange(PATCH_PX)
    rows = (y[:, :, None] + inside)[:, :, :, None]
    columns = (x[:, :, None] + inside)[:, :, None, :]
    which = torch.arange(n)[:, None, None, None]
    taken = pictures.permute(0, 2, 3, 1)[which, rows, columns]  # (N, count, 7, 7, 3)
    taken = taken - taken.mean((0, 1, 2, 3))
    taken = taken / taken.square().mean((0, 1, 2, 3)).sqrt().clamp_min(1e-8)
    return taken.reshape(n * count, c * PATCH_PX**2)
