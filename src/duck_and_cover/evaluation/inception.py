"""Inception's features of pictures, from a file of weights that the user has: what others' FIDs are measured in.

The file is the TorchScript network that came with StyleGAN (`inception-2015-12-05.pt`, also in clean-fid's cache): it
takes uint8 pictures of any size, makes them 299 px itself and gives 2,048 features. None ships here.

    N  pictures    R  resolution in px    F  features

References: Heusel et al. 2017 (arXiv:1706.08500); Parmar et al. 2022 (arXiv:2104.11222), why the very file matters.
"""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from duck_and_cover.cover import Pixels
from duck_and_cover.errors import BadInput

__all__ = ["Inception"]

FEATURES = 2048
_BATCH = 32


class Inception:
    """The network of a file. Raises `BadInput` where it is no TorchScript, or another network than Inception."""

    def __init__(self, weights: Path) -> None:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)  # torch's own word for TorchScript
                self._network = torch.jit.load(str(weights), map_location="cpu").eval()
        except (RuntimeError, OSError, ValueError) as error:
            raise BadInput(f"{weights}: not a TorchScript network; wanted inception-2015-12-05.pt") from error
        self._weights = weights

    @torch.no_grad()
    def features(self, pictures: Pixels) -> NDArray[np.float32]:
        """uint8 (N, R, R, 3) -> (N, 2048)."""
        found = []
        for start in range(0, len(pictures), _BATCH):
            block = torch.from_numpy(np.ascontiguousarray(pictures[start : start + _BATCH].transpose(0, 3, 1, 2)))
            try:
                features = self._network(block, return_features=True)
            except (RuntimeError, TypeError) as error:
                raise BadInput(f"{self._weights}: does not take pictures as inception-2015-12-05.pt does") from error
            found.append(features.float().numpy())
        result = np.concatenate(found)
        if result.shape != (len(pictures), FEATURES):
            raise BadInput(f"{self._weights}: gives {result.shape[1:]} features; Inception's are {FEATURES}")
        return result
