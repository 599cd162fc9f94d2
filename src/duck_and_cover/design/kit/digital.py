"""The release kit: one design as every file that a release needs, in one folder.

Files come one after the other from iterators (`digital`, and whatever else makes some) through `reported`, which holds
the pictures for stores against their rules and ends with the report, into `write_kit`. What is for everyone lies at the
top of the folder; print and moving pieces have folders of their own.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any

import cv2
import numpy as np

from duck_and_cover.album import Album
from duck_and_cover.cover import Pixels
from duck_and_cover.design.about import for_art
from duck_and_cover.design.checking import Report, check
from duck_and_cover.design.checking.words import Line, Reader
from duck_and_cover.design.compose import Design
from duck_and_cover.design.formats import encoded
from duck_and_cover.design.pdf import as_pdf
from duck_and_cover.design.report import GROUPS, Entry, Nearest, Told, command, page
from duck_and_cover.design.report.tables import uploads
from duck_and_cover.design.vector import as_svg
from duck_and_cover.errors import BadInput, CannotWrite

__all__ = [
    "FILES",
    "LARGE_PX",
    "SIZE_PX",
    "SOMETIMES",
    "Kit",
    "KitFile",
    "check_folder",
    "digital",
    "reported",
    "write_kit",
]

SIZE_PX, LARGE_PX = 3000, 4000
THUMBNAILS_PX = (640, 300, 64)
MOST_BYTES, SMALL_BYTES = 10_000_000, 3_000_000
"""Of a JPEG for stores: what most of them take, and what the strictest do."""

PREVIEW_PX = 900
_PREVIEW_BYTES = 400_000

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


@dataclass(frozen=True, eq=False)
class KitFile:
    """A file of a kit.

    name:     within the kit; folders by "/", as in 'print/front.pdf'.
    group:    of `report.GROUPS`.    purpose: in a few words.
    preview:  bytes of a small JPEG, for the report; None where there is nothing to see or it is seen already.
    notes:    what its maker should know.
    """

    name: str
    data: bytes = field(repr=False)
    group: str
    purpose: str
    preview: bytes | None = field(default=None, repr=False)
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        path = PurePosixPath(self.name)
        if self.group not in GROUPS or path.is_absolute() or ".." in path.parts or not path.parts:
            raise ValueError(f"{self.name!r} of group {self.group!r}; wanted a name within the kit, and {[*GROUPS]}")

    @classmethod
    def known(cls, name: str, data: bytes) -> KitFile:
        """One of `FILES`."""
        return cls(name, data, *FILES[name])


@dataclass(frozen=True, eq=False)
class Kit:
    """What a kit's report is made of beside its files.

    front:    at `SIZE_PX`, its ground kept.    report: what is told of the sleeve.
    about:    what every file says of itself (`design.about`).    card: the network's model card, "" for none.
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
        yield made(f"cover-{px}.jpg", encoded(_reduced(front.pixels, px), "JPEG", about))
    yield made("art.png", encoded(front.ground, "PNG", for_art(about)))
    yield made("cover.svg", as_svg(front, about).encode())
    yield made("cover.pdf", as_pdf(front, about))


def reported(files: Iterable[KitFile], kit: Kit) -> Iterator[KitFile]:
    """The files as they come, and after them report.json and report.html on all of them."""
    entries: list[Entry] = []
    checks: dict[str, Report] = {}
    lines = None if kit.reader is None else list(kit.reader(kit.front.pixels))
    for file in files:
        if file.group == "stores":
            checks[file.name] = check(file.data, kit.album, _remembered(lines))
        entries.append(_entry(file))
        yield file
    report = {**kit.report, **kit.front.report}
    typed = command(kit.album, report)
    facts = {**report, "about": dict(kit.about), "command": typed, "stores": _stores(checks),
             "checks": {name: each.as_json() for name, each in checks.items()},
             "read": None if lines is None else [{"text": each.text, "score": each.score} for each in lines],
             "files": [_plain(each) for each in entries]}  # fmt: skip
    last = KitFile.known("report.json", (json.dumps(facts, ensure_ascii=False, indent=1) + "\n").encode())
    own = KitFile.known("report.html", b"")
    told = Told(album=kit.album, report=report, about=kit.about, command=typed, card=kit.card, checks=checks,
                front=_preview(kit.front.pixels), lines=lines, nearest=kit.nearest,
                files=(*entries, _entry(last)))  # fmt: skip
    yield last
    yield KitFile(own.name, page(told).encode(), own.group, own.purpose)


def _remembered(lines: list[Line] | None) -> Reader | None:
    """A reader of what was read already: the words of a front stand alike on all its files."""
    return None if lines is None else lambda pixels: lines


def _stores(checks: Mapping[str, Report]) -> list[dict[str, Any]]:
    """A row a store: the file to send, None where it takes none, and the rules for which it refuses the first."""
    return [{"store": verdict.store.name, "usual": verdict.store.usual, "send": name,
             "refuses": [each.rule for each in verdict.refused], "not_looked_at": list(verdict.unseen)}
            for verdict, name in uploads(checks)]  # fmt: skip


def _entry(file: KitFile) -> Entry:
    digest = hashlib.sha256(file.data).hexdigest()
    return Entry(file.name, file.group, file.purpose, len(file.data), digest, file.preview, file.notes)


def _plain(entry: Entry) -> dict[str, Any]:
    return {"name": entry.name, "group": entry.group, "purpose": entry.purpose, "bytes": entry.size_bytes,
            "sha256": entry.sha256, "notes": list(entry.notes)}  # fmt: skip


def _preview(pixels: Pixels) -> bytes:
    small = pixels if len(pixels) <= PREVIEW_PX else _reduced(pixels, PREVIEW_PX)
    return encoded(small, "JPEG", most_bytes=_PREVIEW_BYTES)


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


def write_kit(folder: Path, made: Iterable[KitFile], progress: Callable[[KitFile], None]) -> None:
    """Write files into a new folder, whole or not at all. Raises `CannotWrite`."""
    check_folder(folder)
    beside = folder.absolute().with_name(f".{secrets.token_hex(6)}.part")
    try:
        beside.mkdir()
        for file in made:
            target = beside / file.name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.data)
            progress(file)
        if folder.is_dir():
            folder.rmdir()
        beside.replace(folder)
    except OSError as error:
        raise CannotWrite(f"{folder}: cannot be written ({error.strerror or error})") from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
