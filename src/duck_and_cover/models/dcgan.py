"""DCGAN: the convolutional GAN that started it, 64 and 128 px.

Strided convolutions and no pooling, batch normalisation everywhere but at the generator's output and the critic's
input, no hidden dense layers, ReLU in the generator and leaky ReLU in the critic, weights from N(0, 0.02).

    B  batch    Z  latent    D  condition    R  resolution in px    C  channels

Reference: Radford, Metz & Chintala 2016 (arXiv:1511.06434). The condition, which the paper does not have, enters beside
the latent and as a projection (`conditioning.py`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from duck_and_cover.models.conditioning import FINISHED, ConditionEmbedding, Projection, Stage

__all__ = ["DcganConfig", "DcganCritic", "DcganGenerator"]


@dataclass(frozen=True)
class DcganConfig:
    """The shape of a DCGAN pair.

    resolution_px:  64 as in the paper, or 128 with one more layer; any power of two from 16 works.
    width:          C of the layer next to the picture; it doubles with every halving, up to eight times as much.
                    128 is the paper's (1024 at 4 px), 64 trains four times as fast.
    latent:         Z, uniform in [-1, 1].
    embedding:      numbers the condition is given beside the latent.
    """

    resolution_px: int = 64
    width: int = 128
    latent: int = 100
    embedding: int = 64
    condition_dims: int = 213

    def __post_init__(self) -> None:
        if self.resolution_px < 16 or self.resolution_px & (self.resolution_px - 1):
            raise ValueError(f"resolution is {self.resolution_px} px; wanted a power of two, 16 or more")

    @property
    def widths(self) -> tuple[int, ...]:
        """C from 4 px up to half the resolution."""
        layers = int(math.log2(self.resolution_px)) - 2
        return tuple(self.width * min(8, 2 ** (layers - 1 - i)) for i in range(layers))

    def generator(self) -> DcganGenerator:
        return DcganGenerator(self)

    def critic(self) -> DcganCritic:
        return DcganCritic(self)


class DcganGenerator(nn.Module):
    """(B, Z) standard normal, (B, D) -> (B, 3, R, R) in [-1, 1]."""

    def __init__(self, config: DcganConfig) -> None:
        super().__init__()
        widths = config.widths
        self.condition = ConditionEmbedding(config.condition_dims, config.embedding)
        self.enter = nn.Linear(config.latent + config.embedding, 16 * widths[0], bias=False)
        self.norms = nn.ModuleList(nn.BatchNorm2d(width) for width in widths)
        self.grow = nn.ModuleList(
            nn.ConvTranspose2d(c_in, c_out, 5, stride=2, padding=2, output_padding=1, bias=c_out == 3)
            for c_in, c_out in pairwise((*widths, 3))
        )
        self.apply(_initialised)

    def forward(self, z: Tensor, condition: Tensor, stage: Stage = FINISHED) -> Tensor:
        uniform = torch.erf(z / math.sqrt(2))  # from the standard normal that every family is given, exactly
        x = self.enter(torch.cat([uniform, stage.strength * self.condition(condition)], 1))
        x = x.unflatten(1, (-1, 4, 4))
        for norm, grow in zip(self.norms, self.grow, strict=True):
            x = grow(F.relu(norm(x)))
        return x.tanh()


class DcganCritic(nn.Module):
    """(B, 3, R, R), (B, D) -> (B,), the logit of being real."""

    def __init__(self, config: DcganConfig) -> None:
        super().__init__()
        widths = (3, *reversed(config.widths))
        self.shrink = nn.ModuleList(
            nn.Conv2d(c_in, c_out, 5, stride=2, padding=2, bias=c_in == 3) for c_in, c_out in pairwise(widths)
        )
        self.norms = nn.ModuleList([nn.Identity(), *(nn.BatchNorm2d(width) for width in widths[2:])])
        self.real = nn.Linear(16 * widths[-1], 1)
        self.apply(_initialised)
        self.fit = Projection(widths[-1], config.condition_dims)

    def forward(self, picture: Tensor, condition: Tensor, stage: Stage = FINISHED) -> Tensor:
        x = picture
        for shrink, norm in zip(self.shrink, self.norms, strict=True):
            x = F.leaky_relu(norm(shrink(x)), 0.2)
        fit = self.fit(x.mean((2, 3)), condition)
        return self.real(x.flatten(1)).squeeze(1) + stage.strength * fit


def _initialised(layer: nn.Module) -> None:
    """Section 4: weights from N(0, 0.02), batch normalisation's gains around 1."""
    if isinstance(layer, nn.BatchNorm2d):
        nn.init.normal_(layer.weight, 1.0, 0.02)
    elif isinstance(layer, nn.Conv2d | nn.ConvTranspose2d | nn.Linear):
        nn.init.normal_(layer.weight, 0.0, 0.02)
        if layer.bias is not None:
            nn.init.zeros_(layer.bias)
