"""A file as a store receives it: what kind it is, how its pixels are kept, and the pixels."""

from __future__ import annotations

import io
import os
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import ExifTags, Image

from duck_and_cover.cover import FORMATS, Pixels, flattened, has_foreign_colours
from duck_and_cover.errors import BadInput

__all__ = ["Opened", "opened"]

_COLOURS = {"1": "black and white", "L": "grey", "LA": "grey", "La": "grey", "I": "grey", "F": "grey", "CMYK": "CMYK",
            "LAB": "Lab", "HSV": "HSV", "YCbCr": "RGB", "P": "RGB", "PA": "RGB"}  # fmt: skip
"""Pillow's modes as colours; all others hold RGB. A JPEG's YCbCr comes out of the decoder as RGB."""


@dataclass(frozen=True, eq=False)
class Opened:
    """A picture file.

    kind:        as Pillow names it: 'JPEG', 'PNG', 'WEBP' ...
    width_px, height_px: as they are kept in the file, before a camera's note turns them.
    colours:     'RGB', 'grey', 'CMYK' ...;  bits: of a channel, 8 or more (16 bits of a PNG are seen in grey and RGB).
    transparent: whether the file has a way to be transparent, used or not;  turned: its note of another orientation.
    foreign:     whether it names other colours than sRGB;  frames: 1 where nothing moves.
    pixels:      uint8 (H, W, 3) sRGB, upright, of the first frame.
    """

    size_bytes: int
    kind: str
    width_px: int
    height_px: int
    colours: str
    bits: int
    transparent: bool
    turned: bool
    foreign: bool
    frames: int
    pixels: Pixels


def opened(source: bytes | str | os.PathLike[str]) -> Opened:
    """Read a picture file. source: a path, or the file's bytes. Raises BadInput for what is no picture."""
    name = "the bytes given" if isinstance(source, bytes) else str(source)
    try:
        data = source if isinstance(source, bytes) else Path(source).read_bytes()
    except OSError as error:
        raise BadInput(f"{name}: {(error.strerror or str(error)).lower()}; wanted a picture file") from error
    if not data:
        raise BadInput(f"{name}: an empty file; wanted a picture")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a large picture, and of odd notes within a file
            with Image.open(io.BytesIO(data), formats=FORMATS) as file:
                file.load()
                return Opened(
                    size_bytes=len(data),
                    kind=str(file.format),
                    width_px=file.width,
                    height_px=file.height,
                    colours=_COLOURS.get(file.mode.split(";")[0], "RGB"),
                    bits=_bits(file, data),
                    transparent="A" in file.getbands() or "transparency" in file.info,
                    turned=file.getexif().get(ExifTags.Base.Orientation, 1) not in (0, 1),
                    foreign=has_foreign_colours(file),
                    frames=getattr(file, "n_frames", 1),
                    pixels=np.asarray(flattened(file), np.uint8),
                )
    except Exception as error:  # decoders of rare formats raise what they like
        raise BadInput(f"{name}: not a readable picture; wanted {', '.join(FORMATS)}") from error


def _bits(file: Image.Image, data: bytes) -> int:
    if data.startswith(b"\x89PNG") and len(data) > 24:
        return max(8, data[24])  # of IHDR: Pillow reads 16 bits of RGB as 8
    return 16 if file.mode.startswith("I") else 32 if file.mode == "F" else 8
