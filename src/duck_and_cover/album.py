"""`Album`: what a person knows about a record, real or made up; `Track`: what of one of its pieces."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from duck_and_cover.errors import BadInput

__all__ = ["FIRST_YEAR", "LAST_YEAR", "Album", "Track"]

FIRST_YEAR, LAST_YEAR = 1900, 2100
MAX_NAME_CHARACTERS = 400
MAX_SECONDS = 24 * 3600
MAX_DISC = 40


@dataclass(frozen=True)
class Track:
    """A piece of music whose every part is told, so that nothing has to be read out of its title.

    title:    as it should be printed.
    seconds:  how long it plays, 1 to 86400; None for unknown.
    side:     of a record or cassette, one letter A to Z; None where sides mean nothing.
    disc:     number of its disc, 1 to 40; None for the only one.

    >>> Track("Blue in Green", 337, side="A").seconds
    337
    """

    title: str
    seconds: int | None = None
    side: str | None = None
    disc: int | None = None

    def __post_init__(self) -> None:
        title = _printable(self.title, "track")
        if title is None:
            raise BadInput("a track has no title; wanted text")
        object.__setattr__(self, "title", title)
        for name, most in (("seconds", MAX_SECONDS), ("disc", MAX_DISC)):
            number = getattr(self, name)
            if number is None:
                continue
            if isinstance(number, bool) or not isinstance(number, int) or not 1 <= number <= most:
                raise BadInput(f"{name} of {title!r} is {number!r}; wanted a whole number from 1 to {most}")
        side = self.side
        if side is not None and not (isinstance(side, str) and len(side) == 1 and "A" <= side <= "Z"):
            raise BadInput(f"side of {title!r} is {side!r}; wanted one letter from A to Z")


@dataclass(frozen=True)
class Album:
    """A record as its maker describes it. Every field may be missing.

    artist:  as it should be printed; None for none (a compilation, a sound library).
    title:   the album's name as it should be printed; None for a self-titled or untitled record.
    genres:  free text, most important first: `("thrash metal", "crossover")`; any text is allowed.
    year:    release year, 1900 to 2100, or None for unknown.
    tracks:  titles in order, each a `Track` or a line like "So What", "A1 So What 9:22" or "Side B", as
             `design.pieces.tracklist` reads them; used by the back cover and the release kit, never on the front.

    >>> Album("Razormouth", "Cathedral of Rust", genres=("thrash metal",), year=1988).year
    1988
    """

    artist: str | None = None
    title: str | None = None
    genres: tuple[str, ...] = ()
    year: int | None = None
    tracks: tuple[str | Track, ...] = ()

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
        tracks = (t if isinstance(t, Track) else _printable(t, "track") for t in self.tracks)
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
