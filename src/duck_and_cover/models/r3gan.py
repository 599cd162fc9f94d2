"""R3GAN: a modern, minimal GAN. Residual networks without any normalisation, 64 to 256 px.

What makes it stable is the loss (`training/losses.py`): a relativistic pairing of real and generated pictures, with
zero-centred gradient penalties on both. So the networks can be plain: blocks of 1 x 1, grouped 3 x 3, 1 x 1, leaky
ReLU, an initialisation that makes every block start as the identity, smooth resampling, a learned 4 x 4 beginning.

    B  batch    Z  latent    D  condition    R  resolution in px    C  channels    P  fold in px

Reference: Huang et al. 2024 (arXiv:2501.05441), sections 4 and 5; Zhang et al. 2019 (arXiv:1901.09321) for training
residual networks without normalisation.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from duck_and_cover.models.blocks import Conv2d
from duck_and_cover.models.conditioning import FINISHED, ConditionEmbedding, Projection, Stage

__all__ = ["Block", "R3ganConfig", "R3ganCritic", "R3ganGenerator", "smoothly_doubled", "smoothly_halved"]


@dataclass(frozen=True)
class R3ganConfig:
    """The shape of an R3GAN pair.

    resolution_px:  R.
    widths:         C from 4 px up, one a resolution; their number times the fold must reach R.
    blocks:         residual blocks a resolution.
    expansion:      how much wider a block is inside.
    group:          channels that a 3 x 3 convolution mixes with each other; 0 for all.
    latent:         Z, standard normal.
    embedding:      numbers the condition is given beside the latent.
    fold_px:        P; pictures are folded P x P into channels before the critic and after the generator. 1 is the
                    paper's; 2 saves the finest resolution, which on a CPU is most of the time.
    """

    resolution_px: int = 64
    widths: tuple[int, ...] = (768, 768, 768, 768, 768)
    blocks: int = 2
    expansion: int = 2
    group: int = 16
    latent: int = 64
    embedding: int = 128
    fold_px: int = 1
    condition_dims: int = 213

    def __post_init__(self) -> None:
        reached = 4 * 2 ** (len(self.widths) - 1) * self.fold_px
        if reached != self.resolution_px:
            raise ValueError(
                f"{len(self.widths)} widths folded {self.fold_px} reach {reached} px; wanted {self.resolution_px}"
            )
        if self.group and any(self.expansion * width % self.group for width in self.widths):
            raise ValueError(f"widths {self.widths} times {self.expansion} must be multiples of group {self.group}")

    @property
    def total_blocks(self) -> int:
        return self.blocks * len(self.widths)

    def generator(self) -> R3ganGenerator:
        return R3ganGenerator(self)

    def critic(self) -> R3ganCritic:
        return R3ganCritic(self)


class Block(nn.Module):
    """x + 1 x 1, grouped 3 x 3, 1 x 1 of x, the last starting at zero. (B, C, H, W) -> the same.

    The first two are scaled down by blocks^(-1/4), as Fixup asks for two layers before the zero one (m = 3: the
    exponent is -1 / (2m - 2)), so that the depth of the network does not set how far a step of Adam moves its output.
    """

    def __init__(self, channels: int, config: R3ganConfig) -> None:
        super().__init__()
        inner = channels * config.expansion
        self.conv1 = Conv2d(channels, inner, 1)
        self.conv2 = Conv2d(inner, inner, 3, padding=1, groups=inner // (config.group or inner))
        self.conv3 = Conv2d(inner, channels, 1, bias=False)
        scale = config.total_blocks**-0.25
        for conv in (self.conv1, self.conv2):
            _initialise(conv, gain=math.sqrt(2) * scale)
            nn.init.zeros_(conv.bias)  # type: ignore[arg-type]
        nn.init.zeros_(self.conv3.weight)

    def forward(self, x: Tensor) -> Tensor:
        h = F.leaky_relu(self.conv1(x), 0.2)
        h = F.leaky_relu(self.conv2(h), 0.2)
        return x + self.conv3(h)


class R3ganGenerator(nn.Module):
    """(B, Z) standard normal, (B, D) -> (B, 3, R, R), linear, about [-1, 1]."""

    def __init__(self, config: R3ganConfig) -> None:
        super().__init__()
        self.config = config
        widths = config.widths
        self.condition = ConditionEmbedding(config.condition_dims, config.embedding)
        self.basis = nn.Parameter(torch.randn(widths[0], 4, 4))
        self.mix = nn.Linear(config.latent + config.embedding, widths[0], bias=False)
        self.blocks = nn.ModuleList(
            nn.Sequential(*(Block(width, config) for _ in range(config.blocks))) for width in widths
        )
        self.widen = nn.ModuleList(_pointwise(c_in, c_out) for c_in, c_out in pairwise(widths))
        self.leave = _pointwise(widths[-1], 3 * config.fold_px**2)
        _initialise(self.mix, gain=1.0)

    def forward(self, z: Tensor, condition: Tensor, stage: Stage = FINISHED) -> Tensor:
        weights = self.mix(torch.cat([z, stage.strength * self.condition(condition)], 1))
        x = self.blocks[0](self.basis * weights[:, :, None, None])
        for widen, blocks in zip(self.widen, self.blocks[1:], strict=True):
            x = blocks(smoothly_doubled(widen(x)))
        return F.pixel_shuffle(self.leave(x), self.config.fold_px)


class R3ganCritic(nn.Module):
    """(B, 3, R, R), (B, D) -> (B,), unbounded; only differences between real and generated ones mean anything."""

    def __init__(self, config: R3ganConfig) -> None:
        super().__init__()
        self.config = config
        widths = tuple(reversed(config.widths))
        self.enter = _pointwise(3 * config.fold_px**2, widths[0])
        self.blocks = nn.ModuleList(
            nn.Sequential(*(Block(width, config) for _ in range(config.blocks))) for width in widths
        )
        self.widen = nn.ModuleList(_pointwise(c_in, c_out) for c_in, c_out in pairwise(widths))
        self.basis = nn.Parameter(torch.randn(widths[-1], 4, 4) / 4)
        self.real = nn.Linear(widths[-1], 1, bias=False)
        self.fit = Projection(widths[-1], config.condition_dims)
        _initialise(self.real, gain=1.0)

    def forward(self, picture: Tensor, condition: Tensor, stage: Stage = FINISHED) -> Tensor:
        x = self.blocks[0](self.enter(F.pixel_unshuffle(picture, self.config.fold_px)))
        for widen, blocks in zip(self.widen, self.blocks[1:], strict=True):
            x = blocks(widen(smoothly_halved(x)))
        features = (x * self.basis).sum((2, 3))
        return self.real(features).squeeze(1) + stage.strength * self.fit(features, condition)


def smoothly_doubled(x: Tensor) -> Tensor:
    """Twice the side, with the mean of two between two: (B, C, H, H) -> (B, C, 2H, 2H)."""
    return _resampled(x, _doubling(x.shape[-1]))


def smoothly_halved(x: Tensor) -> Tensor:
    """Half the side, smoothed by [1, 2, 1] / 4 first: (B, C, H, H) -> (B, C, H / 2, H / 2)."""
    return _resampled(x, _halving(x.shape[-1]))


def _resampled(x: Tensor, by: NDArray[np.float32]) -> Tensor:
    """Both axes by a matrix (new side, side). Every derivative of a product of matrices is one again, and fast."""
    b, c, side, _ = x.shape
    matrix, pixels = torch.from_numpy(by).to(x), x.permute(0, 2, 3, 1)
    rows = matrix @ pixels.reshape(b, side, side * c)
    columns = matrix @ rows.reshape(-1, side, c)
    return columns.reshape(b, len(matrix), len(matrix), c).permute(0, 3, 1, 2)


@cache
def _doubling(side: int) -> NDArray[np.float32]:
    """(2H, H): the pixel itself, then the mean of it and the next; the last one is repeated.

    Of numpy, since what is kept must not be a stand-in that torch makes while it exports.
    """
    one = np.eye(side, dtype=np.float32)
    following = np.concatenate([one[1:], one[-1:]])
    return np.stack([one, (one + following) / 2], 1).reshape(2 * side, side).astype(np.float32)


@cache
def _halving(side: int) -> NDArray[np.float32]:
    """(H / 2, H): a quarter of the pixel before, half of this one, a quarter of the next; the first one is repeated."""
    one = np.eye(side, dtype=np.float32)
    before = np.concatenate([one[:1], one[:-1]])
    return (((before + one) / 4)[::2] + ((before + one) / 4)[1::2]).astype(np.float32)


def _pointwise(c_in: int, c_out: int) -> nn.Module:
    """1 x 1 convolution, or nothing where the width stays."""
    if c_in == c_out:
        return nn.Identity()
    conv = Conv2d(c_in, c_out, 1, bias=False)
    _initialise(conv, gain=1.0)
    return conv


def _initialise(layer: nn.Conv2d | nn.Linear, gain: float) -> None:
    fan_in = layer.weight[0].numel()
    nn.init.normal_(layer.weight, 0.0, gain / math.sqrt(fan_in))
