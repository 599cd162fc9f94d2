"""The judge: which genre and which years does a cover look like? A small residual network that no generator shares.

Two heads on one set of features: families of genres, and decades. The features are also what sets of pictures are
compared in (`evaluation/frechet.py` and others).

    B  batch    R  resolution in px    C  channels    F  features    K  families    Y  decades

Reference: He et al. 2016 (arXiv:1512.03385), residual blocks; Hu et al. 2018 (arXiv:1709.01507), weighing channels.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

__all__ = ["Block", "JudgeConfig", "JudgeNetwork"]

DECADE_YEARS = 10


@dataclass(frozen=True)
class JudgeConfig:
    """The shape of a judge.

    resolution_px:  R it looks at, a multiple of 2^len(widths).
    widths:         C after each halving.
    features:       F.
    dropout:        of features, in training.
    families:       K names of the genre tree that it tells apart: those with enough covers to learn from and to be
                    measured on.
    first_decade, decades:  Y, from the first on.
    """

    resolution_px: int = 64
    widths: tuple[int, ...] = (48, 96, 160, 256)
    features: int = 64
    dropout: float = 0.3
    families: tuple[str, ...] = (
        "pop", "rock", "metal", "hip hop", "jazz", "country", "classical", "electronic", "synth",
    )  # fmt: skip
    first_decade: int = 1950
    decades: int = 8
    condition_dims: int = 213

    def __post_init__(self) -> None:
        if self.resolution_px % 2 ** len(self.widths):
            raise ValueError(f"{len(self.widths)} widths halve {self.resolution_px} px to no whole number")
        if not 0 <= self.dropout < 1:
            raise ValueError(f"dropout is {self.dropout}; wanted 0 to below 1")

    @property
    def middle_years(self) -> tuple[float, ...]:
        """Of each decade: 1955 for the 1950s."""
        return tuple(self.first_decade + DECADE_YEARS * (i + 0.5) for i in range(self.decades))


class Block(nn.Module):
    """x + two 3 x 3 convolutions of it, channels weighed by what the whole picture holds. (B, C, H, W) -> the same."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm1, self.norm2 = nn.BatchNorm2d(channels), nn.BatchNorm2d(channels)
        self.weigh = nn.Sequential(
            nn.Linear(channels, channels // 8), nn.ReLU(), nn.Linear(channels // 8, channels), nn.Sigmoid()
        )
        nn.init.zeros_(self.norm2.weight)  # every block starts as the identity

    def forward(self, x: Tensor) -> Tensor:
        h = self.norm2(self.conv2(F.relu(self.norm1(self.conv1(x)))))
        return F.relu(x + h * self.weigh(h.mean((2, 3)))[:, :, None, None])


class JudgeNetwork(nn.Module):
    """(B, 3, R, R) in [-1, 1] -> logits of families (B, K), logits of decades (B, Y), features (B, F)."""

    def __init__(self, config: JudgeConfig) -> None:
        super().__init__()
        self.config = config
        self.stages = nn.Sequential(
            *(
                nn.Sequential(
                    nn.Conv2d(c_in, c_out, 4 if c_in == 3 else 3, stride=2, padding=1, bias=False),
                    nn.BatchNorm2d(c_out),
                    nn.ReLU(),
                    Block(c_out),
                )
                for c_in, c_out in pairwise((3, *config.widths))
            )
        )
        self.features = nn.Linear(2 * config.widths[-1], config.features)
        self.norm = nn.BatchNorm1d(config.features)
        self.dropout = nn.Dropout(config.dropout)
        self.family = nn.Linear(config.features, len(config.families))
        self.decade = nn.Linear(config.features, config.decades)

    def forward(self, picture: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        x = self.stages(picture)
        pooled = torch.cat([x.mean((2, 3)), x.amax((2, 3))], 1)
        features = F.relu(self.norm(self.features(pooled)))
        kept = self.dropout(features)
        return self.family(kept), self.decade(kept), features
