"""A picture of one's own in the place of a network's art: an engine that always gives what a file holds."""

from __future__ import annotations

import hashlib
from pathlib import Path

from PIL import Image

from duck_and_cover.condition import Condition
from duck_and_cover.cover import FORMATS, Cover, Drawn, Pixels, read_pixels, resized
from duck_and_cover.errors import BadInput

__all__ = ["LARGEST_PX", "LONGEST", "SMALLEST_PX", "PhotographEngine"]

SMALLEST_PX = 64
LARGEST_PX = 3000
"""Larger pictures are reduced to this side: no finish keeps more."""

LONGEST = 4.0
"""Sides that differ by more than this leave too little when the middle square is taken."""


class PhotographEngine:
    """The middle square of a picture file. Raises `BadInput` where it is none, or too small, or too long to be square.

    name:    of the file.    sha256:  of its bytes.
    """

    def __init__(self, path: Path) -> None:
        try:
            data = path.read_bytes()
        except OSError as error:
            raise BadInput(f"{path}: cannot be read ({error.strerror or error})") from error
        _check_shape(path)
        self.name, self.sha256 = path.name, hashlib.sha256(data).hexdigest()
        pixels = read_pixels(data)
        self._pixels: Pixels = pixels if len(pixels) <= LARGEST_PX else resized(pixels, LARGEST_PX)

    def draw(self, condition: Condition, seed: int) -> Cover:
        """The picture, whatever is asked."""
        return Cover(self._pixels, Drawn(self.sha256, condition, seed))


def _check_shape(path: Path) -> None:
    try:
        with Image.open(path, formats=FORMATS) as file:
            width, height = file.size
    except Exception as error:  # decoders of rare formats raise what they like
        raise BadInput(f"{path}: not a readable picture ({error})") from error
    if min(width, height) < SMALLEST_PX:
        raise BadInput(f"{path}: is {width} x {height} px; wanted {SMALLEST_PX} px or more on the shorter side")
    if max(width, height) > LONGEST * min(width, height):
        raise BadInput(
            f"{path}: is {width} x {height} px, and a cover shows its middle square; "
            f"wanted sides that differ by {LONGEST:g} times at most: crop it first"
        )
