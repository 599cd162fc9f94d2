"""Drawn pictures, encoded as the real ones were before anything compares them: compression leaves marks of its own.

Our covers are WebP of 256 px; pictures that are larger are encoded at their own size.

Reference: Parmar et al. 2022 (arXiv:2104.11222), who find that the quality of JPEG alone moves FID.
"""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from duck_and_cover.cover import Pixels, resized

__all__ = ["as_published"]

PUBLISHED_PX = 256
QUALITY = 82  # at which covers of our data come out at their own size again


def as_published(pictures: Pixels) -> Pixels:
    """Enlarged to 256 px where smaller, through WebP, made small again. uint8 (N, R, R, 3) -> the same shape."""
    return np.stack([_through_webp(picture) for picture in pictures])


def _through_webp(picture: Pixels) -> Pixels:
    buffer, side = io.BytesIO(), len(picture)
    Image.fromarray(resized(picture, max(PUBLISHED_PX, side))).save(buffer, "WEBP", quality=QUALITY)
    with Image.open(buffer) as encoded:
        return resized(np.asarray(encoded.convert("RGB")), side)
