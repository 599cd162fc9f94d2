"""WGAN-GP: a critic that measures a distance and is kept smooth by a gradient penalty, 64 and 128 px.

Residual networks with batch normalisation in the generator and layer normalisation in the critic: the penalty is on
each picture by itself, and batch normalisation would make pictures of one batch depend on each other.

    B  batch    Z  latent    D  condition    R  resolution in px    C  channels

Reference: Gulrajani et al. 2017 (arXiv:1704.00028), appendix F. The penalty itself is in `training/losses.py`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from duck_and_cover.models.blocks import Conv2d, doubled, halved
from duck_and_cover.models.conditioning import FINISHED, ConditionEmbedding, Projection, Stage

__all__ = ["Block", "LayerNorm", "WganGpConfig", "WganGpCritic", "WganGpGenerator"]


@dataclass(frozen=True)
class WganGpConfig:
    """The shape of a WGAN-GP pair.

    width:      C next to the picture, 64 in the paper; doubles with every halving, up to eight times as much.
    latent:     Z, standard normal, 128 in the paper.
    embedding:  numbers the condition is given beside the latent.
    """

    resolution_px: int = 64
    width: int = 64
    latent: int = 128
    embedding: int = 64
    condition_dims: int = 213

    def __post_init__(self) -> None:
        if self.resolution_px < 16 or self.resolution_px & (self.resolution_px - 1):
            raise ValueError(f"resolution is {self.resolution_px} px; wanted a power of two, 16 or more")

    @property
    def widths(self) -> tuple[int, ...]:
        """C from 4 px up to the whole resolution."""
        halvings = int(math.log2(self.resolution_px)) - 2
        return tuple(self.width * min(8, 2 ** (halvings - i)) for i in range(halvings + 1))

    def generator(self) -> WganGpGenerator:
        return WganGpGenerator(self)

    def critic(self) -> WganGpCritic:
        return WganGpCritic(self)


class LayerNorm(nn.GroupNorm):
    """Normalises each picture over all its channels and positions, with a gain and a bias a channel."""

    def __init__(self, channels: int) -> None:
        super().__init__(1, channels)


class Block(nn.Module):
    """Residual block with the change of resolution inside: (B, C_in, H, W) -> (B, C_out, 2H, 2W) or half."""

    def __init__(self, c_in: int, c_out: int, norm: type[nn.Module], scale: float) -> None:
        super().__init__()
        self.scale = scale
        self.norm1, self.norm2 = norm(c_in), norm(c_out if scale > 1 else c_in)
        middle = c_out if scale > 1 else c_in  # narrow where the map is large
        self.conv1 = Conv2d(c_in, middle, 3, padding=1, bias=False)
        self.conv2 = Conv2d(middle, c_out, 3, padding=1)
        self.skip = Conv2d(c_in, c_out, 1)

    def forward(self, x: Tensor) -> Tensor:
        h = F.relu(self.norm1(x))
        if self.scale > 1:
            h = self.conv2(F.relu(self.norm2(self.conv1(doubled(h)))))
            return h + doubled(self.skip(x))
        h = self.conv2(F.relu(self.norm2(self.conv1(h))))
        return halved(h) + self.skip(halved(x))


class WganGpGenerator(nn.Module):
    """(B, Z) standard normal, (B, D) -> (B, 3, R, R) in [-1, 1]."""

    def __init__(self, config: WganGpConfig) -> None:
        super().__init__()
        widths = config.widths
        self.condition = ConditionEmbedding(config.condition_dims, config.embedding)
        self.enter = nn.Linear(config.latent + config.embedding, 16 * widths[0])
        self.blocks = nn.ModuleList(Block(c_in, c_out, nn.BatchNorm2d, 2) for c_in, c_out in pairwise(widths))
        self.norm = nn.BatchNorm2d(widths[-1])
        self.leave = Conv2d(widths[-1], 3, 3, padding=1)
        self.apply(_initialised)

    def forward(self, z: Tensor, condition: Tensor, stage: Stage = FINISHED) -> Tensor:
        x = self.enter(torch.cat([z, stage.strength * self.condition(condition)], 1))
        x = x.unflatten(1, (-1, 4, 4))
        for block in self.blocks:
            x = block(x)
        return self.leave(F.relu(self.norm(x))).tanh()


class WganGpCritic(nn.Module):
    """(B, 3, R, R), (B, D) -> (B,), unbounded: higher is more real."""

    def __init__(self, config: WganGpConfig) -> None:
        super().__init__()
        widths = tuple(reversed(config.widths))
        self.enter = Conv2d(3, widths[0], 3, padding=1)
        self.blocks = nn.ModuleList(Block(c_in, c_out, LayerNorm, 0.5) for c_in, c_out in pairwise(widths))
        self.real = nn.Linear(16 * widths[-1], 1)
        self.apply(_initialised)
        self.fit = Projection(widths[-1], config.condition_dims)

    def forward(self, picture: Tensor, condition: Tensor, stage: Stage = FINISHED) -> Tensor:
        x = self.enter(picture)
        for block in self.blocks:
            x = block(x)
        fit = self.fit(x.mean((2, 3)), condition)
        return self.real(x.flatten(1)).squeeze(1) + stage.strength * fit


def _initialised(layer: nn.Module) -> None:
    """He's variance for what a ReLU follows, Glorot's for what it does not (the skips)."""
    if isinstance(layer, nn.Conv2d):
        if layer.kernel_size == (1, 1):
            nn.init.xavier_uniform_(layer.weight)
        else:
            nn.init.kaiming_uniform_(layer.weight, nonlinearity="relu")
        if layer.bias is not None:
            nn.init.zeros_(layer.bias)
