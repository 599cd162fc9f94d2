"""Art between the pictures of two seeds: a way from one to the other through what a network knows."""

from __future__ import annotations

import math

import numpy as np

from duck_and_cover.condition import Condition
from duck_and_cover.cover import Cover
from duck_and_cover.errors import BadInput
from duck_and_cover.generation.onnx import OnnxEngine
from duck_and_cover.generation.wrapping import Wrapping

__all__ = ["Between"]


class Between(Wrapping):
    """An engine that starts its pictures on the arc from their own seed's latent to another's.

    toward:  the other seed.    share: how far, 0 (its own) to 1 (the other's).
    Both are standard normal and independent, so a point on the arc is so too, and as likely as its ends.
    Reference: White 2016 (arXiv:1609.04468), spherical interpolation of latents.
    """

    def __init__(self, engine: OnnxEngine, toward: int, share: float) -> None:
        if not 0.0 <= share <= 1.0:
            raise BadInput(f"a share of {share} on the way to another seed; wanted 0 to 1")
        super().__init__(engine)
        self.latents, self.toward, self.share = engine, toward, share

    @property
    def asked(self) -> dict[str, str]:
        """What `duckcover create` is told to draw so: {"toward": "7@0.4"}."""
        return {"toward": f"{self.toward}@{self.share!r}"}

    def draw(self, condition: Condition, seed: int) -> Cover:
        """One picture, uint8 (R, R, 3)."""
        if self.share in (0.0, 1.0):
            return self.latents.draw(condition, self.toward if self.share else seed)
        angle = self.share * math.pi / 2
        own, other = self.latents.latent(seed), self.latents.latent(self.toward)
        latent = (math.cos(angle) * own + math.sin(angle) * other).astype(np.float32)
        return self.latents.draw_from(latent, condition, seed)
