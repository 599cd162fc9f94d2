"""The upscaler: art of 64 px made four times as large, with texture as covers have it.

The generator works at the small size and unfolds its channels into pixels at the end; what it adds goes on top of a
plain enlargement. Noise enters as one more channel, since many textures fit one small picture. The critic sees the
large picture folded into channels and the small one beside it, and scores every patch.

    B  batch    r  small side in px    R  large side, 4 r    C  channels

References: Shi et al. 2016 (arXiv:1609.05158), unfolding channels; Ledig et al. 2017 (arXiv:1609.04802), upscaling
against a critic; the losses are R3GAN's, Huang et al. 2024 (arXiv:2501.05441).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from duck_and_cover.models.blocks import Conv2d, halved
from duck_and_cover.models.conditioning import FINISHED, Stage

__all__ = ["Upscaler", "UpscalerConfig", "UpscalerCritic"]

DOUBLINGS = 2
SCALE = 2**DOUBLINGS


@dataclass(frozen=True)
class UpscalerConfig:
    """The shape of a pair.

    resolution_px:   R of a whole picture; training cuts pieces of `piece_px` from it.
    width, blocks:   of the generator, at the small size.
    critic_widths:   C after folding and after each halving.
    """

    resolution_px: int = 256
    piece_px: int = 128
    width: int = 48
    blocks: int = 6
    critic_widths: tuple[int, ...] = (64, 128, 160)
    condition_dims: int = 213

    def __post_init__(self) -> None:
        if self.resolution_px % SCALE:
            raise ValueError(f"resolution is {self.resolution_px} px; wanted a multiple of {SCALE}")
        if self.piece_px > self.resolution_px or self.piece_px % (SCALE * 2 ** (len(self.critic_widths) - 1)):
            raise ValueError(
                f"pieces of {self.piece_px} px; wanted at most {self.resolution_px}, a multiple of "
                f"{SCALE * 2 ** (len(self.critic_widths) - 1)}"
            )

    @property
    def small_px(self) -> int:
        """r of a whole picture."""
        return self.resolution_px // SCALE

    def generator(self) -> Upscaler:
        return Upscaler(self)

    def critic(self) -> UpscalerCritic:
        return UpscalerCritic(self)


class _Block(nn.Module):
    """x + two 3 x 3 convolutions of it, the last starting at zero. (B, C, H, W) -> the same."""

    def __init__(self, channels: int, depth: int) -> None:
        super().__init__()
        self.conv1 = _conv(channels, channels, gain=math.sqrt(2) / depth**0.5)
        self.conv2 = _conv(channels, channels, gain=0.0)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.conv2(F.leaky_relu(self.conv1(x), 0.2))


class Upscaler(nn.Module):
    """Noise (B, 1, r, r), small pictures (B, 3, r, r) in [-1, 1] -> (B, 3, R, R), about [-1, 1]."""

    def __init__(self, config: UpscalerConfig) -> None:
        super().__init__()
        self.enter = _conv(4, config.width)
        self.body = nn.Sequential(*(_Block(config.width, config.blocks) for _ in range(config.blocks)))
        self.grow = nn.ModuleList(_conv(config.width, 4 * config.width) for _ in range(DOUBLINGS))
        self.leave = _conv(config.width, 3, gain=0.0)

    def forward(self, z: Tensor, small: Tensor, stage: Stage = FINISHED) -> Tensor:
        x = self.enter(torch.cat([small, z], 1))
        x = x + self.body(x)
        for conv in self.grow:
            x = F.leaky_relu(F.pixel_shuffle(conv(x), 2), 0.2)
        plain = F.interpolate(small, scale_factor=float(SCALE), mode="bilinear", align_corners=False)
        return plain + self.leave(x)


class UpscalerCritic(nn.Module):
    """Large pictures (B, 3, R, R), the small ones (B, 3, r, r) -> (B,); only differences mean anything."""

    def __init__(self, config: UpscalerConfig) -> None:
        super().__init__()
        widths = config.critic_widths
        self.enter = _conv(3 * SCALE**2 + 3, widths[0])
        self.levels = nn.ModuleList(nn.Sequential(_Block(w, len(widths)), nn.LeakyReLU(0.2)) for w in widths)
        self.widen = nn.ModuleList(_conv(c_in, c_out, kernel=1) for c_in, c_out in pairwise(widths))
        self.score = _conv(widths[-1], 1, kernel=1, gain=1.0)

    def forward(self, picture: Tensor, small: Tensor, stage: Stage = FINISHED) -> Tensor:
        x = self.levels[0](self.enter(torch.cat([F.pixel_unshuffle(picture, SCALE), small], 1)))
        for widen, level in zip(self.widen, self.levels[1:], strict=True):
            x = level(widen(halved(x)))
        return self.score(x).mean((1, 2, 3))


def _conv(c_in: int, c_out: int, kernel: int = 3, gain: float = math.sqrt(2)) -> Conv2d:
    conv = Conv2d(c_in, c_out, kernel, padding=kernel // 2)
    nn.init.normal_(conv.weight, 0.0, gain / math.sqrt(c_in * kernel**2))
    nn.init.zeros_(conv.bias)  # type: ignore[arg-type]
    return conv
