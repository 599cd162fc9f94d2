"""ProGAN: both networks grow while they learn, from 4 px to 512 px and beyond.

    B  batch    Z  latent    D  condition    L  level, log2 of a resolution    C  channels

At level L the generator draws 2^L px. Between two levels the next resolution fades in: generator, critic and the real
pictures blend the finer version with the coarser one made large. Table 2 of the paper, layer by layer:

    generator  pixel-normalised z, dense to 512 x 4 x 4, 3 x 3; then a level: double, 3 x 3, 3 x 3. After every
               convolution leaky ReLU and pixel normalisation. RGB by a linear 1 x 1.
    critic     RGB in by 1 x 1; a level: 3 x 3, 3 x 3, halve. At 4 px a plane with the spread of the minibatch, 3 x 3,
               dense, dense.
    weights    N(0, 1), scaled at run time by gain / sqrt(fan in): every weight learns equally fast.

Reference: Karras et al. 2018 (arXiv:1710.10196). The paper's label input is an auxiliary classifier for one-hot
classes; here many genres, year and names enter through `conditioning.py`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from duck_and_cover.models.blocks import convolved, doubled, halved
from duck_and_cover.models.conditioning import FINISHED, ConditionEmbedding, Projection, Stage

__all__ = [
    "EqualConv",
    "EqualLinear",
    "ProganConfig",
    "ProganCritic",
    "ProganGenerator",
    "bake",
    "faded",
    "pixel_norm",
    "spread_plane",
]

FIRST_LEVEL = 2  # 4 px


@dataclass(frozen=True)
class ProganConfig:
    """The shape of a ProGAN pair.

    resolution_px:  where it ends, a power of two from 8.
    capacity:       C at level L is capacity / 2^(L - 1), at most `widest`: 512 up to 32 px, then 256, 128, 64, 32 at
                    64, 128, 256, 512 px in the paper. A quarter of both makes a laptop's network.
    latent:         Z, on the unit hypersphere.
    group:          pictures whose spread is measured together; 0 for the whole minibatch, as in the paper.
    """

    resolution_px: int = 512
    capacity: int = 8192
    widest: int = 512
    latent: int = 512
    embedding: int = 128
    group: int = 0
    condition_dims: int = 213

    def __post_init__(self) -> None:
        if self.resolution_px < 8 or self.resolution_px & (self.resolution_px - 1):
            raise ValueError(f"resolution is {self.resolution_px} px; wanted a power of two, 8 or more")

    @property
    def last_level(self) -> int:
        return int(math.log2(self.resolution_px))

    def width(self, level: int) -> int:
        """C at a level."""
        return max(1, min(self.capacity >> (level - 1), self.widest))

    def generator(self) -> ProganGenerator:
        return ProganGenerator(self)

    def critic(self) -> ProganCritic:
        return ProganCritic(self)


def pixel_norm(x: Tensor, epsilon: float = 1e-8) -> Tensor:
    """Every pixel's (or row's) channels to unit mean square. Section 4.2."""
    return x * (x.square().mean(1, keepdim=True) + epsilon).rsqrt()


def spread_plane(x: Tensor, group: int = 0) -> Tensor:
    """`x` (B, C, H, W) with one more channel: how much the pictures of a group differ, on average. Section 3.

    Groups are made of every (B / group)-th picture; 0, or a number that does not divide B, means the whole minibatch.
    """
    b, c, h, w = x.shape
    size = group if group and b % group == 0 else b
    groups = x.float().reshape(size, b // size, c, h, w)
    spread = (groups.var(0, unbiased=False) + 1e-8).sqrt().mean((1, 2, 3))
    return torch.cat([x, spread.to(x.dtype).repeat(size)[:, None, None, None].expand(b, 1, h, w)], 1)


def faded(picture: Tensor, level: float) -> Tensor:
    """Real pictures as the critic sees them at a level that is fading in: (B, 3, R, R), R = 2^ceil(level), the same.

    The blend is that of the generator's output: the coarser picture made large, and the picture itself.
    """
    share = level - math.floor(level)
    if not share:
        return picture
    coarse = doubled(halved(picture))
    return torch.lerp(coarse, picture, share)


class EqualConv(nn.Module):
    """Convolution with run-time weight scaling, gain / sqrt(C_in k k). Section 4.1."""

    def __init__(self, c_in: int, c_out: int, kernel: int, gain: float = math.sqrt(2)) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(c_out, c_in, kernel, kernel))
        self.bias = nn.Parameter(torch.zeros(c_out))
        self.scale = gain / math.sqrt(c_in * kernel**2)

    def forward(self, x: Tensor) -> Tensor:
        return convolved(x, self.weight * self.scale, self.bias, self.weight.shape[-1] // 2)


class EqualLinear(nn.Module):
    """Dense layer with run-time weight scaling, gain / sqrt(inputs)."""

    def __init__(self, inputs: int, outputs: int, gain: float = math.sqrt(2), bias: bool = True) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs))
        self.bias = nn.Parameter(torch.zeros(outputs)) if bias else None
        self.scale = gain / math.sqrt(inputs)

    def forward(self, x: Tensor) -> Tensor:
        return F.linear(x, self.weight * self.scale, self.bias)


def bake(net: nn.Module) -> None:
    """Multiply the run-time scales into the weights, for drawing only: what is drawn stays the same."""
    with torch.no_grad():
        for layer in net.modules():
            if isinstance(layer, EqualConv | EqualLinear):
                layer.weight.mul_(layer.scale)
                layer.scale = 1.0


def _embedding_layer(inputs: int, outputs: int) -> EqualLinear:
    return EqualLinear(inputs, outputs, gain=1.0, bias=False)


class ProganGenerator(nn.Module):
    """(B, Z) standard normal, (B, D) -> (B, 3, 2^ceil(L), 2^ceil(L)), linear, about [-1, 1]."""

    def __init__(self, config: ProganConfig) -> None:
        super().__init__()
        self.config = config
        first = config.width(FIRST_LEVEL)
        self.condition = ConditionEmbedding(config.condition_dims, config.embedding, _embedding_layer)
        self.enter = EqualLinear(config.latent + config.embedding, 16 * first, gain=math.sqrt(2) / 4)
        self.first = EqualConv(first, first, 3)
        self.blocks, self.to_rgb = nn.ModuleList(), nn.ModuleList([EqualConv(first, 3, 1, gain=1.0)])
        for level in range(FIRST_LEVEL + 1, config.last_level + 1):
            c_in, c_out = config.width(level - 1), config.width(level)
            self.blocks.append(nn.ModuleList([EqualConv(c_in, c_out, 3), EqualConv(c_out, c_out, 3)]))
            self.to_rgb.append(EqualConv(c_out, 3, 1, gain=1.0))

    def forward(self, z: Tensor, condition: Tensor, stage: Stage = FINISHED) -> Tensor:
        level = min(stage.level, self.config.last_level)
        whole, share = math.floor(level), level - math.floor(level)
        asked = stage.strength * self.condition(condition)
        x = self.enter(torch.cat([pixel_norm(z), asked], 1)).unflatten(1, (-1, 4, 4))
        x = _activated(self.first(_activated(x)))
        for block in self.blocks[: whole - FIRST_LEVEL]:
            x = self._grown(x, block)
        rgb = self.to_rgb[whole - FIRST_LEVEL](x)
        if share:
            finer = self.to_rgb[whole - FIRST_LEVEL + 1](self._grown(x, self.blocks[whole - FIRST_LEVEL]))
            rgb = torch.lerp(doubled(rgb), finer, share)
        return rgb

    @staticmethod
    def _grown(x: Tensor, block: nn.Module) -> Tensor:
        x = doubled(x)
        for conv in block:  # type: ignore[attr-defined]
            x = _activated(conv(x))
        return x


def _activated(x: Tensor) -> Tensor:
    return pixel_norm(F.leaky_relu(x, 0.2))


class ProganCritic(nn.Module):
    """(B, 3, 2^ceil(L), 2^ceil(L)), (B, D) -> (B,), unbounded: higher is more real."""

    def __init__(self, config: ProganConfig) -> None:
        super().__init__()
        self.config = config
        first = config.width(FIRST_LEVEL)
        self.from_rgb = nn.ModuleList([EqualConv(3, first, 1)])
        self.blocks = nn.ModuleList()
        for level in range(FIRST_LEVEL + 1, config.last_level + 1):
            c_in, c_out = config.width(level), config.width(level - 1)
            self.from_rgb.append(EqualConv(3, c_in, 1))
            self.blocks.append(nn.ModuleList([EqualConv(c_in, c_in, 3), EqualConv(c_in, c_out, 3)]))
        self.last = EqualConv(first + 1, first, 3)
        self.dense = EqualLinear(16 * first, first)
        self.real = EqualLinear(first, 1, gain=1.0)
        self.fit = Projection(first, config.condition_dims, _embedding_layer)

    def forward(self, picture: Tensor, condition: Tensor, stage: Stage = FINISHED) -> Tensor:
        level = min(stage.level, self.config.last_level)
        whole, share = math.floor(level), level - math.floor(level)
        if share:
            coarse = F.leaky_relu(self.from_rgb[whole - FIRST_LEVEL](halved(picture)), 0.2)
            x = torch.lerp(coarse, self._shrunk(self._entered(picture, whole + 1), whole + 1), share)
        else:
            x = self._entered(picture, whole)
        for below in range(whole, FIRST_LEVEL, -1):
            x = self._shrunk(x, below)
        x = F.leaky_relu(self.last(spread_plane(x, self.config.group)), 0.2)
        features = F.leaky_relu(self.dense(x.flatten(1)), 0.2)
        return self.real(features).squeeze(1) + stage.strength * self.fit(features, condition)

    def _entered(self, picture: Tensor, level: int) -> Tensor:
        return F.leaky_relu(self.from_rgb[level - FIRST_LEVEL](picture), 0.2)

    def _shrunk(self, x: Tensor, level: int) -> Tensor:
        for conv in self.blocks[level - FIRST_LEVEL - 1]:  # type: ignore[union-attr]
            x = F.leaky_relu(conv(x), 0.2)
        return halved(x)
