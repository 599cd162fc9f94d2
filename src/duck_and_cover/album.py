"""`Album`: what a person knows about a record, real or made up."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from duck_and_cover.errors import BadInput

__all__ = ["FIRST_YEAR", "LAST_YEAR", "Album"]

FIRST_YEAR, LAST_YEAR = 1900, 2100
MAX_NAME_CHARACTERS = 400


@dataclass(frozen=True)
class Album:
    """A record as its maker describes it. Every field may be missing.

    artist:  as it should be printed; None for none (a compilation, a sound library).
    title:   the album's name as it should be printed; None for a self-titled or untitled record.
    genres:  free text, most important first: `("thrash metal", "crossover")`; any text is allowed.
    year:    release year, 1900 to 2100, or None for unknown.
    tracks:  titles in order; used by the back cover and the release kit, never on the front.

    >>> Album("Razormouth", "Cathedral of Rust", genres=("thrash metal",), year=1988).year
    1988
    """

    artist: str | None = None
    title: str | None = None
    genres: tuple[str, ...] = ()
    year: int | None = None
    tracks: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if isinstance(self.genres, str):
            raise BadInput(f"genres is one text ({self.genres!r}); wanted a tuple of texts, like ({self.genres!r},)")
        for name in ("genres", "tracks"):
            if not isinstance(getattr(self, name), Iterable):
                raise BadInput(f"{name} is {getattr(self, name)!r}; wanted a tuple of texts")
        object.__setattr__(self, "artist", _printable(self.artist, "artist"))
        object.__setattr__(self, "title", _printable(self.title, "title"))
        genres = (_printable(g, "genre") for g in self.genres)
        object.__setattr__(self, "genres", tuple(g for g in genres if g))
        tracks = (_printable(t, "track") for t in self.tracks)
        object.__setattr__(self, "tracks", tuple(t for t in tracks if t))
        if self.year is not None:
            if isinstance(self.year, bool) or not isinstance(self.year, int):
                raise BadInput(f"year is {self.year!r}; wanted a whole number from {FIRST_YEAR} to {LAST_YEAR}")
            if not FIRST_YEAR <= self.year <= LAST_YEAR:
                raise BadInput(f"year is {self.year}; wanted {FIRST_YEAR} to {LAST_YEAR}")


def _printable(text: str | None, field: str) -> str | None:
    """NFC text with single spaces and no control characters; None where nothing is left.

    What no typeface can show is kept: it is an error that names the character when it is set, not a silent loss.
    """
    if text is None:
        return None
    if not isinstance(text, str):
        raise BadInput(f"{field} is {text!r}; wanted text")
    lone = [c for c in text if unicodedata.category(c) == "Cs"]
    if lone:
        raise BadInput(f"{field} holds bytes that are not text (U+{ord(lone[0]):04X}); write it in UTF-8")
    kept = "".join(" " if c.isspace() else c for c in text)
    kept = "".join(c for c in kept if unicodedata.category(c) != "Cc")
    kept = " ".join(unicodedata.normalize("NFC", kept).split())
    if len(kept) > MAX_NAME_CHARACTERS:
        raise BadInput(f"{field} has {len(kept)} characters; wanted at most {MAX_NAME_CHARACTERS}")
    return kept or None
