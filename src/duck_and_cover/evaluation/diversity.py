"""MS-SSIM diversity: how alike are two drawn pictures, on average? It tells a collapse, and little else.

    N  pictures    R  resolution in px

Reference: Odena et al. 2017 (arXiv:1610.09585), section 4.2, for the use; Wang et al. 2003 for the measure, here over
as many of its five scales as a picture has.
"""

from __future__ import annotations

import numpy as np
import torch
from torchmetrics.functional.image import multiscale_structural_similarity_index_measure

from duck_and_cover.cover import Pixels, to_network
from duck_and_cover.errors import BadInput, TooFewPictures

__all__ = ["FEWEST", "likeness"]

FEWEST = 20
_WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
_SIGMA_PX, _WINDOW_PX = 1.0, 9


def likeness(pictures: Pixels, *, pairs: int = 1000, seed: int = 0) -> tuple[float, float]:
    """Mean MS-SSIM of random pairs and its standard error. uint8 (N, R, R, 3); 1 where all are one picture.

    Raises `TooFewPictures` below 20, `BadInput` below 32 px.
    """
    if len(pictures) < FEWEST:
        raise TooFewPictures("MS-SSIM diversity", len(pictures), FEWEST)
    scales = 0
    while scales < len(_WEIGHTS) and pictures.shape[1] >> scales > _WINDOW_PX + 4:
        scales += 1
    if scales < 2:
        raise BadInput(f"pictures of {pictures.shape[1]} px; MS-SSIM wants 32 or more")
    weights = tuple(w / sum(_WEIGHTS[:scales]) for w in _WEIGHTS[:scales])
    rng = np.random.default_rng(seed)
    one = rng.integers(0, len(pictures), pairs)
    other = (one + rng.integers(1, len(pictures), pairs)) % len(pictures)
    found = []
    for rows in np.array_split(np.arange(pairs), max(1, pairs // 100)):
        a, b = (torch.from_numpy(to_network(pictures[which[rows]])) / 2 + 0.5 for which in (one, other))
        values = multiscale_structural_similarity_index_measure(
            a, b, sigma=_SIGMA_PX, betas=weights, data_range=1.0, reduction="none", normalize="relu"
        )
        found.append(torch.as_tensor(values).numpy())
    each = np.concatenate(found)
    return float(each.mean()), float(each.std() / pairs**0.5)
