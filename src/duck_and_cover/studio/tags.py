"""What the tags of a music file say of its album."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from duck_and_cover.album import FIRST_YEAR, LAST_YEAR
from duck_and_cover.errors import BadInput, MissingExtra

__all__ = ["read_tags"]

_YEAR = re.compile(r"(?<!\d)(1[89]\d\d|20\d\d|2100)(?!\d)")


def read_tags(path: Path, name: str) -> dict[str, Any]:
    """artist, title, genres, year, track, number, disc; None where the file does not say.

    path:  of the file, or of its beginning: tags stand there.    name: as it was dropped; its ending tells the kind.
    Raises `BadInput` where there are no tags to read, `MissingExtra` where nothing here can read them.
    """
    try:
        from tinytag import TinyTag, TinyTagException
    except ImportError as error:
        raise MissingExtra("reading tags", "gather") from error
    try:
        with path.open("rb") as file:
            tag = TinyTag.get(f"dropped{Path(name).suffix.casefold()}", file_obj=file, duration=False)
    except (TinyTagException, OSError, ValueError) as error:
        raise BadInput(f"{Path(name).name[:80]}: no tags that can be read") from error
    except Exception as error:  # a parser of foreign bytes
        raise BadInput(f"{Path(name).name[:80]}: its tags are damaged") from error
    year = _YEAR.search(tag.year or "")
    stated = ";".join([tag.genre or "", *tag.other.get("genre", ())])
    genres = [line for genre in re.split("[;/\0]", stated) if (line := _line(genre))]
    found = int(year[1]) if year else None
    told = {
        "artist": _line(tag.albumartist or tag.artist) or None,
        "title": _line(tag.album) or None,
        "genres": list(dict.fromkeys(genres))[:4],
        "track": _line(tag.title) or None,
        "year": found if found and FIRST_YEAR <= found <= LAST_YEAR else None,
        "number": _small(tag.track),
        "disc": _small(tag.disc),
    }
    if not any(told.values()):
        raise BadInput(f"{Path(name).name[:80]}: has no tags")
    return told


def _line(text: str | None) -> str:
    return " ".join((text or "").replace("\0", " ").split())[:400]


def _small(number: Any) -> int | None:
    return number if isinstance(number, int) and 0 < number < 1000 else None
