"""The eye for words: PP-OCR, carried in the `rapidocr` wheel (Apache-2.0), asked at two sizes.

Small type needs the larger picture, lettering as wide as the cover the smaller one. What it marks is kept for filling
in even where it cannot be read.

    boxes are (left, top, right, bottom) in cover units, 0 to 1
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from duck_and_cover.cover import Pixels, resized
from duck_and_cover.dataset.letters import Box
from duck_and_cover.errors import MissingExtra

__all__ = ["Eye", "Read", "eye", "is_lettering", "reader"]

SMALL_PX, LARGE_PX, PAGE_PX = 256, 448, 1280
LEAST_SCORE = 0.5
"""Below this the words are guesses; the box counts all the same."""

_SAME = 0.5
_WIDER, _NARROWER, _HUGE = 2.2, 3.0, 0.30


@dataclass(frozen=True)
class Read:
    """A line of lettering. text: "" where it could not be read; score: how sure, 0 to 1."""

    box: Box
    text: str = ""
    score: float = 0.0


Eye = Callable[[Pixels], list[Read]]
"""uint8 (H, H, 3) -> the lettering on it."""


@functools.cache
def eye(threads: int = 0) -> Eye:
    """The eye of this process. threads: 0 for as many as there are cores. Raises `MissingExtra`."""
    try:
        from rapidocr import RapidOCR
    except ImportError as error:
        raise MissingExtra("finding letters", "gather") from error

    def engine(side: int) -> Any:
        params = {"Global.log_level": "error", "Global.text_score": 0.0, "Det.limit_side_len": side,
                  "Det.limit_type": "max",
                  "EngineConfig.onnxruntime.intra_op_num_threads": threads or -1}  # fmt: skip
        return RapidOCR(params=params)

    small, large = engine(SMALL_PX), engine(LARGE_PX)

    def look(pixels: Pixels) -> list[Read]:
        picture = cv2.cvtColor(resized(pixels, LARGE_PX), cv2.COLOR_RGB2BGR)
        found = _reads(large(picture, use_det=True, use_cls=False, use_rec=True))
        reply = small(cv2.cvtColor(resized(pixels, SMALL_PX), cv2.COLOR_RGB2BGR), use_det=True, use_cls=False,
                      use_rec=False)  # fmt: skip
        for corners in () if reply.boxes is None else reply.boxes:
            box = _box(np.asarray(corners, float) / SMALL_PX)
            if is_lettering(box) and all(_overlap(box, other.box) < _SAME for other in found):
                found.append(_read_alone(large, picture, box))
        return [each for each in found if is_lettering(each.box)]

    return look


@functools.cache
def reader(side_px: int = PAGE_PX) -> Eye:
    """Reads every line of a picture of any shape, small print too; slower than `eye`. Raises `MissingExtra`.

    side_px: of the longer side, at which it is read.
    """
    try:
        from rapidocr import RapidOCR
    except ImportError as error:
        raise MissingExtra("reading words", "gather") from error
    engine = RapidOCR(params={"Global.log_level": "error", "Global.text_score": 0.0, "Det.limit_side_len": side_px,
                              "Det.limit_type": "max"})  # fmt: skip

    def look(pixels: Pixels) -> list[Read]:
        scale = min(1.0, side_px / max(pixels.shape[:2]))
        small = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        reply = engine(cv2.cvtColor(small, cv2.COLOR_RGB2BGR), use_det=True, use_cls=False, use_rec=True)
        return [each for each in _reads(reply, (small.shape[1], small.shape[0])) if each.text]

    return look


def _reads(reply: Any, sides_px: tuple[int, int] = (LARGE_PX, LARGE_PX)) -> list[Read]:
    if reply.boxes is None:
        return []
    texts = reply.txts or ("",) * len(reply.boxes)
    scores = reply.scores or (0.0,) * len(reply.boxes)
    boxes = (_box(np.asarray(corners, float) / sides_px) for corners in reply.boxes)
    return [_read(box, text, score) for box, text, score in zip(boxes, texts, scores, strict=True)]


def _read(box: Box, text: str, score: float) -> Read:
    text = " ".join(text.split())
    return Read(box, text, round(float(score), 3)) if text and score >= LEAST_SCORE else Read(box)


def _read_alone(engine: Any, picture: NDArray[Any], box: Box) -> Read:
    """Lettering that only the smaller picture shows, read from the larger one."""
    left, top, right, bottom = (round(edge * LARGE_PX) for edge in box)
    cut = picture[max(0, top) : bottom + 1, max(0, left) : right + 1]
    if min(cut.shape[:2]) < 8:
        return Read(box)
    reply = engine(cut, use_det=False, use_cls=False, use_rec=True)
    if not reply.txts:
        return Read(box)
    return _read(box, reply.txts[0], (reply.scores or (0.0,))[0])


def _box(corners: NDArray[np.float64]) -> Box:
    (left, top), (right, bottom) = np.clip(corners.min(0), 0, 1), np.clip(corners.max(0), 0, 1)
    return round(float(left), 4), round(float(top), 4), round(float(right), 4), round(float(bottom), 4)


def is_lettering(box: Box) -> bool:
    """Not so where a box is large and compact: the eye takes smooth blobs for one huge letter."""
    width, height = box[2] - box[0], box[3] - box[1]
    return height < _HUGE or width > _WIDER * height or height > _NARROWER * width


def _overlap(one: Box, other: Box) -> float:
    """The share of the smaller box that lies within the other."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    if width <= 0 or height <= 0:
        return 0.0
    least = min((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other))
    return width * height / max(least, 1e-9)
