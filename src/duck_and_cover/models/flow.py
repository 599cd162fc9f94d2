"""The flow-matching denoiser: a conditional U-Net that predicts the velocity from picture to noise.

Pictures are folded into patches (pixel unshuffle), so that a 64 px cover costs what a 32 px one does. The condition
and the time enter every residual block as a scale and a shift after group normalisation.

    B  batch     R  resolution in px     P  patch in px     C  channels at one level     E  embedding
    D  condition, see `condition.py`     A  aspects of a training picture that are not asked for when drawing

References: Lipman et al. 2023 (arXiv:2210.02747) and Liu et al. 2023 (arXiv:2209.03003), straight paths;
Esser et al. 2024 (arXiv:2403.03206), logit-normal times; Karras et al. 2022 (arXiv:2206.00364), U-Net and the
labelling of augmentations so that they do not leak; Ho & Salimans 2022 (arXiv:2207.12598), guidance.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from duck_and_cover.models.conditioning import CONDITION_GAIN

__all__ = [
    "ASPECTS",
    "CHANGES",
    "Attention",
    "Block",
    "FlowConfig",
    "FlowDenoiser",
    "guided",
    "integrate",
    "mixed",
    "velocity_loss",
]

ASPECTS = 2
"""Share of a training picture that was lettering and how far it was zoomed into, both 0 to 1. Zero when drawing."""

CHANGES = 8
"""How a training picture was moved and recoloured (`training/augment.py`), -1 to 1 each. Zero when drawing."""


@dataclass(frozen=True)
class FlowConfig:
    """The shape of a denoiser.

    resolution_px:   R, side of the pictures.
    patch_px:        P, R / P is the side of the finest feature map.
    widths:          C at each level, finest first; every level halves the side.
    attention:       at which levels pixels look at each other; costs (R / P / 2^level)^4.
    blocks:          residual blocks a level, on the way down and again on the way up.
    embedding:       E.
    dropout:         inside residual blocks; pays only after many passes over few covers.
    aspects:         A; `ASPECTS`, or with `CHANGES` where pictures are changed in training.
    """

    resolution_px: int = 64
    patch_px: int = 2
    condition_dims: int = 213
    widths: tuple[int, ...] = (64, 128, 224)
    attention: tuple[bool, ...] = (False, False, True)
    blocks: int = 2
    embedding: int = 320
    dropout: float = 0.0
    aspects: int = ASPECTS

    def __post_init__(self) -> None:
        if len(self.widths) != len(self.attention):
            raise ValueError(f"{len(self.widths)} widths and {len(self.attention)} attention flags; wanted as many")
        if self.resolution_px & (self.resolution_px - 1):
            raise ValueError(f"resolution is {self.resolution_px} px; wanted a power of two")
        if self.resolution_px % (self.patch_px << (len(self.widths) - 1)):
            raise ValueError(f"resolution {self.resolution_px} does not divide into {len(self.widths)} levels")
        if any(w % 32 for w in self.widths):
            raise ValueError(f"widths must be multiples of 32; found {self.widths}")


class Block(nn.Module):
    """Residual block: norm, conv, norm steered by the embedding, conv. (B, C_in, H, W) -> (B, C_out, H, W)."""

    def __init__(self, c_in: int, c_out: int, embedding: int, dropout: float) -> None:
        super().__init__()
        self.norm1 = nn.GroupNorm(c_in // 16, c_in)
        self.conv1 = nn.Conv2d(c_in, c_out, 3, padding=1)
        self.norm2 = nn.GroupNorm(c_out // 16, c_out)
        self.steer = nn.Linear(embedding, 2 * c_out)
        self.dropout = nn.Dropout(dropout) if dropout else nn.Identity()
        self.conv2 = _zeroed(nn.Conv2d(c_out, c_out, 3, padding=1))
        self.skip = nn.Conv2d(c_in, c_out, 1) if c_in != c_out else nn.Identity()

    def forward(self, x: Tensor, e: Tensor) -> Tensor:
        scale, shift = self.steer(e)[:, :, None, None].chunk(2, dim=1)
        h = self.conv1(F.silu(self.norm1(x)))
        h = F.silu(self.norm2(h) * (1 + scale) + shift)
        return self.skip(x) + self.conv2(self.dropout(h))


class Attention(nn.Module):
    """Every position looks at every other, heads of 32 channels. (B, C, H, W) -> the same."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.heads = channels // 32
        self.norm = nn.GroupNorm(channels // 16, channels)
        self.qkv = nn.Conv2d(channels, 3 * channels, 1)
        self.out = _zeroed(nn.Conv2d(channels, channels, 1))

    def forward(self, x: Tensor) -> Tensor:
        b, c, h, w = x.shape
        qkv = self.qkv(self.norm(x)).reshape(b, 3, self.heads, c // self.heads, h * w)
        q, k, v = qkv.unbind(1)  # (B, heads, C / heads, H W)
        if x.is_cuda:
            seen = F.scaled_dot_product_attention(*(each.transpose(2, 3) for each in (q, k, v))).transpose(2, 3)
        else:  # written out: for so few positions the fused one costs five times as much on a CPU (docs/log.md)
            looks = (q.transpose(2, 3) @ k * (c // self.heads) ** -0.5).softmax(-1)
            seen = v @ looks.transpose(2, 3)
        return x + self.out(seen.reshape(b, c, h, w))


class FlowDenoiser(nn.Module):
    """Velocity of a noisy cover. See the head of this module for the letters.

    >>> net = FlowDenoiser(FlowConfig())
    >>> net(torch.zeros(2, 3, 64, 64), torch.ones(2), torch.zeros(2, 213)).shape
    torch.Size([2, 3, 64, 64])
    """

    def __init__(self, config: FlowConfig) -> None:
        super().__init__()
        self.config = config
        widths, embedding = config.widths, config.embedding
        self.time = nn.Sequential(nn.Linear(64, embedding), nn.SiLU(), nn.Linear(embedding, embedding))
        self.condition = nn.Sequential(
            nn.Linear(config.condition_dims, embedding), nn.SiLU(), nn.Linear(embedding, embedding)
        )
        self.aspects = nn.Linear(config.aspects, embedding, bias=False)
        pixels = 3 * config.patch_px**2
        self.enter = nn.Conv2d(pixels, widths[0], 3, padding=1)

        def stage(c_in: int, c_out: int, attends: bool) -> nn.ModuleList:
            attention = Attention(c_out) if attends else nn.Identity()
            return nn.ModuleList([Block(c_in, c_out, embedding, config.dropout), attention])

        self.down, self.shrink = nn.ModuleList(), nn.ModuleList()
        for level, (width, attends) in enumerate(zip(widths, config.attention, strict=True)):
            if level:
                self.shrink.append(nn.Conv2d(widths[level - 1], width, 3, stride=2, padding=1))
            self.down.extend(stage(width, width, attends) for _ in range(config.blocks))
        self.middle = nn.ModuleList([stage(widths[-1], widths[-1], True), stage(widths[-1], widths[-1], False)])
        self.up, self.grow = nn.ModuleList(), nn.ModuleList()
        for level in reversed(range(len(widths))):
            width = widths[level]
            self.up.extend(stage(2 * width, width, config.attention[level]) for _ in range(config.blocks))
            if level:
                self.grow.append(nn.Conv2d(width, widths[level - 1], 3, padding=1))
        self.norm = nn.GroupNorm(widths[0] // 16, widths[0])
        self.leave = _zeroed(nn.Conv2d(widths[0], pixels, 3, padding=1))

    def forward(self, x: Tensor, t: Tensor, condition: Tensor, aspects: Tensor | None = None) -> Tensor:
        """Velocity d x / d t.

        x:          (B, 3, R, R), a cover mixed with noise, about [-1, 1].
        t:          (B,), 0 = picture, 1 = noise.
        condition:  (B, D); a zero row is unconditional.
        aspects:    (B, A) in training; None when drawing.
        """
        e = self.time(_waves(t)) + self.condition(CONDITION_GAIN * condition)
        if aspects is not None:
            e = e + self.aspects(aspects)
        e = F.silu(e)
        h = self.enter(F.pixel_unshuffle(x, self.config.patch_px))
        skips, shrink, down = [], iter(self.shrink), iter(self.down)
        for level in range(len(self.config.widths)):
            if level:
                h = next(shrink)(h)
            for _ in range(self.config.blocks):
                block, attention = next(down)  # type: ignore[misc]
                h = attention(block(h, e))
                skips.append(h)
        for block, attention in self.middle:  # type: ignore[misc]
            h = attention(block(h, e))
        grow, up = iter(self.grow), iter(self.up)
        for level in reversed(range(len(self.config.widths))):
            for _ in range(self.config.blocks):
                block, attention = next(up)  # type: ignore[misc]
                h = attention(block(torch.cat([h, skips.pop()], 1), e))
            if level:
                h = next(grow)(F.interpolate(h, scale_factor=2.0, mode="nearest"))
        return F.pixel_shuffle(self.leave(F.silu(self.norm(h))), self.config.patch_px)


def _waves(t: Tensor) -> Tensor:
    """(B,) in [0, 1] -> (B, 64) sines and cosines, periods from 2 pi / 1000 to 2 pi."""
    frequencies = 1000.0 * torch.exp(-math.log(1000.0) / 31 * torch.arange(32, device=t.device, dtype=torch.float32))
    angles = t[:, None].float() * frequencies
    return torch.cat([angles.sin(), angles.cos()], 1)


def _zeroed(layer: nn.Conv2d) -> nn.Conv2d:
    nn.init.zeros_(layer.weight)
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)
    return layer


def mixed(picture: Tensor, noise: Tensor, t: Tensor) -> Tensor:
    """The point at time t (B,) on the straight path from `picture` (t = 0) to `noise` (t = 1), both (B, 3, R, R)."""
    t = t[:, None, None, None]
    return (1 - t) * picture + t * noise


def velocity_loss(velocity: Tensor, picture: Tensor, noise: Tensor, weight: Tensor | None = None) -> Tensor:
    """Squared error of the velocity, one value a sample, unreduced (B,).

    weight:  (B, 1, R, R), how much each pixel counts; None for all alike.
    """
    error = (velocity.float() - (noise - picture)).square().mean(1, keepdim=True)
    if weight is None:
        return error.mean((1, 2, 3))
    return (error * weight).sum((1, 2, 3)) / weight.sum((1, 2, 3)).clamp_min(1.0)


def guided(conditional: Tensor, unconditional: Tensor, scale: float) -> Tensor:
    """Classifier-free guidance: 1 is none, larger follows the condition more. Ho & Salimans 2022, equation 6."""
    return unconditional + scale * (conditional - unconditional)


def integrate(velocity: Callable[[Tensor, Tensor], Tensor], noise: Tensor, times: Tensor) -> Tensor:
    """Follow `velocity(x, t)` from noise to a picture by Heun steps. times: (S + 1,), from 1 down to 0."""
    x = noise
    for now, then in pairwise(times):
        slope = velocity(x, now.expand(len(x)))
        guess = x + (then - now) * slope
        if then > 0:
            slope = (slope + velocity(guess, then.expand(len(x)))) / 2
        x = x + (then - now) * slope
    return x
