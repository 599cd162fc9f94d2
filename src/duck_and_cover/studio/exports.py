"""Files to take away: kits, each in a folder that appears whole, and single files that are handed on at once."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import shutil
import time
import unicodedata
import zipfile
from collections.abc import Sequence
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from duck_and_cover.album import Album
from duck_and_cover.errors import BadInput
from duck_and_cover.generation.engine import shelf
from duck_and_cover.studio.recipe import Recipe

__all__ = ["SINGLE", "Exports", "slug"]

SINGLE = ("cover.png", "cover.jpg", "cover.svg", "cover.pdf")
PARTS = ("print", "moving")
KEPT_BYTES = 4_000_000_000
"""Of kits; the oldest go first."""

_LEFT_S = 1800
_ID = re.compile(r"[0-9a-f]{32}")


class Exports:
    """A folder of kits. What a server that was killed left half done in it is removed at the start."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.makers = folder, _makers()
        folder.mkdir(parents=True, exist_ok=True)
        for left in folder.glob(".*"):
            if left.is_dir():
                shutil.rmtree(left, ignore_errors=True)
            else:
                left.unlink(missing_ok=True)
        self.make_room()

    def id(self, recipe: Recipe, without: Sequence[str]) -> str:
        """The name of a recipe's kit, the same as long as the same version and networks make it.

        Raises `BadInput` for a part that no kit has.
        """
        for part in without:
            if part not in PARTS:
                raise BadInput(f"no part of a kit is called {part!r}; wanted {' or '.join(PARTS)}")
        told = "\n".join((recipe.plain.query, " ".join(sorted(set(without))), self.makers))
        return hashlib.sha256(told.encode()).hexdigest()[:32]

    def kit(self, id: str) -> Path | None:
        """The folder of a finished kit, None where there is none."""
        folder = self.folder / id
        return folder if _ID.fullmatch(id) and (folder / "report.json").is_file() else None

    def file(self, id: str, name: str) -> Path | None:
        """A file of a finished kit; None for anything else, whatever its name tries."""
        folder = self.kit(id)
        if folder is None:
            return None
        names = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
        return names.get(name)

    def facts(self, id: str) -> dict[str, Any] | None:
        """What the report of a kit says, None where there is no such kit."""
        folder = self.kit(id)
        return None if folder is None else json.loads((folder / "report.json").read_text("utf-8"))

    def zipped(self, id: str) -> Path | None:
        """All files of a kit as one, made when it is asked for."""
        folder = self.kit(id)
        if folder is None:
            return None
        target = self.folder / f"{id}.zip"
        if target.is_file():
            return target
        part = self.folder / f".{secrets.token_hex(8)}.part"
        try:
            with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as file:
                for path in sorted(folder.rglob("*")):
                    if path.is_file():
                        file.write(path, path.relative_to(folder).as_posix())
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
        return target

    def scratch(self) -> Path:
        """A new folder for a file that is handed on; who asked removes it."""
        folder = self.folder / f".{secrets.token_hex(8)}"
        folder.mkdir()
        return folder

    def make_room(self) -> None:
        """Remove the oldest kits until the rest is small enough, and what tasks that were ended left behind."""
        for left in self.folder.glob(".*"):
            if time.time() - left.stat().st_mtime > _LEFT_S:
                shutil.rmtree(left, ignore_errors=True)
        kits = [path for path in self.folder.iterdir() if path.is_dir() and _ID.fullmatch(path.name)]
        sizes = {path: sum(each.stat().st_size for each in path.rglob("*") if each.is_file()) for path in kits}
        total = sum(sizes.values())
        for path in sorted(kits, key=lambda each: each.stat().st_mtime):
            if total <= KEPT_BYTES:
                break
            total -= sizes[path]
            shutil.rmtree(path, ignore_errors=True)
        for path in self.folder.glob("*.zip"):
            if not (self.folder / path.stem).is_dir() or time.time() - path.stat().st_mtime > 24 * 3600:
                path.unlink(missing_ok=True)


def _makers() -> str:
    """What makes kits here: the version of the package, the networks that ship with it by their hashes, and whether
    there is one that reads words (the extra `gather`): a kit's report says what was not looked at.
    """
    indices = (path.read_bytes() for path in sorted(shelf().glob("*/bundle.json")))
    reads = "reads words" if find_spec("rapidocr") else "reads no words"
    return " ".join((version("duck-and-cover"), reads, *(hashlib.sha256(index).hexdigest() for index in indices)))


def slug(album: Album) -> str:
    """A file name of plain letters from the names of a record."""
    text = " ".join(part for part in (album.artist, album.title) if part)
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().casefold()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60] or "cover"
