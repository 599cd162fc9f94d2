"""Pixels to files: PNG and JPEG with an sRGB profile, 300 dpi, no alpha; and sheets of several pictures.

What a file's ending may be, and how any file is written, is here as well; `vector` and `pdf` make what it holds.
"""

from __future__ import annotations

import contextlib
import io
import os
import secrets
import struct
from collections.abc import Mapping, Sequence
from functools import cache
from numbers import Integral
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, PngImagePlugin

from duck_and_cover.design.files.about import clean, xmp
from duck_and_cover.design.files.segments import segments
from duck_and_cover.errors import BadInput, CannotWrite

__all__ = [
    "DPI",
    "artwork_beside",
    "check_target",
    "contact_sheet",
    "encoded",
    "save",
    "srgb_profile",
    "write",
    "write_together",
]

SUFFIXES = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".svg": "SVG", ".pdf": "PDF"}
"""File endings and what they mean."""

DPI = 300
JPEG_QUALITY = 92
_LADDER = ((0, 75, 95), (2, 40, 95))
"""How a JPEG is brought within a budget: Pillow's subsampling (0 is 4:4:4, 2 is 4:2:0), least and best quality."""
_WORDS_SHARE = 0.1
"""Of a JPEG's budget that all words beside the picture may take; where they take more, the briefest are told."""
_PNG_LEVEL = 1
XMP_KEYWORD = "XML:com.adobe.xmp"
"""Of the text chunk of a PNG that holds XMP: ISO 16684-3, PNG."""


@cache
def srgb_profile() -> bytes:
    """The ICC profile of sRGB, with a fixed date, so that the same cover is the same file."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[24:36] = struct.pack(">6H", 2026, 1, 1, 0, 0, 0)  # ICC.1:2022, table 19: date and time of creation
    return bytes(profile)


def encoded(
    pixels: NDArray[np.uint8],
    kind: str,
    metadata: Mapping[str, str] | None = None,
    *,
    dpi: int = DPI,
    most_bytes: int | None = None,
) -> bytes:
    """A picture as the bytes of a file.

    pixels:     uint8 (H, W, 3) sRGB.
    kind:       'PNG' or 'JPEG'.
    metadata:   words to write beside the pixels, named as in `about`: a PNG takes them as text chunks and XMP, a JPEG
        as EXIF, XMP, records of IPTC and a comment.
    most_bytes: of a JPEG, all included. The best that fits is taken: full colour resolution (4:4:4) at quality 95 to
        75, then half (4:2:0) at 95 to 40. None takes 4:4:4 at 92.
    Raises BadInput for other pixels, a budget for a PNG, and a budget that quality 40 does not meet.
    """
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3:
        raise BadInput(f"pixels are {pixels.dtype} of shape {pixels.shape}; wanted uint8 (H, W, 3)")
    if most_bytes is not None:
        _check_budget(most_bytes, kind)
    picture = Image.fromarray(np.ascontiguousarray(pixels))
    common: dict[str, Any] = {"icc_profile": srgb_profile(), "dpi": (dpi, dpi)}
    if kind == "PNG":
        info = PngImagePlugin.PngInfo()
        for key, value in (metadata or {}).items():
            info.add_itxt(key, clean(value))
        if metadata:
            info.add_itxt(XMP_KEYWORD, xmp(metadata, "image/png"))
        return _saved(picture, "PNG", compress_level=_PNG_LEVEL, pnginfo=info, **common)
    told = metadata or {}
    words = segments(told)
    comment = "\n".join(f"{key}: {value}" for key, value in told.items()).encode(errors="ignore")[:65000]
    if most_bytes is not None and len(words) + len(comment) > most_bytes * _WORDS_SHARE:
        words, comment = segments(told, briefly=True), b""
    common |= {"comment": comment, "extra": words}
    if most_bytes is None:
        return _saved(picture, "JPEG", quality=JPEG_QUALITY, subsampling=0, **common)
    return _within(picture, most_bytes, common)


def _saved(picture: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def _within(picture: Image.Image, most_bytes: int, options: Mapping[str, Any]) -> bytes:
    """The best JPEG of at most so many bytes; its size grows with the quality, so that bisection finds it."""
    least = b""
    for subsampling, low, high in _LADDER:
        best = None
        while low <= high:
            quality = (low + high) // 2
            data = _saved(picture, "JPEG", quality=quality, subsampling=subsampling, **options)
            if len(data) <= most_bytes:
                best, low = data, quality + 1
            else:
                least, high = data, quality - 1  # ends at the least quality where nothing fits
        if best is not None:
            return best
    raise BadInput(f"{most_bytes} bytes hold no JPEG of {picture.width} px: at the least quality it has {len(least)}; "
                   "allow more bytes or make it smaller")  # fmt: skip


def _check_budget(most_bytes: int, kind: str) -> None:
    if isinstance(most_bytes, bool) or not isinstance(most_bytes, Integral) or most_bytes < 1:
        raise BadInput(f"a budget of {most_bytes!r} bytes; wanted a whole number, 1 or more")
    if kind != "JPEG":
        raise BadInput(f"a budget of bytes is for JPEG alone; found {kind}; choose .jpg or leave the budget out")


def check_target(
    path: str | os.PathLike[str], *, most_bytes: int | None = None, link: bool = False
) -> tuple[Path, str]:
    """The path and the kind of file its ending asks for, before any work is done on the picture.

    most_bytes, link: as in `Sleeve.save`; a budget is for JPEG alone, a linked artwork for SVG alone.
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
    if most_bytes is not None:
        _check_budget(most_bytes, kind)
    if link:
        if kind != "SVG":
            raise BadInput(f"{target.name}: only an SVG links its artwork; choose .svg or leave the link out")
        check_target(artwork_beside(target))
    return target, kind


def artwork_beside(path: Path) -> Path:
    """Where the artwork lies that a file links: `cover.svg` -> `cover-artwork.png`."""
    return path.with_name(f"{path.stem}-artwork.png")


def save(
    pixels: NDArray[np.uint8],
    path: str | os.PathLike[str],
    metadata: Mapping[str, str] | None = None,
    *,
    most_bytes: int | None = None,
) -> Path:
    """Write a picture; the ending of the path says PNG or JPEG. most_bytes: as in `encoded`.

    Written beside its target and renamed, so that a file under that name is always whole.
    Returns the path. Raises BadInput for another ending and a budget that cannot be met, CannotWrite where the folder
    is missing or closed.

    >>> save(np.zeros((8, 8, 3), np.uint8), "black.png").name  # doctest: +SKIP
    'black.png'
    """
    target, kind = check_target(path, most_bytes=most_bytes)
    if kind not in ("PNG", "JPEG"):
        raise BadInput(f"{target.name}: pixels alone make no {kind}; save the sleeve, or choose .png or .jpg")
    return write(target, encoded(pixels, kind, metadata, most_bytes=most_bytes))


def write(target: Path, data: bytes) -> Path:
    """Write a file beside its target and rename it. Raises CannotWrite."""
    write_together({target: data})
    return target


def write_together(files: Mapping[Path, bytes]) -> None:
    """Write files that belong together: all beside their targets first, then renamed in the order given.

    files: what to write where; one that others point to comes before them. Raises CannotWrite.
    """
    beside: dict[Path, Path] = {}
    target = Path()
    try:
        for target, data in files.items():
            # no part of the target's name, which may be as long as allowed
            beside[target] = target.parent / f".{secrets.token_hex(8)}.part"
            with beside[target].open("xb") as file:
                file.write(data)
        for target, part in beside.items():
            part.replace(target)
    except OSError as error:
        raise CannotWrite(f"{target}: {error.strerror or error}; choose another folder") from error
    finally:
        for part in beside.values():
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)


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
