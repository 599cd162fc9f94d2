"""Find lettering on covers, so that networks learn the art and not gibberish.

A text detector (PP-OCR, carried in the `rapidocr` wheel, Apache-2.0) marks each line of text with a box. Training
then fills the boxes from their surroundings and hardly counts the error inside them; type is set later, as vectors.

    N  number of covers        R  resolution in px        boxes are (left, top, right, bottom) in cover units, 0 to 1
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from duck_and_cover.cover import Cover, Found, Pixels, resized
from duck_and_cover.errors import BadInput, MissingExtra

__all__ = [
    "Box",
    "Detector",
    "detector",
    "find_letters",
    "letter_boxes",
    "letter_mask",
    "load_letters",
    "save_letters",
    "without_letters",
]

Box = tuple[float, float, float, float]
Detector = Callable[[Pixels], list[Box]]
_SCALES_PX = (256, 448)  # small type needs the larger picture, lettering as wide as the cover the smaller
_GROWTH = 0.22  # of a box's height, on all sides: swashes, shadows, outlines


def detector() -> Detector:
    """The detector of `rapidocr`, run at two scales; returns grown boxes in cover units."""
    try:
        from rapidocr import RapidOCR
    except ImportError as error:
        raise MissingExtra("finding letters", "gather") from error
    engines = [
        RapidOCR(params={"Global.log_level": "error", "Det.limit_side_len": px, "Det.limit_type": "max"})
        for px in _SCALES_PX
    ]

    def detect(pixels: Pixels) -> list[Box]:
        found: list[Box] = []
        for size_px, engine in zip(_SCALES_PX, engines, strict=True):
            picture = cv2.cvtColor(resized(pixels, size_px), cv2.COLOR_RGB2BGR)
            reply: Any = engine(picture, use_det=True, use_cls=False, use_rec=False)
            if reply.boxes is not None:
                found += [_grown(np.asarray(corners, float) / size_px) for corners in reply.boxes]
        return found

    return detect


def _grown(corners: NDArray[np.float64]) -> Box:
    left, top = corners.min(0)
    right, bottom = corners.max(0)
    grow = _GROWTH * min(right - left, bottom - top) + 0.006
    left, top = max(0.0, left - grow), max(0.0, top - grow)
    right, bottom = min(1.0, right + grow), min(1.0, bottom + grow)
    return round(left, 4), round(top, 4), round(right, 4), round(bottom, 4)


def letter_boxes(pixels: Pixels, detect: Detector) -> list[Box]:
    """Boxes of lettering; large compact ones are left out: the detector takes smooth blobs for one huge letter."""
    boxes = detect(pixels)
    return [(a, b, c, d) for a, b, c, d in boxes if (d - b) < 0.30 or (c - a) > 2.2 * (d - b) or (d - b) > 3 * (c - a)]


def find_letters(covers: Iterable[Cover], detect: Detector | None = None) -> Iterator[tuple[str, list[Box]]]:
    """(id, boxes) of each real cover, in order."""
    detect = detect or detector()
    for cover in covers:
        if not isinstance(cover.origin, Found):
            raise BadInput("letters are looked for on real covers only")
        yield cover.origin.id, letter_boxes(cover.pixels, detect)


def save_letters(found: Iterable[tuple[str, list[Box]]], path: Path) -> None:
    """One JSON line a cover, beside the target and renamed when complete."""
    partial = path.with_name(path.name + ".partial")
    with partial.open("w", encoding="utf-8") as file:
        for id, boxes in found:
            file.write(json.dumps({"id": id, "boxes": boxes}) + "\n")
    partial.replace(path)


def load_letters(path: Path) -> dict[str, list[Box]]:
    """id -> boxes, as `save_letters` wrote them."""
    found: dict[str, list[Box]] = {}
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        try:
            row = json.loads(line)
            found[row["id"]] = [(float(a), float(b), float(c), float(d)) for a, b, c, d in row["boxes"]]
        except (ValueError, KeyError, TypeError) as error:
            raise BadInput(f"{path}:{number}: not a line of letter boxes ({error})") from error
    return found


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
