"""The folder of an export: replaced as a whole, and only where everything in it is known to be an export's own."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from duck_and_cover.errors import BadInput

__all__ = ["RECORD", "put", "refuse_others", "work_beside"]

RECORD = "export.json"
"""Says what was exported and names every file with its sha256."""


def work_beside(target: Path) -> Path:
    """Where an export is written until it is whole: on the same file system, out of the way of those who read."""
    return target.with_name(f".{target.name}.partial")


def put(work: Path, target: Path) -> None:
    """Let a whole export take the place of an earlier one. Broken off at any step, it is done by the next call."""
    old = target.with_name(f".{target.name}.old")
    refuse_others(target)
    if target.exists():
        shutil.rmtree(old, ignore_errors=True)
        target.replace(old)
    try:
        work.replace(target)
    except OSError:
        if old.exists():
            old.replace(target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def refuse_others(target: Path) -> None:
    """Raise `BadInput` unless the folder is not there, is empty, or holds what an export wrote, unchanged."""
    if not target.is_dir():
        if target.exists():
            raise BadInput(f"{target}: a file; wanted a folder to write into")
        return
    known = _known(target)
    for name in _names(target):
        if name == RECORD and known:
            continue
        if name not in known:
            raise BadInput(f"{target}: holds {name}, which no export wrote; name a new folder or an empty one")
        with (target / name).open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != known[name]:
                raise BadInput(f"{target}: {name} was changed after it was exported; name another folder to keep it, "
                               "or remove it")  # fmt: skip


def _names(target: Path) -> Iterator[str]:
    """Everything that is not a folder, links included, relative to the target and in order."""
    for folder, folders, files in os.walk(target):
        folders.sort()
        links = [name for name in folders if (Path(folder) / name).is_symlink()]
        for name in sorted((*files, *links)):
            yield (Path(folder) / name).relative_to(target).as_posix()


def _known(target: Path) -> Mapping[str, str]:
    try:
        return dict(json.loads((target / RECORD).read_text("utf-8"))["files"])
    except (OSError, ValueError, KeyError, TypeError):
        return {}
