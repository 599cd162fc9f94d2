"""Draw with a bundle through onnxruntime, in plain numpy: a denoiser in a few steps, a GAN's generator in one.

R  resolution in px        D  condition        Z  latent
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from duck_and_cover.bundle import Bundle, Sampler
from duck_and_cover.condition import Condition
from duck_and_cover.cover import Cover, Drawn, from_network
from duck_and_cover.errors import BadInput
from duck_and_cover.generation.reach import within_reach
from duck_and_cover.generation.session import Session

__all__ = ["DenoiserEngine", "GeneratorEngine", "OnnxEngine", "engine_on", "follow", "times_of"]

Array = NDArray[np.float32]

_NO_ENGINES = {
    "judge": "a judge, which looks at pictures and draws none",
    "upscaler": "an upscaler, which draws nothing by itself",
}


def engine_on(bundle: Bundle, threads: int = 0) -> OnnxEngine:
    """An engine on a verified bundle, of the kind that its network is; the network is loaded once.

    threads:  for one picture; 0 leaves it to onnxruntime.
    """
    if bundle.family in _NO_ENGINES:
        raise BadInput(f"{bundle.folder}: {_NO_ENGINES[bundle.family]}; name another engine")
    session = Session(bundle, threads)
    return GeneratorEngine(bundle, session) if "z" in session.inputs else DenoiserEngine(bundle, session)


class OnnxEngine:
    """What both kinds share."""

    def __init__(self, bundle: Bundle, session: Session) -> None:
        self.bundle, self.session = bundle, session

    @property
    def name(self) -> str:
        return self.bundle.name

    @property
    def sha256(self) -> str:
        return self.bundle.sha256

    def draw(self, condition: Condition, seed: int) -> Cover:
        """One picture, uint8 (R, R, 3). Each is drawn alone, so its pixels do not depend on what else is asked for."""
        return self.draw_from(self.latent(seed), condition, seed)

    def latent(self, seed: int) -> Array:
        """Where a picture starts: standard normal numbers, (1, Z) or (1, 3, R, R)."""
        raise NotImplementedError

    def draw_from(self, latent: Array, condition: Condition, seed: int) -> Cover:
        """The picture that starts at a latent; `seed` is what its origin will say."""
        raise NotImplementedError


class GeneratorEngine(OnnxEngine):
    """A GAN: one evaluation a picture."""

    def latent(self, seed: int) -> Array:
        """(1, Z)."""
        return np.random.default_rng(seed).standard_normal((1, self.session.inputs["z"][1]), np.float32)

    def draw_from(self, latent: Array, condition: Condition, seed: int) -> Cover:
        """One picture, uint8 (R, R, 3)."""
        asked = self.bundle.encoder.encode(condition)[None]
        (picture,) = self.session.run(["picture"], {"z": latent, "condition": asked})
        return Cover(from_network(picture)[0], Drawn(self.sha256, condition, seed))


class DenoiserEngine(OnnxEngine):
    """A flow-matching denoiser, followed from noise to a picture with guidance."""

    def latent(self, seed: int) -> Array:
        """(1, 3, R, R)."""
        size = self.bundle.resolution_px
        return np.random.default_rng(seed).standard_normal((1, 3, size, size), np.float32)

    def draw_from(self, latent: Array, condition: Condition, seed: int) -> Cover:
        """One picture, uint8 (R, R, 3)."""
        sampler, encoder = self.bundle.sampler, self.bundle.encoder
        within, share = within_reach(encoder.encode(condition), encoder, self.bundle.learned)
        asked = within[None]
        open_ = np.zeros_like(asked)
        amount = np.float32((sampler.guidance - 1.0) * share if asked.any() else 0.0)
        difference = np.zeros_like(latent)

        def velocity(x: Array, t: float, step: int) -> Array:
            nonlocal difference
            conditional = self._velocity(x, t, asked)
            if amount and step % sampler.refresh == 0:
                difference = conditional - self._velocity(x, t, open_)
            return (conditional + amount * difference).astype(np.float32)

        picture = follow(velocity, latent, times_of(sampler))
        return Cover(from_network(picture)[0], Drawn(self.sha256, condition, seed))

    def _velocity(self, x: Array, t: float, condition: Array) -> Array:
        feeds = {"x": x, "t": np.full(len(x), t, np.float32), "condition": condition}
        return self.session.run(["velocity"], feeds)[0]


def times_of(sampler: Sampler) -> NDArray[np.float64]:
    """(S + 1,) times from 1 (noise) to 0 (picture)."""
    even = np.linspace(1.0, 0.0, sampler.steps + 1)
    return (1 + sampler.shift) * even / (1 + sampler.shift * even)


def follow(velocity: Callable[[Array, float, int], Array], noise: Array, times: NDArray[np.float64]) -> Array:
    """Integrate d x / d t = velocity(x, t, step) along `times` by the two-step Adams-Bashforth rule for uneven steps:
    second order for one evaluation a step. Reference: Hairer, Nørsett & Wanner, Solving ODEs I, section III.5.
    """
    x, before, last = noise, None, 0.0
    for step, (now, then) in enumerate(pairwise(times)):
        slope, length = velocity(x, float(now), step), then - now
        ahead = slope if before is None else slope + (slope - before) * np.float32(length / (2 * last))
        x = (x + ahead * np.float32(length)).astype(noise.dtype)
        before, last = slope, length
    return x
