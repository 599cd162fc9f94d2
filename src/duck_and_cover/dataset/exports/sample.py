"""One cover as other tools take it: a picture file, a record and a caption under one safe name."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from PIL import Image, UnidentifiedImageError

from duck_and_cover.cover import read_pixels
from duck_and_cover.errors import BadInput

__all__ = ["CAPTION", "Sample", "file_name", "format_of", "samples"]

CAPTION = "text"
"""The column that captions stand in."""

_SUFFIXES = {"JPEG": ".jpg", "PNG": ".png", "WEBP": ".webp"}
_SAVED = {"JPEG": {"quality": 95, "subsampling": 0}, "PNG": {}, "WEBP": {"quality": 95}}
_PLAIN = re.compile(r"(?!(con|prn|aux|nul|com\d|lpt\d)$)[a-z0-9][a-z0-9_-]{0,79}", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True)
class Sample:
    """name: of its files, without a suffix; record: all columns but the picture; text: None where there is no such
    column, "" where a cover has no caption.
    """

    name: str
    suffix: str
    content: bytes
    record: Mapping[str, Any]
    text: str | None


def samples(rows: Iterable[Mapping[str, Any]], kind: str | None, size_px: int | None) -> Iterator[Sample]:
    """Rows of a dataset, each once and in order.

    kind:     the format that all pictures are to have, "JPEG", "PNG" or "WEBP"; None keeps each as it is.
    size_px:  larger pictures are made so small and square; None keeps each at its own size.
    Raises `BadInput` for two covers with one id and for what is no picture.
    """
    taken: set[str] = set()
    for row in rows:
        content, suffix = _picture(row, kind, size_px)
        record = {column: value for column, value in row.items() if column != "image"}
        if CAPTION in record:
            record[CAPTION] = record[CAPTION] or ""
        yield Sample(file_name(row["id"], taken), suffix, content, record, record.get(CAPTION))


def file_name(id: str, taken: set[str]) -> str:
    """A name of its own for an id, on any file system: the id itself or, where that makes no safe name or differs from
    an earlier one in upper and lower case only, its hash. `taken` gains it.
    """
    hashed = f"id-{hashlib.sha256(id.encode()).hexdigest()[:32]}"
    if hashed in taken:
        raise BadInput(f"two covers have the id {id!r}; wanted one each: build the dataset again")
    taken.add(hashed)
    if not _PLAIN.fullmatch(id) or id.lower() in taken:
        return hashed
    taken.add(id.lower())
    return id


def format_of(row: Mapping[str, Any]) -> str:
    """The format that a row's picture has or, being neither JPEG nor PNG nor WebP, is to become: "JPEG"."""
    found, _ = _opened(row)
    return found if found in _SUFFIXES else "JPEG"


def _picture(row: Mapping[str, Any], kind: str | None, size_px: int | None) -> tuple[bytes, str]:
    """The bytes of a picture file and its suffix; those that came where nothing is to be changed."""
    found, side_px = _opened(row)
    content: bytes = row["image"]["bytes"]
    wanted = kind or (found if found in _SUFFIXES else "JPEG")
    smaller = size_px is not None and side_px > size_px
    if found != wanted or smaller:
        try:
            pixels = read_pixels(content, size_px if smaller else None)
        except BadInput as error:
            raise BadInput(f"cover {row['id']}: {error}; build the dataset again") from error
        file = io.BytesIO()
        Image.fromarray(pixels).save(file, wanted, **_SAVED[wanted])
        content = file.getvalue()
    return content, _SUFFIXES[wanted]


def _opened(row: Mapping[str, Any]) -> tuple[str, int]:
    """Format and longer side in px, without decoding."""
    try:
        with Image.open(io.BytesIO((row["image"] or {}).get("bytes") or b"")) as picture:
            return picture.format or "", max(picture.size)
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as error:
        raise BadInput(f"cover {row['id']}: not a readable picture; build the dataset again") from error
