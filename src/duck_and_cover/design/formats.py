"""Pixels to files: PNG and JPEG with an sRGB profile, 300 dpi, no alpha; and sheets of several pictures."""

from __future__ import annotations

import io
import os
import secrets
import struct
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, PngImagePlugin

from duck_and_cover.errors import BadInput, CannotWrite

__all__ = ["check_target", "contact_sheet", "encoded", "save", "srgb_profile", "write"]

SUFFIXES = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".svg": "SVG"}
"""File endings and what they mean."""

DPI = 300
JPEG_QUALITY = 92
_PNG_LEVEL = 1


@cache
def srgb_profile() -> bytes:
    """The ICC profile of sRGB, with a fixed date, so that the same cover is the same file."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[24:36] = struct.pack(">6H", 2026, 1, 1, 0, 0, 0)  # ICC.1:2022, table 19: date and time of creation
    return bytes(profile)


def encoded(
    pixels: NDArray[np.uint8], kind: str, metadata: Mapping[str, str] | None = None, *, dpi: int = DPI
) -> bytes:
    """A picture as the bytes of a file.

    pixels:   uint8 (H, W, 3) sRGB.
    kind:     'PNG' or 'JPEG'.
    metadata: words to write beside the pixels; PNG takes all as text chunks, JPEG a comment.
    """
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3:
        raise BadInput(f"pixels are {pixels.dtype} of shape {pixels.shape}; wanted uint8 (H, W, 3)")
    picture = Image.fromarray(np.ascontiguousarray(pixels))
    out = io.BytesIO()
    common = {"icc_profile": srgb_profile(), "dpi": (dpi, dpi)}
    if kind == "PNG":
        info = PngImagePlugin.PngInfo()
        for key, value in (metadata or {}).items():
            info.add_itxt(key, str(value))
        picture.save(out, "PNG", compress_level=_PNG_LEVEL, pnginfo=info, **common)
    else:
        comment = "\n".join(f"{key}: {value}" for key, value in (metadata or {}).items()).encode()
        picture.save(out, "JPEG", quality=JPEG_QUALITY, subsampling=0, comment=comment[:65000], **common)
    return out.getvalue()


def check_target(path: str | os.PathLike[str]) -> tuple[Path, str]:
    """The path and the kind of file its ending asks for, before any work is done on the picture.

    Raises BadInput for another ending, CannotWrite where the folder is missing or closed.
    """
    target = Path(path)
    folder = target.parent
    try:  # a folder that may not be entered, or a name that is too long, cannot even be looked at
        if target.is_dir():
            raise CannotWrite(f"{target} is a folder; choose a file name in it")
        kind = SUFFIXES.get(target.suffix.lower())
        if kind is None:
            found = target.suffix or "no ending"
            raise BadInput(f"{target.name}: pictures end in {', '.join(SUFFIXES)}; found {found}")
        if not folder.is_dir():
            raise CannotWrite(f"{target}: the folder {folder} does not exist; make it or choose another")
    except OSError as error:
        raise CannotWrite(f"{target}: {error.strerror or error}; choose another file name or folder") from error
    if not os.access(folder, os.W_OK):
        raise CannotWrite(f"{target}: the folder {folder} cannot be written to; choose another")
    return target, kind


def save(pixels: NDArray[np.uint8], path: str | os.PathLike[str], metadata: Mapping[str, str] | None = None) -> Path:
    """Write a picture; the ending of the path says PNG or JPEG.

    Written beside its target and renamed, so that a file under that name is always whole.
    Returns the path. Raises BadInput for another ending, CannotWrite where the folder is missing or closed.

    >>> save(np.zeros((8, 8, 3), np.uint8), "black.png").name  # doctest: +SKIP
    'black.png'
    """
    target, kind = check_target(path)
    if kind == "SVG":
        raise BadInput(f"{target.name}: pixels alone make no SVG; save the sleeve, or choose .png or .jpg")
    return write(target, encoded(pixels, kind, metadata))


def write(target: Path, data: bytes) -> Path:
    """Write a file beside its target and rename it. Raises CannotWrite."""
    folder = target.parent
    beside = folder / f".{secrets.token_hex(8)}.part"  # no part of the target's name, which may be as long as allowed
    try:
        with beside.open("xb") as file:
            file.write(data)
        beside.replace(target)
    except OSError as error:
        beside.unlink(missing_ok=True) if os.access(folder, os.W_OK) else None
        raise CannotWrite(f"{target}: {error.strerror or error}; choose another folder") from error
    return target


def contact_sheet(
    pictures: Sequence[NDArray[np.uint8]], columns: int = 4, *, gap: float = 0.03, ground: int = 24
) -> NDArray[np.uint8]:
    """Several square pictures of one size on one dark sheet, row by row.

    columns: at most so many side by side. gap: white between them, share of a picture. Returns uint8 (H, W, 3).
    """
    if not pictures or columns < 1:
        raise BadInput(f"{len(pictures)} pictures in {columns} columns; a sheet wants at least one of each")
    side = pictures[0].shape[0]
    if any(p.shape != (side, side, 3) or p.dtype != np.uint8 for p in pictures):
        raise BadInput("the pictures of a sheet must be square, uint8 RGB and of one size")
    columns = min(columns, len(pictures))
    rows = -(-len(pictures) // columns)
    pad = max(1, round(side * gap))
    step = side + pad
    sheet = np.full((rows * step + pad, columns * step + pad, 3), ground, np.uint8)
    for i, picture in enumerate(pictures):
        y, x = pad + (i // columns) * step, pad + (i % columns) * step
        sheet[y : y + side, x : x + side] = picture
    return sheet
