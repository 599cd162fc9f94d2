"""Make art four times as large with the upscaler, through onnxruntime."""

from __future__ import annotations

import numpy as np
import onnxruntime

from duck_and_cover.bundle import Bundle
from duck_and_cover.cover import Pixels, from_network, to_network
from duck_and_cover.errors import BadInput, DamagedBundle

__all__ = ["Enlarger"]


class Enlarger:
    """An upscaler of a bundle."""

    def __init__(self, bundle: Bundle, threads: int = 0) -> None:
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.intra_op_num_threads = threads
        try:
            self.session = onnxruntime.InferenceSession(bundle.model, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime raises its own classes for files it cannot read
            raise DamagedBundle(f"{bundle.model}: onnxruntime cannot open it ({error})") from error
        sides = {given.name: given.shape[-1] for given in self.session.get_inputs()}
        if set(sides) != {"noise", "picture"}:
            raise BadInput(f"{bundle.folder}: not an upscaler; it takes {', '.join(sides)}")
        self.bundle, self.side_px = bundle, int(sides["picture"])

    def enlarge(self, art: Pixels, seed: int) -> Pixels:
        """uint8 (r, r, 3) -> (4 r, 4 r, 3); the same seed gives the same texture. r is the one it was made for."""
        if art.shape != (self.side_px, self.side_px, 3):
            raise BadInput(f"art of shape {art.shape}; this upscaler wants {self.side_px} x {self.side_px} x 3")
        noise = np.random.default_rng(seed).standard_normal((1, 1, self.side_px, self.side_px), np.float32)
        found = self.session.run(["enlarged"], {"noise": noise, "picture": to_network(art[None])})
        return from_network(np.asarray(found[0], np.float32))[0]
