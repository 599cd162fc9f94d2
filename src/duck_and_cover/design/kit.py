"""The release kit: one design as every file that a release needs, in one folder.

What a kit holds today is its digital half, the front in each size and kind that is asked for; `FILES` says what for.
"""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import cv2
import numpy as np

from duck_and_cover.cover import Pixels
from duck_and_cover.design.compose import Design
from duck_and_cover.design.formats import encoded
from duck_and_cover.design.pdf import as_pdf
from duck_and_cover.design.vector import as_svg
from duck_and_cover.errors import CannotWrite

__all__ = ["FILES", "LARGE_PX", "SIZE_PX", "check_folder", "files", "write_kit"]

SIZE_PX, LARGE_PX = 3000, 4000
THUMBNAILS_PX = (640, 300, 64)
MOST_BYTES = 10_000_000
"""Of a JPEG for stores: what most of them take; some want less (`duckcover create --max-bytes`)."""

FILES: Mapping[str, str] = MappingProxyType({
    "cover.png": "the front without loss, 3000 px",
    "cover.jpg": "for stores: 3000 px, at most 10 MB",
    **{f"cover-{px}.jpg": f"{px} px" for px in THUMBNAILS_PX},
    "art.png": "the front without its words, for posters and clips",
    "cover.svg": "the words as outlines above the artwork, a layer each",
    "cover.pdf": "the same on a page of 254 mm",
    "report.json": "everything that went into it",
    "cover-4000.jpg": "for stores that take it, 4000 px, printed anew and not enlarged, at most 10 MB",
})  # fmt: skip
"""Name of a file -> what it is for."""


def files(design: Callable[[int], Design], report: Mapping[str, Any],
          about: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:  # fmt: skip
    """The files of a kit, by name, one after the other.

    design:  size in px -> the front at that size, its ground kept.
    report:  what is told of the sleeve.    about: "Title", "Author" and the like, written into every file.
    """
    front = design(SIZE_PX)
    assert front.ground is not None
    yield "cover.png", encoded(front.pixels, "PNG", about)
    yield "cover.jpg", encoded(front.pixels, "JPEG", about, most_bytes=MOST_BYTES)
    for px in THUMBNAILS_PX:
        yield f"cover-{px}.jpg", encoded(_reduced(front.pixels, px), "JPEG", about)
    yield "art.png", encoded(front.ground, "PNG", about)
    yield "cover.svg", as_svg(front, about).encode()
    yield "cover.pdf", as_pdf(front, about)
    yield "report.json", (json.dumps({**report, **front.report}, ensure_ascii=False, indent=1) + "\n").encode()
    del front
    yield "cover-4000.jpg", encoded(design(LARGE_PX).pixels, "JPEG", about, most_bytes=MOST_BYTES)


def _reduced(pixels: Pixels, size_px: int) -> Pixels:
    return np.asarray(cv2.resize(pixels, (size_px, size_px), interpolation=cv2.INTER_AREA), np.uint8)


def check_folder(folder: Path) -> Path:
    """The folder, before any work is done. Raises `CannotWrite` where something is in it, or it cannot be made."""
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise CannotWrite(f"{folder}: is there already; choose another folder, or remove it")
        if not folder.absolute().parent.is_dir():
            raise CannotWrite(f"{folder}: the folder {folder.absolute().parent} does not exist; make it first")
    except OSError as error:
        raise CannotWrite(f"{folder}: {error.strerror or error}; choose another folder") from error
    return folder


def write_kit(folder: Path, made: Iterable[tuple[str, bytes]], progress: Callable[[str], None]) -> None:
    """Write files into a new folder, whole or not at all. Raises `CannotWrite`."""
    check_folder(folder)
    beside = folder.absolute().with_name(f".{secrets.token_hex(6)}.part")
    try:
        beside.mkdir()
        for name, data in made:
            (beside / name).write_bytes(data)
            progress(name)
        if folder.is_dir():
            folder.rmdir()
        beside.replace(folder)
    except OSError as error:
        raise CannotWrite(f"{folder}: cannot be written ({error.strerror or error})") from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
