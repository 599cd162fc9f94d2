"""What a viewer sees first in a picture: where it is busy, what stands out, and whether a face looks back.

Layouts ask this before they put words down. All maps lie on the picture as a square, `CELLS` to a side.

    C  CELLS

References: Achanta et al. 2009, "Frequency-tuned salient region detection" (distance from the mean colour); Itti, Koch
& Niebur 1998, "A model of saliency-based visual attention" (centre against surround); Viola & Jones 2001 (faces; the
trained cascade is part of OpenCV).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from duck_and_cover.colour import srgb_to_oklab
from duck_and_cover.design.shapes.outline import Box

__all__ = ["CELLS", "View", "see"]

CELLS = 60
_FACE_PX = 240
_FACE_LEAST = 0.1
_SEARCHED_PX = 300
"""In pictures smaller than this a face would be a few pixels, and the art of networks has none."""

_SURROUNDS = ((1.0, 5.0), (2.0, 10.0))
"""Centre and surround of a receptive field, in cells."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class View:
    """detail:    (C, C) restlessness: steps of tone and their spread; 0 is calm, 0.3 a crowd.
    salience:  (C, C) how much of the looking goes there, summing to 1; faces draw a third of it.
    faces:     boxes of faces that look back, largest first.
    """

    detail: Floats
    salience: Floats
    faces: tuple[Box, ...]

    def unrest(self, box: Box) -> float:
        """Mean restlessness inside a box."""
        return float(self._part(self.detail, box).mean())

    def attention(self, box: Box) -> float:
        """Share of the looking that goes into a box, 0 to 1."""
        return float(self._part(self.salience, box).sum())

    def _part(self, map_: Floats, box: Box) -> Floats:
        left, top, right, bottom = (min(max(round(v * CELLS), 0), CELLS) for v in box)
        top, left = min(top, CELLS - 1), min(left, CELLS - 1)
        return map_[top : max(bottom, top + 1), left : max(right, left + 1)]


def see(art: NDArray[np.uint8]) -> View:
    """Look at a picture, uint8 (H, W, 3) sRGB. The same picture gives the same view."""
    small = np.asarray(cv2.resize(art, (CELLS, CELLS), interpolation=cv2.INTER_AREA), np.uint8)
    found = _faces(art)
    return View(_detail(small), _salience(small, found), found)


def _detail(small: NDArray[np.uint8]) -> Floats:
    """Gradient energy and local spread of tone."""
    tone = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    edge = cv2.magnitude(cv2.Sobel(tone, cv2.CV_32F, 1, 0), cv2.Sobel(tone, cv2.CV_32F, 0, 1))
    mean, square = cv2.blur(tone, (9, 9)), cv2.blur(tone * tone, (9, 9))
    return np.asarray(0.25 * edge + np.sqrt(np.maximum(square - mean * mean, 0)), np.float32)


def _salience(small: NDArray[np.uint8], faces: tuple[Box, ...]) -> Floats:
    lab = srgb_to_oklab(small.astype(np.float32) / 255) * np.array([1.0, 2.0, 2.0], np.float32)
    away = np.linalg.norm(cv2.GaussianBlur(lab, (0, 0), 1.0) - lab.reshape(-1, 3).mean(0), axis=2)
    fields = [
        np.linalg.norm(cv2.GaussianBlur(lab, (0, 0), centre) - cv2.GaussianBlur(lab, (0, 0), surround), axis=2)
        for centre, surround in _SURROUNDS
    ]
    at = (np.arange(CELLS) + 0.5) / CELLS - 0.5
    central = 0.4 + 0.6 * np.exp(-(at[:, None] ** 2 + at[None, :] ** 2) / (2 * 0.3**2))  # people look there first
    drawn = sum(each / max(float(each.max()), 1e-3) for each in (away, *fields)) * central
    drawn = np.maximum(drawn - np.median(drawn), 0) + 1e-3
    share = drawn / drawn.sum()
    if faces:
        face = np.zeros_like(share)
        for left, top, right, bottom in faces:
            face[round(top * CELLS) : round(bottom * CELLS), round(left * CELLS) : round(right * CELLS)] = 1
        face = cv2.GaussianBlur(face, (0, 0), 1.5)
        share = share * (2 / 3) + face / max(float(face.sum()), 1e-6) / 3
    return np.asarray(share, np.float32)


def _faces(art: NDArray[np.uint8]) -> tuple[Box, ...]:
    """Boxes of faces in a picture; those smaller than a tenth of its side are a crowd, not a portrait."""
    tall, wide = art.shape[:2]
    if min(tall, wide) < _SEARCHED_PX:
        return ()
    scale = _FACE_PX / max(tall, wide)
    grey = cv2.cvtColor(art, cv2.COLOR_RGB2GRAY)
    grey = cv2.resize(grey, (max(1, round(wide * scale)), max(1, round(tall * scale))), interpolation=cv2.INTER_AREA)
    least = round(_FACE_LEAST * _FACE_PX)
    found = _cascade().detectMultiScale(cv2.equalizeHist(grey), 1.15, 7, minSize=(least, least))
    boxes = [(x / grey.shape[1], y / grey.shape[0], (x + w) / grey.shape[1], (y + h) / grey.shape[0])
             for x, y, w, h in found]  # fmt: skip
    return tuple(sorted(boxes, key=lambda box: box[0] - box[2]))


@cache
def _cascade() -> cv2.CascadeClassifier:
    return cv2.CascadeClassifier(str(Path(cv2.__file__).parent / "data" / "haarcascade_frontalface_alt2.xml"))
