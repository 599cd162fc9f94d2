"""Make art four times as large with the upscaler, through onnxruntime."""

from __future__ import annotations

import numpy as np

from duck_and_cover.bundle import Bundle
from duck_and_cover.cover import Pixels, from_network, to_network
from duck_and_cover.errors import BadInput
from duck_and_cover.generation.session import Session

__all__ = ["Enlarger"]


class Enlarger:
    """An upscaler of a bundle."""

    def __init__(self, bundle: Bundle, threads: int = 0) -> None:
        self.bundle, self.session = bundle, Session(bundle, threads)
        if set(self.session.inputs) != {"noise", "picture"}:
            raise BadInput(f"{bundle.folder}: not an upscaler; it takes {', '.join(self.session.inputs)}")
        self.side_px = int(self.session.inputs["picture"][-1])

    def enlarge(self, art: Pixels, seed: int) -> Pixels:
        """uint8 (r, r, 3) -> (4 r, 4 r, 3); the same seed gives the same texture. r is the one it was made for."""
        if art.shape != (self.side_px, self.side_px, 3):
            raise BadInput(f"art of shape {art.shape}; this upscaler wants {self.side_px} x {self.side_px} x 3")
        noise = np.random.default_rng(seed).standard_normal((1, 1, self.side_px, self.side_px), np.float32)
        (enlarged,) = self.session.run(["enlarged"], {"noise": noise, "picture": to_network(art[None])})
        return from_network(enlarged)[0]
