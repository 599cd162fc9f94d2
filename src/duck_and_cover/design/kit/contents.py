"""What is in a kit: the name of every file, its group in the report, and what it is for."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["FILES", "LOOP", "PARTS", "PIECES", "SOMETIMES", "THUMBNAILS_PX"]

THUMBNAILS_PX = (640, 300, 64)

FILES: Mapping[str, tuple[str, str]] = MappingProxyType({
    "cover.jpg": ("stores", "3000 px, at most 10 MB: what nearly every store asks for"),
    "cover-3mb.jpg": ("stores", "the same in at most 3 MB, for stores that want small files"),
    "cover-4000.jpg": ("stores", "4000 px, printed anew and not enlarged, at most 10 MB"),
    "cover.png": ("stores", "the front without loss, 3000 px"),
    **{f"cover-{px}.jpg": ("web", f"{px} px") for px in THUMBNAILS_PX},
    "art.png": ("open", "the front without its words, for posters and clips"),
    "cover.svg": ("open", "the words as outlines above the artwork, a layer each"),
    "cover.pdf": ("open", "the same on a page of 254 mm"),
    "report.html": ("report", "this kit on one page, for a screen or A4"),
    "report.json": ("report", "everything that went into it, for programs"),
})  # fmt: skip
"""Name of a file -> its group in `report.GROUPS`, and what it is for."""

SOMETIMES = ("cover-3mb.jpg",)
"""Files that a kit holds only where they are needed."""

PIECES: Mapping[str, str] = MappingProxyType({
    "cd-front": "front of a compact disc",
    "cd-tray": "back of a jewel case with its two spines",
    "cd-label": "the disc itself",
    "lp-jacket": "jacket of a 12-inch record: back, spine and front on one sheet",
    "lp-label": "label of a record's side",
    "7-inch-front": "front of a 7-inch single",
    "7-inch-back": "back of a 7-inch single",
    "j-card": "card of a cassette: flap, spine and front",
})  # fmt: skip
"""Sheet -> what it is. In a kit as `print/SHEET.pdf`, with `-1`, `-2` for discs and `-a`, `-b` for sides, and as
`print/proofs/SHEET.jpg`, how it will look."""

LOOP = "moving/loop.mp4"

PARTS = ("print", "moving")
"""What a kit may be asked to leave out."""
