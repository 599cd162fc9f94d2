"""Where pictures lie: once by content, and seen from albums.

objects/ab/<sha256>.jpg                    every picture once, however many records share it
covers300/<artist id>/<album id>.jpg       the same file, or one made smaller, by artist and album; covers64 alike

partial/                                   what is being written; it is renamed to its place when it is whole

That a file exists says nothing; the catalog says what is done.
"""

from __future__ import annotations

import functools
import hashlib
import os
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from duck_and_cover.catalog.picture import Looked, look_at
from duck_and_cover.errors import CannotWrite

__all__ = ["Delivery", "Shelf", "View", "lay"]

_SUFFIXES = {"JPEG": ".jpg", "PNG": ".png", "WEBP": ".webp", "GIF": ".gif"}
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


class View(NamedTuple):
    """Where one picture is seen: an album's cover of a size."""

    size_px: int
    artist_id: str
    album_id: str


class Delivery(NamedTuple):
    """A picture that came, and where it is to be seen."""

    folder: Path
    content: bytes
    views: tuple[View, ...]


class Shelf:
    """The folder of a catalog's pictures."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._made: set[Path] = set()

    def object(self, sha256: str, format: str) -> Path:
        """The place of a picture by its content."""
        return self.folder / "objects" / sha256[:2] / f"{sha256}{_SUFFIXES.get(format, '.bin')}"

    def view(self, size_px: int, artist_id: str, album_id: str) -> Path:
        """The place of an album's cover; ids that make no file name are hashed."""
        return self.folder / f"covers{size_px}" / _file_name(artist_id) / f"{_file_name(album_id)}.jpg"

    def keep(self, content: bytes, sha256: str, format: str) -> Path:
        """Write a picture, unless the same one lies there whole."""
        path = self.object(sha256, format)
        if not (path.exists() and path.read_bytes() == content):
            self._write(path, content)
        return path

    def show(self, kept: Path, smaller: bytes | None, view: View) -> None:
        """Let an album's cover be seen at its place: as it was made smaller, or a link to what is kept."""
        path = self.view(*view)
        if smaller is not None:
            self._write(path, smaller)
            return
        partial = self._partial(path)
        try:
            partial.unlink(missing_ok=True)
            try:
                os.link(kept, partial)
            except OSError:  # a file system without links
                shutil.copyfile(kept, partial)
            partial.replace(path)
            partial.unlink(missing_ok=True)  # renaming one link of a file onto another of it does nothing
        except OSError as error:
            raise CannotWrite(f"{path}: cannot be written ({error.strerror or error})") from error

    def is_whole(self, sha256: str, format: str) -> bool:
        """Whether a picture lies there with the content that names it."""
        try:
            with self.object(sha256, format).open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest() == sha256
        except OSError:
            return False

    def _write(self, path: Path, content: bytes) -> None:
        partial = self._partial(path)
        try:
            partial.write_bytes(content)
            partial.replace(path)
        except OSError as error:
            partial.unlink(missing_ok=True)
            raise CannotWrite(f"{path}: cannot be written ({error.strerror or error})") from error

    def clear(self) -> None:
        """Throw away what a run that was killed left half written. Nobody else may be writing."""
        for path in (self.folder / "partial").glob("*"):
            path.unlink(missing_ok=True)

    def _partial(self, path: Path) -> Path:
        """Where a file is written before it is at its place."""
        partial = self.folder / "partial" / f"{os.getpid()}{path.suffix}"
        for folder in (path.parent, partial.parent):
            if folder not in self._made:
                try:
                    folder.mkdir(parents=True, exist_ok=True)
                except OSError as error:
                    raise CannotWrite(f"{folder}: cannot be made ({error.strerror or error})") from error
                self._made.add(folder)
        return partial


@functools.cache
def _shelf(folder: Path) -> Shelf:
    return Shelf(folder)


def lay(delivery: Delivery) -> Looked:
    """Look at a picture and, where it is one, put it on the shelf and let it be seen. For a `Guard`'s processes."""
    looked = look_at(delivery.content, {view.size_px for view in delivery.views})
    if not looked.fault:
        shelf = _shelf(delivery.folder)
        kept = shelf.keep(delivery.content, looked.sha256, looked.format)
        for view in delivery.views:
            shelf.show(kept, looked.smaller.get(view.size_px), view)
    return replace(looked, smaller={})


def _file_name(id: str) -> str:
    return id if _PLAIN.fullmatch(id) else hashlib.sha256(id.encode()).hexdigest()[:32]
