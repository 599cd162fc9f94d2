"""A kit's folder: its files, and how they are written, whole or not at all."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from duck_and_cover.design.kit.contents import FILES
from duck_and_cover.design.report import GROUPS
from duck_and_cover.errors import CannotWrite

__all__ = ["KitFile", "Missing", "check_folder", "write_kit"]


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


@dataclass(frozen=True)
class Missing:
    """A file that a kit does without, and why."""

    name: str
    why: str


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


def write_kit(folder: Path, made: Iterable[KitFile | Missing], progress: Callable[[KitFile | Missing], None]) -> None:
    """Write files into a new folder, whole or not at all. Raises `CannotWrite`."""
    check_folder(folder)
    beside = folder.absolute().with_name(f".{secrets.token_hex(6)}.part")
    try:
        beside.mkdir()
        for file in made:
            if isinstance(file, KitFile):
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
