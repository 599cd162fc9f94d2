"""The digital half of a kit: the front for stores, screens and drawing programs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from duck_and_cover.album import Album
from duck_and_cover.cover import Pixels
from duck_and_cover.design.checking.words import Reader
from duck_and_cover.design.compose import Design
from duck_and_cover.design.files.about import for_art
from duck_and_cover.design.files.formats import encoded
from duck_and_cover.design.files.pdf import as_pdf
from duck_and_cover.design.files.vector import as_svg
from duck_and_cover.design.kit.contents import THUMBNAILS_PX
from duck_and_cover.design.kit.folder import KitFile
from duck_and_cover.design.report import Nearest
from duck_and_cover.errors import BadInput

__all__ = ["LARGE_PX", "SIZE_PX", "Kit", "digital", "reduced"]

SIZE_PX, LARGE_PX = 3000, 4000
MOST_BYTES, SMALL_BYTES = 10_000_000, 3_000_000
"""Of a JPEG for stores: what most of them take, and what the strictest do."""


@dataclass(frozen=True, eq=False)
class Kit:
    """What a kit's report is made of beside its files.

    front:    at `SIZE_PX`, its ground kept.    report: what is told of the sleeve.
    about:    what every file says of itself (`design.files.about`).    card: the network's model card, "" for none.
    reader:   reads words off the front; None leaves the rules about words unlooked at.
    nearest:  training covers near to the art; None where there is no index of them.
    """

    album: Album
    front: Design
    report: Mapping[str, Any]
    about: Mapping[str, str]
    card: str = ""
    reader: Reader | None = None
    nearest: Sequence[Nearest] | None = None


def digital(kit: Kit, larger: Callable[[int], Design]) -> Iterator[KitFile]:
    """The front in every size and kind that stores, screens and drawing programs want.

    larger:  size in px -> the front printed anew at that size.
    """
    front, about, made = kit.front, kit.about, KitFile.known
    assert front.ground is not None
    usual = encoded(front.pixels, "JPEG", about, most_bytes=MOST_BYTES)
    yield made("cover.jpg", usual)
    if len(usual) > SMALL_BYTES:
        with suppress(BadInput):  # no quality meets the budget: then the report says which store is not served
            yield made("cover-3mb.jpg", encoded(front.pixels, "JPEG", about, most_bytes=SMALL_BYTES))
    yield made("cover-4000.jpg", encoded(larger(LARGE_PX).pixels, "JPEG", about, most_bytes=MOST_BYTES))
    yield made("cover.png", encoded(front.pixels, "PNG", about))
    for px in THUMBNAILS_PX:
        yield made(f"cover-{px}.jpg", encoded(reduced(front.pixels, px), "JPEG", about))
    yield made("art.png", encoded(front.ground, "PNG", for_art(about)))
    yield made("cover.svg", as_svg(front, about).encode())
    yield made("cover.pdf", as_pdf(front, about))


def reduced(pixels: Pixels, size_px: int) -> Pixels:
    """A square made smaller."""
    return np.asarray(cv2.resize(pixels, (size_px, size_px), interpolation=cv2.INTER_AREA), np.uint8)
