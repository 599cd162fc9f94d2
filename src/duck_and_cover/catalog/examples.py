"""Example albums by id: asked for first, known as examples, and kept out of training."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from duck_and_cover.catalog.store import Catalog
from duck_and_cover.errors import BadInput
from duck_and_cover.sources.source import Task

__all__ = ["mark_examples", "read_ids"]

_ID = re.compile(r"[A-Za-z0-9-]{10,64}")


def read_ids(path: Path) -> list[str]:
    """Ids of a file, one a line, each once; addresses of albums are understood, and what follows a # is left out."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{path}: cannot be read as UTF-8 text; wanted an album's id a line") from error
    found = []
    for number, line in enumerate(lines, 1):
        text = line.split("#", maxsplit=1)[0].strip()
        if not text:
            continue
        id = text.split("?", maxsplit=1)[0].rstrip("/").replace(":", "/").rsplit("/", maxsplit=1)[-1]
        if not _ID.fullmatch(id):
            raise BadInput(f"{path}, line {number}: {text[:60]!r} is no album's id")
        found.append(id)
    if not found:
        raise BadInput(f"{path}: holds no id; wanted an album's id a line")
    return list(dict.fromkeys(found))


def mark_examples(catalog: Catalog, source: str, ids: Sequence[str]) -> None:
    """Remember that these albums are examples, and plan to ask for them."""
    with catalog.change() as c:
        c.executemany("INSERT OR IGNORE INTO examples VALUES (?, ?)", ((source, id) for id in ids))
    catalog.plan(source, (Task("album", id) for id in ids))
