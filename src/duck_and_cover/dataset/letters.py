"""Art without its lettering, so that networks learn the art and not gibberish.

Every line of text is marked with a box (`ocr.py`). Training fills the boxes from their surroundings and hardly counts
the error inside them; type is set later, as vectors. Where lettering covers too much, nothing but invention would be
left, and the cover is not shown.

    R  resolution in px        boxes are (left, top, right, bottom) in cover units, 0 to 1
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from duck_and_cover.cover import Pixels
from duck_and_cover.errors import BadInput

__all__ = ["MOST_COVERED", "Box", "covered", "grown", "letter_mask", "load_letters", "read_lines", "without_letters"]

Box = tuple[float, float, float, float]

MOST_COVERED = 0.4
"""Covers of which lettering covers more are left out where art alone is learned."""

_GROWTH = 0.22


def grown(box: Box) -> Box:
    """A box with room for swashes, shadows and outlines on all sides, within the cover."""
    left, top, right, bottom = box
    grow = _GROWTH * min(right - left, bottom - top) + 0.006
    left, top = max(0.0, left - grow), max(0.0, top - grow)
    right, bottom = min(1.0, right + grow), min(1.0, bottom + grow)
    return round(left, 4), round(top, 4), round(right, 4), round(bottom, 4)


def covered(boxes: Iterable[Box]) -> float:
    """The share of a cover that lettering covers, 0 to 1."""
    return float(letter_mask(boxes, 64).mean())


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a file of lettering, `id` and `boxes` in each; a torn last line is left out.

    Raises `BadInput` for a file that is none, with the number of the line.
    """
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if not line.endswith(b"\n"):
                return
            try:
                row = json.loads(line)
                row["id"], row["boxes"] = (
                    str(row["id"]),
                    [tuple(map(float, (a, b, c, d))) for a, b, c, d in row["boxes"]],
                )
            except (ValueError, KeyError, TypeError) as error:
                raise BadInput(f"{path}:{number}: not a line of letter boxes ({error})") from error
            yield row


def load_letters(path: Path) -> dict[str, list[Box]]:
    """id -> boxes of a file that `lettering/finding.py` wrote."""
    return {row["id"]: row["boxes"] for row in read_lines(path)}


def letter_mask(boxes: Iterable[Box], resolution_px: int) -> NDArray[np.bool_]:
    """(R, R), true where a pixel is touched by lettering."""
    mask = np.zeros((resolution_px, resolution_px), bool)
    for left, top, right, bottom in boxes:
        rows = slice(int(top * resolution_px), int(np.ceil(bottom * resolution_px)))
        columns = slice(int(left * resolution_px), int(np.ceil(right * resolution_px)))
        mask[rows, columns] = True
    return mask


def without_letters(pixels: Pixels, mask: NDArray[np.bool_]) -> Pixels:
    """`pixels` with the masked part filled from its surroundings: pull-push, coarse to fine, seamless and without
    invention. Reference: Gortler et al. 1996, "The Lumigraph", section 3.4.
    """
    if not mask.any() or mask.all():
        return pixels
    weight = (~mask).astype(np.float32)
    levels: list[tuple[NDArray[Any], NDArray[Any]]] = [(pixels.astype(np.float32) * weight[..., None], weight)]
    while levels[-1][1].shape[0] > 1:
        colour, known = levels[-1]
        size = max(1, known.shape[0] // 2)
        colour = cv2.resize(colour, (size, size), interpolation=cv2.INTER_AREA)
        known = cv2.resize(known, (size, size), interpolation=cv2.INTER_AREA)
        scale = np.minimum(1.0, 4.0 * known) / np.maximum(known, 1e-6)  # saturate: a known quarter is enough
        levels.append((colour * scale[..., None], known * scale))
    fill = levels[-1][0] / np.maximum(levels[-1][1][..., None], 1e-6)
    for colour, known in reversed(levels[:-1]):
        fill = cv2.resize(fill, known.shape[::-1], interpolation=cv2.INTER_LINEAR)
        fill = colour + fill * (1.0 - known[..., None])
    return np.where(mask[..., None], np.clip(fill, 0, 255).round().astype(np.uint8), pixels)
