"""Augmentation for few pictures: they are moved, turned and recoloured.

A GAN's real and drawn ones alike are changed before the critic sees them, as often as it takes to keep the critic from
knowing the real ones by heart. A denoiser is told how a picture was changed (`labelled`), and draws unchanged ones.

Each kind of change happens to a picture with probability p, and p stays below 0.8, so that the generator learns the
plain pictures and not the changes. p follows how surely the critic tells pairs of real and drawn pictures apart.

    B  batch    R  resolution in px

References: Karras et al. 2020 (arXiv:2006.06676), adaptive discriminator augmentation, sections 2.2 and 3.1;
Karras et al. 2022 (arXiv:2206.00364), appendix F.2, telling a denoiser.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

__all__ = ["LARGEST_P", "Augment", "Strength"]

LARGEST_P = 0.8
"""Above this the changes leak into what is drawn (the paper's figure 4)."""

FULL_KIMG = 200.0
"""p may go from 0 to 1 in so many thousand pictures."""


class Strength(nn.Module):
    """The probability p and what steers it. Its state is part of a checkpoint.

    target:  wanted mean of sign(score of real - score of drawn), 1 = always told apart, 0 = never; 0 switches it off.
    """

    value: Tensor

    def __init__(self, target: float) -> None:
        super().__init__()
        self.target = target
        self.register_buffer("value", torch.zeros(()))

    @property
    def p(self) -> float:
        return float(self.value)

    def update(self, sign: float, count: int) -> None:
        """Up by a little where the critic is too sure, else down, after `count` more pictures."""
        step = math.copysign(count / (1000 * FULL_KIMG), sign - self.target)
        self.value.add_(step).clamp_(0.0, LARGEST_P)


class Augment:
    """The changes of one step. Every call draws anew; (B, 3, R, R) in [-1, 1] -> the same shape.

    count:    pictures of the whole batch, of which `rows` keeps this process's.
    colours:  whether they are recoloured too; not where colour is what is to be learned.
    """

    def __init__(self, p: float, count: int, generator: torch.Generator, device: torch.device,
                 rows: Callable[[Tensor], Tensor], *, colours: bool = True) -> None:  # fmt: skip
        self.p, self.count, self.generator, self.device, self.rows = p, count, generator, device, rows
        self.colours = colours
        self.draws: list[Tensor] = []

    def __call__(self, picture: Tensor) -> Tensor:
        if not self.p:
            return picture
        with torch.autocast(self.device.type, enabled=False):  # half precision would tear the grid by half a pixel
            moved = _warped(picture.float(), self._placement())
            return _recoloured(moved, self._shades()) if self.colours else moved

    def labelled(self, picture: Tensor, weight: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """`picture` and a `weight` (B, 1, R, R) moved alike, and how (B, `CHANGES`), -1 to 1 each, 0 for unchanged."""
        self.draws = []
        with torch.autocast(self.device.type, enabled=False):
            moved = _warped(torch.cat([picture, weight], 1).float(), self._placement())
            shaded = _recoloured(moved[:, :3], self._shades())
        return shaded, moved[:, 3:].clamp(0, 1), torch.stack(self.draws, 1)

    def _uniform(self, most: float) -> Tensor:
        """(B,), up to `most` either way, and 0 for the pictures that this change passes over."""
        draws = torch.rand(2, self.count, generator=self.generator, device=self.device)
        share = self.rows(torch.where(draws[0] < self.p, 2 * draws[1] - 1, 0.0))
        self.draws.append(share)
        return most * share

    def _placement(self) -> Tensor:
        """(B, 2, 3) from the new picture to the old, in units of half a side."""
        zoom = torch.exp2(self._uniform(0.25))
        turn = self._uniform(math.pi / 16)
        x, y = self._uniform(0.25), self._uniform(0.25)
        cos, sin = zoom * turn.cos(), zoom * turn.sin()
        return torch.stack([torch.stack([cos, -sin, x], 1), torch.stack([sin, cos, y], 1)], 1)

    def _shades(self) -> Tensor:
        """(B, 3, 4): a matrix of colours and an offset."""
        light, contrast = self._uniform(0.2), torch.exp2(self._uniform(0.5))
        turn, chroma = self._uniform(math.pi / 8), torch.exp2(self._uniform(1.0))
        grey = torch.full((3, 3), 1 / 3, device=self.device)
        cross = torch.tensor([[0.0, -1, 1], [1, 0, -1], [-1, 1, 0]], device=self.device) / math.sqrt(3)
        one = torch.eye(3, device=self.device)
        hue = grey + turn.cos()[:, None, None] * (one - grey) + turn.sin()[:, None, None] * cross
        matrix = contrast[:, None, None] * (grey + chroma[:, None, None] * (hue - grey))
        return torch.cat([matrix, light[:, None, None].expand(-1, 3, 1)], 2)


def _warped(picture: Tensor, placement: Tensor) -> Tensor:
    grid = F.affine_grid(placement, list(picture.shape), align_corners=False)
    return F.grid_sample(picture, grid, padding_mode="reflection", align_corners=False)


def _recoloured(picture: Tensor, shades: Tensor) -> Tensor:
    b, _, h, w = picture.shape
    flat = picture.reshape(b, 3, h * w)
    return (shades[:, :, :3] @ flat + shades[:, :, 3:]).reshape(b, 3, h, w).clamp(-1.5, 1.5)
