"""How a condition enters a GAN: as numbers beside the latent, and as a question to the critic.

    B  batch    D  condition, see `condition.py`    E  embedding    F  features of a critic

Reference: Miyato & Koyama 2018 (arXiv:1802.05637), projection; Shahbazi et al. 2022 (arXiv:2201.06578), why the
conditional term is ramped in: switched on at once it makes a GAN on few pictures collapse.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch.nn.functional as F
from torch import Tensor, nn

__all__ = ["CONDITION_GAIN", "FINISHED", "ConditionEmbedding", "Projection", "Stage"]

CONDITION_GAIN = 5.0
"""Encodings have a length of about 3 in 213 dimensions; this brings their entries to about unit variance, as latents
and times have, so that the condition is learned as fast (Karras et al. 2022 scale their class labels for the same
reason)."""


@dataclass(frozen=True)
class Stage:
    """How far a pair of networks has come; a function of the images shown.

    strength:  of the condition, 0 = not listened to yet, 1 = fully.
    level:     log2 of the resolution that a growing network has reached, 2.0 = 4 px; between whole numbers the next
               resolution fades in. Networks that do not grow ignore it.
    """

    strength: float = 1.0
    level: float = math.inf


FINISHED = Stage()
"""How a network is drawn with."""


class ConditionEmbedding(nn.Module):
    """A condition as E numbers of unit mean square, or all zero where nothing is asked. (B, D) -> (B, E).

    linear:  makes the two layers; ProGAN passes its own.
    """

    def __init__(self, dims: int, width: int, linear: Callable[[int, int], nn.Module] | None = None) -> None:
        super().__init__()
        linear = linear or (lambda c_in, c_out: nn.Linear(c_in, c_out, bias=False))
        self.enter, self.leave = linear(dims, width), linear(width, width)

    def forward(self, condition: Tensor) -> Tensor:
        e = self.leave(F.leaky_relu(self.enter(CONDITION_GAIN * condition), 0.2))
        return e * (e.square().mean(1, keepdim=True) + 1e-4).rsqrt()


class Projection(nn.Module):
    """How well features fit a condition. (B, F), (B, D) -> (B,); 0 for the empty condition.

    Reference: Miyato & Koyama 2018, equation 3, with the inner product divided by sqrt(F) to start near unit variance.
    """

    def __init__(self, features: int, dims: int, linear: Callable[[int, int], nn.Module] | None = None) -> None:
        super().__init__()
        self.embedding = ConditionEmbedding(dims, features, linear)

    def forward(self, features: Tensor, condition: Tensor) -> Tensor:
        return (features * self.embedding(condition)).sum(1) / math.sqrt(features.shape[1])
